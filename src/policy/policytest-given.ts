/** Who works, for whom, on what, and when: said at the top of a table, and changed by a test or by another run in it. */
import { timestampMs } from './cel-functions.ts';
import type { PlanEntry, SourcePosition } from './model.ts';
import { members } from './policytest-json.ts';
import type { Given } from './policytest-table.ts';
import type { Report } from './report.ts';
import { listOf, mapOf, nameKey, record } from './shape/collection.ts';
import { literal } from './shape/literal.ts';
import { choice, scalar, text, unfit } from './shape/scalar.ts';
import { byForm, type Located, mapped, type Shape } from './shape/shape.ts';

export interface GivenSyntax {
  readonly at: SourcePosition;
  readonly agent: Located<string> | undefined;
  /** Undefined: as before; null: nobody. */
  readonly user: Located<string> | null | undefined;
  readonly case: Readonly<Record<string, string | number | boolean>> | null | undefined;
  readonly request: Given['request'] | undefined;
  readonly only: Given['only'] | undefined;
  readonly outside: readonly string[] | undefined;
  readonly atMs: number | undefined;
}

export const nothingGiven: Omit<GivenSyntax, 'at'> = {
  agent: undefined,
  user: undefined,
  case: undefined,
  request: undefined,
  only: undefined,
  outside: undefined,
  atMs: undefined,
};

const moment: Shape<Located<number>> = scalar({
  expected: 'a time with its offset: `2026-11-23T10:00:00-05:00`',
  schema: { type: 'string' },
  parse: ({ value }) => (typeof value === 'string' ? timestampMs(value) : null) ?? unfit(),
});

const request: Shape<Given['request']> = byForm(
  'the text of a trusted request, `{ untrusted: … }`, or `none`',
  {
    scalar: mapped(text('a text'), ({ value }) =>
      value === 'none' ? null : { text: value, trusted: true },
    ),
    map: record('`{ untrusted: … }`', (fields): Given['request'] => {
      const said = fields.required('untrusted', text('a text'), 'Its opener vouches for nothing.');
      return said === undefined ? null : { text: said.value, trusted: false };
    }),
  },
);

const only: Shape<Given['only']> = byForm('a list of actions and `{ action, … }`, or `none`', {
  scalar: mapped(choice(['none']), () => null),
  list: mapped(
    listOf(
      byForm('an action, or `{ action, … }` with the constraints of a grant', {
        scalar: mapped(text('an action: `upstream.action`'), ({ value }): PlanEntry => value),
        map: mapped(members, (entry): PlanEntry | undefined => entry),
      }),
      { min: 0 },
    ),
    ({ value }): Given['only'] => value,
  ),
});

export const givenShape: Shape<GivenSyntax> = record(
  'who works, for whom, on what, and when',
  (fields): GivenSyntax => {
    const bound = fields.optional(
      'case',
      byForm('values by name, or `none`', {
        scalar: mapped(choice(['none']), () => null),
        map: mapped(mapOf(nameKey('a case name'), literal, { min: 1 }), ({ value }) =>
          Object.fromEntries(
            value.flatMap(({ name, value: one }) => (one === undefined ? [] : [[name, one.value]])),
          ),
        ),
      }),
      'What the opener of the run bound; `none`: nobody opened it.',
    );
    const person = fields.optional(
      'user',
      text("a person's id, or `none`"),
      'Who it works for; `none`: nobody is present.',
    );
    return {
      at: fields.at,
      agent: fields.optional('agent', text('the name of an agent'), 'Which agent calls.'),
      user: person?.value === 'none' ? null : person,
      case: bound,
      request: fields.optional(
        'request',
        request,
        'What the run is for, as its opener wrote it; `none`: nobody said.',
      ),
      only: fields.optional(
        'only',
        only,
        'What its opener narrows the run to; `none`: it narrows nothing.',
      ),
      outside: fields
        .optional(
          'outside',
          listOf(text('a name'), { min: 0 }),
          'What the agent has beside Sallyport.',
        )
        ?.value.map(({ value }) => value),
      atMs: fields.optional('at', moment, 'When the run begins.')?.value,
    };
  },
);

/** What `base` says, where `changed` says nothing else. */
export function merged(
  changed: GivenSyntax | undefined,
  base: GivenSyntax,
  at: SourcePosition,
): GivenSyntax {
  return {
    at,
    agent: changed?.agent ?? base.agent,
    user: changed?.user === undefined ? base.user : changed.user,
    case: changed?.case === undefined ? base.case : changed.case,
    request: changed?.request === undefined ? base.request : changed.request,
    only: changed?.only === undefined ? base.only : changed.only,
    outside: changed?.outside ?? base.outside,
    atMs: changed?.atMs ?? base.atMs,
  };
}

export function completed(given: GivenSyntax, report: Report): Given | undefined {
  const { agent, atMs } = given;
  for (const [name, value] of [
    ['agent', agent],
    ['at', atMs],
  ] as const) {
    if (value !== undefined) continue;
    report.error('policy.missing', given.at, `nothing says \`given.${name}\``, {
      mend: `write \`${name}\` under \`given\`, at the top or here`,
    });
  }
  if (agent === undefined || atMs === undefined) return undefined;
  return {
    agent,
    user: given.user ?? null,
    case: given.case ?? null,
    request: given.request ?? null,
    only: given.only ?? null,
    outside: given.outside ?? [],
    atMs,
  };
}
