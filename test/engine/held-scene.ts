/** Calls that wait, in an office and a bank: for tests of what a person is shown of them. */
import type { JsonObject, JsonValue } from '../../src/content/value.ts';
import { holdFacts } from '../../src/engine/approvals/facts.ts';
import type { HeldCall } from '../../src/engine/approvals/held-call.ts';
import type { Redacting } from '../../src/engine/approvals/redacting.ts';
import { firstUseKeys } from '../../src/engine/counters.ts';
import { decide } from '../../src/engine/decide.ts';
import type { HoldFacts, ShownValue } from '../../src/engine/hold-facts.ts';
import type { Policy } from '../../src/policy/model.ts';
import { exchanged } from './past-scene.ts';
import { contextOf, loaded, type SceneOptions } from './scene.ts';

const everything = `
      office: { read: allow, send: allow, post: allow, call: allow, draft: allow, delete: allow, drop: allow, write: allow, create: allow, run: allow, store: allow, tag: allow, move: allow }
      web: { open: allow, search: allow }
      bank: { pay: allow }`;

export const officePolicy: Policy = loaded(
  `
sallyport: 1
upstreams:
  office: { mcp: { command: office } }
  web: { mcp: { command: web } }
  bank: { mcp: { command: bank } }
users: { static: { ann@us.example: { roles: [staff] }, max@us.example: { roles: [lead] } } }
approvals: { default: lead }
tools:
  office.send: { action: send, on: mail, tier: consequential, reach: external, args: { to: recipient, cc: recipient, subject: title, body: content, attach: attachment } }
  office.chat: { action: post, tier: consequential, reach: external, args: { channel: { is: recipient, form: opaque }, text: content, urgent: flag, copies: number } }
  office.reply: { action: send, tier: consequential, reach: external, args: { account: identifier, to: recipient, text: content, file: path } }
  office.call: { action: call, tier: consequential, reach: external, args: { phone: { is: recipient, form: phone } } }
  office.contacts: { action: read, tier: read_only, reach: internal, returns: { trust: trusted, parse: json, items: "", names: [/name], provides: { recipient: "/*/mail" } } }
  office.mails: { action: read, tier: read_only, reach: internal, args: { about: query }, returns: { parse: json, items: "", object: mail, id: /id, names: [/subject], each: { /from: sender } } }
  office.notes: { action: read, tier: read_only, reach: internal, returns: { trust: trusted } }
  office.draft: { action: draft, on: mail, tier: reversible, reach: internal, args: { to: recipient, body: content } }
  office.delete_file: { action: delete, on: file, tier: consequential, reach: internal, args: { id: object.file } }
  office.drop: { action: drop, tier: consequential, reach: internal, args: { ids: identifier } }
  office.write: { action: write, on: file, tier: consequential, reach: internal, args: { path: path, text: content } }
  office.forward_rule: { action: create, on: rule, tier: consequential, reach: external, persists: true, args: { to: recipient, folder: folder } }
  office.move: { action: move, tier: consequential, reach: internal, args: { from: path, to: path } }
  office.run: { action: run, tier: consequential, reach: internal, args: { words: command } }
  office.store: { action: store, tier: consequential, reach: internal, args: { name: identifier, key: secret } }
  office.tag: { action: tag, tier: consequential, reach: internal, args: { tags: { "/*~keys": identifier } } }
  office.letter: { action: send, on: letter, tier: consequential, reach: external, args: { pages: content, to: recipient } }
  office.when: { action: move, on: event, tier: consequential, reach: internal, args: { day: date, with: reference } }
  web.open: { action: open, tier: consequential, reach: external, args: { url: url } }
  web.search: { action: search, tier: consequential, reach: external, args: { words: query } }
  bank.pay: { action: pay, on: payment, tier: consequential, reach: external, args: { iban: account, amount: { is: amount, unit: cent, currency: EUR }, why: content } }
roles:
  staff:
    permissions:
${everything}
  lead: { permissions: { office: { read: allow } } }
agents:
  helper:
    acts_for: [staff]
    permissions:
${everything}
  desk:
    acts_for: [staff]
    case: { customer: recipient, ticket: identifier }
    permissions:
${everything}
`,
  {
    tools: {
      'office.send': {
        to: 'string[]',
        cc: 'string[]?',
        subject: 'string?',
        body: 'string?',
        attach: 'string[]?',
      },
      'office.chat': {
        channel: 'string',
        text: 'string',
        urgent: { type: 'boolean', default: false },
        copies: 'integer?',
      },
      'office.reply': { account: 'string', to: 'string', text: 'string', file: 'string' },
      'office.move': { from: 'string', to: 'string' },
      'office.call': { phone: 'string' },
      'office.contacts': {},
      'office.mails': { about: 'string?' },
      'office.notes': {},
      'office.draft': { to: 'string', body: 'string' },
      'office.delete_file': { id: 'string' },
      'office.drop': { ids: 'string[]' },
      'office.write': { path: 'string', text: 'string' },
      'office.forward_rule': { to: 'string', folder: 'string' },
      'office.run': { words: 'string[]' },
      'office.store': { name: 'string', key: 'string' },
      'office.tag': { tags: { type: 'object', additionalProperties: { type: 'null' } } },
      'office.letter': { pages: 'string[]', to: 'string' },
      'office.when': { day: 'string', with: 'string' },
      'web.open': { url: 'string' },
      'web.search': { words: 'string' },
      'bank.pay': { iban: 'string', amount: 'integer', why: 'string?' },
    },
  },
);

