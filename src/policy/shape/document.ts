import type { JsonObject } from '../../content/value.ts';
import type { BreakerSettings, Enforcement, SourcePosition } from '../model.ts';
import { type ActionWordsSyntax, actions } from './actions.ts';
import { type AgentSyntax, agent } from './agent.ts';
import { type ApprovalsSyntax, approvals } from './approvals.ts';
import { type ChannelSyntax, channels } from './channel.ts';
import {
  type KeyForm,
  type Listed,
  listOf,
  mapOf,
  type NamedMap,
  nameKey,
  record,
} from './collection.ts';
import { type ContentSyntax, content } from './content.ts';
import { type FlowSyntax, flow } from './flow.ts';
import { hoursWindow, timezone, type WindowSyntax } from './hours.ts';
import { type LedgerSyntax, ledger } from './ledger.ts';
import { type PermissionsSyntax, permissions } from './permission.ts';
import { choice, constant, name, text, wholeNumber } from './scalar.ts';
import { type Located, named, SchemaBook, type Shape } from './shape.ts';
import { type ToolSyntax, tool } from './tool.ts';
import { type UpstreamSyntax, upstream } from './upstream.ts';
import { currencyCode, duration } from './value.ts';

/** A policy as written, all files together: every value checked on its own, none yet against another. */
export interface DocumentSyntax {
  readonly at: SourcePosition;
  readonly enforcement: Located<Enforcement> | undefined;
  readonly timezone: Located<string> | undefined;
  readonly currency: Located<string> | undefined;
  readonly hours: NamedMap<Located<WindowSyntax>> | undefined;
  readonly upstreams: NamedMap<UpstreamSyntax> | undefined;
  readonly users: NamedMap<UserSyntax> | undefined;
  readonly tools: NamedMap<ToolSyntax> | undefined;
  readonly roles: NamedMap<RoleSyntax> | undefined;
  readonly agents: NamedMap<AgentSyntax> | undefined;
  readonly breaker: Partial<BreakerSettings>;
  readonly alerts: AlertsSyntax | undefined;
  readonly approvals: ApprovalsSyntax | undefined;
  readonly content: ContentSyntax | undefined;
  readonly flow: FlowSyntax | undefined;
  readonly actions: ActionWordsSyntax | undefined;
  readonly ledger: LedgerSyntax | undefined;
}

export interface UserSyntax {
  readonly at: SourcePosition;
  readonly roles: Listed<Located<string>> | undefined;
}

export interface RoleSyntax {
  readonly at: SourcePosition;
  readonly permissions: PermissionsSyntax | undefined;
}

export const alertEvents = [
  'approval_expired',
  'approval_flood',
  'break_glass',
  'breaker_open',
  'budget_exceeded',
  'definition_changed',
  'dishonest_success',
  'indeterminate_call',
  'injection_detected',
  'limit_reached',
  'notify_failed',
  'run_abandoned',
  'secret_found',
  'undo_failed',
] as const;
export type AlertEvent = (typeof alertEvents)[number];

const toolKey: KeyForm = {
  expected: 'a tool: `upstream.operation`',
  pattern: /^[a-z][a-z0-9_-]{0,63}\.[A-Za-z0-9_][A-Za-z0-9_./-]{0,127}$/,
  mend: (key) => {
    if (!key.includes('.')) return `name its upstream: \`upstream.${key}\``;
    return /^[A-Z]/.test(key) ? 'an upstream begins with a small letter' : null;
  },
};

/** How a person is named by the identity provider: `ann`, `ann@company.com`. */
const userKey: KeyForm = {
  expected: "a person's id",
  pattern: /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/,
  mend: () => null,
};

const user: Shape<UserSyntax> = named(
  'user',
  record(
    '`{ roles: [role] }`',
    (fields) => ({
      at: fields.at,
      roles: fields.required('roles', listOf(name('a role')), 'What this person may do.'),
    }),
    { description: 'A person.' },
  ),
);

const users: Shape<NamedMap<UserSyntax>> = named(
  'users',
  record(
    '`{ static: { ann: { roles: [support] } } }`',
    (fields) => {
      fields.later('from', 'people by OpenID Connect.', '`users.from` (OpenID Connect)');
      fields.later('assign', 'roles by group.', '`users.assign` (OpenID Connect)');
      return fields.optional('static', mapOf(userKey, user), 'People, by id.');
    },
    {
      description: 'The people on whose behalf agents work.',
      mendKey: (key) => `people stand below \`static\`: \`static: { ${key}: { roles: […] } }\``,
    },
  ),
);

const role: Shape<RoleSyntax> = named(
  'role',
  record(
    'a role: `{ permissions: … }`',
    (fields) => ({
      at: fields.at,
      permissions: fields.optional(
        'permissions',
        permissions,
        'What its people may do: upstream, action, grant.',
      ),
    }),
    {
      description:
        'What people of one kind may do. A role that only approves or owns has no permissions: `{}`.',
    },
  ),
);