export type ShownBefore = readonly [tool: string, args: JsonObject, answer: JsonValue];

export interface HeldScene {
  readonly request?: string;
  readonly requestTrusted?: boolean;
  readonly shown?: readonly ShownBefore[];
  /** False: what the run was shown isn't to be had. */
  readonly hasHistory?: boolean;
  readonly historyLost?: boolean;
  readonly agent?: string;
  readonly case?: SceneOptions['case'];
  readonly edited?: HeldCall['edited'];
  /** Texts of values that this agent has used before; null: nobody looked. */
  readonly used?: readonly string[] | null;
  readonly redaction?: Redacting;
}

/** What is written down as it is. */
export const everythingRecorded: Redacting = {
  value: (value) => value,
  valueInAnyForm: (value) => value,
};

export function heldCall(tool: string, args: JsonObject, scene: HeldScene = {}): HeldCall {
  const history = (scene.shown ?? []).map(([name, given, answer]) =>
    exchanged(officePolicy, name, given, answer),
  );
  const context = contextOf(officePolicy, tool, args, {
    agent: scene.agent ?? 'helper',
    user: 'ann@us.example',
    ...(scene.case === undefined ? {} : { case: scene.case }),
    run: {
      request: scene.request ?? null,
      requestTrusted: scene.request !== undefined && scene.requestTrusted !== false,
      historyLost: scene.historyLost ?? false,
      labels: {
        trust: history.length > 0 ? 'untrusted' : 'trusted',
        classes: [],
        subjects: [],
      },
    },
    facts: { history },
  });
  if (context.reading?.ok !== true) throw new Error(`the call can't be read: ${tool}`);
  const { read } = context.reading;
  const keys = scene.used === null ? [] : firstUseKeys(context.run.agent, read);
  const known = (scene.used ?? []).flatMap((value) => {
    const before = contextOf(officePolicy, tool, { ...args, ...usedIn(tool, value) }, {});
    return before.reading?.ok === true ? firstUseKeys(context.run.agent, before.reading.read) : [];
  });
  return {
    context,
    read,
    decision: decide(context),
    history: scene.hasHistory === false ? null : history,
    used: Object.fromEntries(keys.map((key) => [key, known.includes(key)])),
    edited: scene.edited ?? null,
  };
}

function usedIn(tool: string, value: string): JsonObject {
  return tool === 'web.open'
    ? { url: value }
    : tool === 'bank.pay'
      ? { iban: value }
      : { to: [value] };
}

export function factsOf(tool: string, args: JsonObject, scene: HeldScene = {}): HoldFacts {
  return holdFacts(heldCall(tool, args, scene), scene.redaction ?? everythingRecorded);
}

export function valueAt(facts: HoldFacts, pointer: string): ShownValue {
  const found = facts.values.find((value) => value.pointer === pointer);
  if (found === undefined) throw new Error(`nothing is shown at ${pointer}`);
  return found;
}