const breaker: Shape<Partial<BreakerSettings>> = named(
  'breaker',
  record(
    '`{ failures: 5, reset: 60s }`',
    (fields) => {
      const failures = fields.optional(
        'failures',
        wholeNumber({ min: 1, max: 1_000 }),
        'Failures of a tool in a row that stop its calls. 5 where nothing is said.',
      );
      const reset = fields.optional(
        'reset',
        duration,
        'How long it stays stopped before one call may probe. 60s where nothing is said.',
      );
      return {
        ...(failures === undefined ? {} : { failures: failures.value }),
        ...(reset === undefined ? {} : { resetMs: reset.value }),
      };
    },
    { description: 'Stops calls of a tool whose upstream fails; shared by all runs.' },
  ),
);

export interface AlertsSyntax {
  readonly events: Listed<Located<AlertEvent>> | undefined;
  readonly namesEvents: boolean;
  readonly notify: Located<readonly ChannelSyntax[]> | undefined;
}

const nameEach = 'name each of them: `[approval_expired, break_glass]`';

function isAlertEvent(written: string): boolean {
  return alertEvents.some((event) => event === written);
}

const alerts: Shape<AlertsSyntax> = named(
  'alerts',
  record(
    '`{ events: [budget_exceeded], notify: [{ slack: … }] }`',
    (fields) => {
      const notify = fields.optional('notify', channels, 'Where those are sent.');
      return {
        events: fields.optional(
          'events',
          listOf(
            choice(alertEvents, (written) => (/^(all|any|\*)$/i.test(written) ? nameEach : null)),
            {
              mendForm: (written) => (isAlertEvent(written) ? `write \`[${written}]\`` : nameEach),
            },
          ),
          'What a person wants to hear of.',
        ),
        namesEvents: fields.has('events'),
        notify: notify && { value: notify, at: fields.keyAt('notify') },
      };
    },
    { description: 'What a person wants to hear of; the ledger records all of it in any case.' },
  ),
);

export const document: Shape<DocumentSyntax> = record(
  'a policy',
  (fields) => {
    fields.required(
      'sallyport',
      constant(1, 'write `sallyport: 1`, the version of the language'),
      'The version of the language: `1`.',
    );
    fields.optional(
      'include',
      listOf(text('a path in the folder of this file')),
      'Files that this one is continued in, by a path relative to it.',
    );
    fields.later('answers', 'what an agent may claim to have done.', '`answers`');
    fields.later('sandboxes', 'what started programs may touch.', '`sandboxes`');
    return {
      at: fields.at,
      enforcement: fields.optional(
        'enforcement',
        choice(['observe', 'warn', 'strict']),
        '`observe`: decide and record, and let pass what only grants and limits refuse. `strict` where nothing is said.',
      ),
      timezone: fields.optional(
        'timezone',
        timezone,
        'The zone of every window of hours. `UTC` where nothing is said.',
      ),
      currency: fields.optional('currency', currencyCode, 'For amounts that name none.'),
      hours: fields.optional(
        'hours',
        mapOf(nameKey('a window'), hoursWindow),
        'Windows by name: `{ business: Mon-Fri 09:00-17:00 }`.',
      ),
      upstreams: fields.optional(
        'upstreams',
        mapOf(nameKey('an upstream'), upstream),
        'Where tools come from.',
      ),
      users: fields.optional('users', users, 'The people on whose behalf agents work.'),
      tools: fields.optional(
        'tools',
        mapOf(toolKey, tool),
        'Facts about each tool, by `upstream.operation`. What is not here is refused.',
      ),
      roles: fields.optional('roles', mapOf(nameKey('a role'), role), 'What people may do.'),
      agents: fields.optional('agents', mapOf(nameKey('an agent'), agent), 'What agents may do.'),
      breaker: fields.optional('breaker', breaker, 'When calls of a failing tool stop.') ?? {},
      approvals: fields.optional('approvals', approvals, 'How people are asked.'),
      alerts: fields.optional('alerts', alerts, 'What a person wants to hear of, and where.'),
      content: fields.optional('content', content, 'What is done with texts on their way.'),
      flow: fields.optional('flow', flow, 'Where untrusted and classified data may go.'),
      actions: fields.optional(
        'actions',
        actions,
        'Words by which requests ask for an action: `{ send: { words: [dispatch] } }`.',
      ),
      ledger: fields.optional('ledger', ledger, 'The record of everything that happened.'),
    };
  },
  {
    description:
      'A Sallyport policy: what every agent may do. What it does not mention is refused.',
  },
);

/** The published JSON Schema, from the very shapes that read a policy. Draft 7: what editors understand best. */
export function policyJsonSchema(): JsonObject {
  const book = new SchemaBook();
  const root = document.schema(book);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Sallyport policy',
    ...root,
    definitions: book.definitions(),
  };
}
