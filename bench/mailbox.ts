/** What an assistant has read, for the benchmark of flow: lists of mails and long documents, of 16 kB each, no two alike. */
import type { JsonObject, JsonValue } from '../src/content/value.ts';
import { type Exchange, nothingShown } from '../src/engine/exchange.ts';
import { dataOf } from '../src/engine/outputs/data.ts';
import { shownOf } from '../src/engine/outputs/shown.ts';
import type { Lock } from '../src/policy/lock.ts';
import type { Policy } from '../src/policy/model.ts';
import { noonMs } from './decisions.ts';
import { lockOf } from './desk.ts';

export const customer = 'ann@customer.example';

const text = { type: 'string' };
const message = { to: text, subject: text, body: text };

export const mailboxLock: Lock = lockOf('office', [
  definition('mails', { about: text }),
  definition('document', { name: text }),
  definition('contacts', { name: text }),
  definition('look', { id: text }),
  definition('send', message),
  definition('keep', message),
]);

/** `keep` is `send`, and nothing leaves by it: no rule of flow speaks about it in a run without a request. */
export const mailboxPolicy: string = `
sallyport: 1
enforcement: strict
upstreams: { office: { functions: true } }
tools:
  office.mails: { action: read, tier: read_only, reach: internal, args: { about: query }, returns: { parse: json, items: "", object: mail, id: /id, owner: /from, names: [/subject], provides: { recipient: { at: "/*/from", when: named } } } }
  office.document: { action: read, tier: read_only, reach: internal, args: { name: query } }
  office.contacts: { action: read, tier: read_only, reach: internal, args: { name: query }, returns: { parse: json, items: "", names: [/name], provides: { recipient: "/*/mail" } } }
  office.look: { action: read, tier: read_only, reach: internal, args: { id: identifier } }
  office.send: { action: send, on: mail, tier: reversible, reach: external, args: { to: recipient, subject: title, body: content } }
  office.keep: { action: send, on: mail, tier: reversible, reach: internal, args: { to: recipient, subject: title, body: content } }
roles: { staff: { permissions: { office: { read: allow, send: { repeat: allow } } } } }
agents:
  helper:
    acts_for: [staff]
    unattended: { owner: staff }
    case: { customer: recipient }
    loops: { same_call: 10000, same_tool: 10000, cycle: 10000 }
    permissions: { office: { read: allow, send: { repeat: allow } } }
`;

function definition(name: string, properties: JsonObject): { readonly name: string } & JsonObject {
  const inputSchema = {
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
  return { name, description: name, inputSchema };
}

/** Two documents and three lists of mails in five. */
export function resultsRead(
  policy: Policy,
  count: number,
  bytes: number,
  from = 0,
): readonly Exchange[] {
  return Array.from({ length: count }, (_, at) => {
    const n = from + at;
    return n % 5 < 2
      ? exchangeOf(policy, n, 'office.document', { name: `document ${n}` }, prose(n, bytes))
      : exchangeOf(policy, n, 'office.mails', { about: `matter ${n}` }, mails(n, bytes));
  });
}

/** A directory, whose entries the policy vouches for. */
export function contactsRead(policy: Policy): Exchange {
  const people = Array.from({ length: 40 }, (_, n) => ({
    name: `Person ${n}`,
    mail: `person${n}@partner.example`,
  }));
  return exchangeOf(policy, 0, 'office.contacts', { name: '' }, [
    { name: 'Ann', mail: customer },
    ...people,
  ]);
}

function exchangeOf(
  policy: Policy,
  n: number,
  name: string,
  args: JsonObject,
  answer: JsonValue,
): Exchange {
  const tool = policy.tools.get(name);
  if (tool === undefined) throw new Error(`there is no ${name}`);
  const shown = typeof answer === 'string' ? answer : JSON.stringify(answer);
  const content = [{ type: 'text', text: shown }];
  const { parse } = tool.returns;
  const data = parse === null ? null : dataOf({ content }, parse);
  return {
    past: {
      call: `call_${name}_${n}`,
      tool: name,
      tier: tool.tier,
      sinceMs: noonMs + n,
      atMs: noonMs + n,
      completed: true,
      seenByAgent: true,
      arguments: `sha256:${'1'.repeat(64)}`,
      released: `sha256:${'2'.repeat(64)}`,
      shown: null,
      trust: tool.returns.trust,
    },
    args,
    result: { content },
    shown: shownOf(tool.returns, data) ?? nothingShown,
  };
}

function mails(seed: number, bytes: number): JsonValue {
  const each = 1_000;
  return Array.from({ length: Math.ceil(bytes / each) }, (_, n) => ({
    id: `m-${seed}-${n}`,
    from: `sender${seed}x${n}@elsewhere.example`,
    date: `2026-0${1 + (n % 9)}-1${seed % 10} 0${n % 10}:30`,
    subject: prose(seed * 1_000 + n + 7, 40),
    body: prose(seed * 1_000 + n + 500_000, each - 180),
  }));
}

const syllables =
  'ba ce di fo gu la me ni po ru sa te vi wo ya ka lem nor pis tur val den mir sol cra ble fin gor hal jun'.split(
    ' ',
  );
const shortWords =
  'the of and to in for is on that by this with you it not or be are from at as your all have new more an was we will can us about if my has our one no they he up out what there see only so his when here who also now get its'.split(
    ' ',
  );

const sentences =
  `The machines arrive on Monday morning, and two of our people will be there to unload them.
Could you tell us which entrance the truck should use, and whom the driver may call?
We still need the signed form for the insurance before anything can be installed.
The invoice follows next week, as we agreed on the phone.
If the hall isn't ready by then, please say so soon, because the crane is booked for one day only.
Our engineer would like to see the power supply first, preferably on the day before.
Nothing has changed in the price, and the warranty begins when you have signed the protocol.
Thank you for the drawings; the foundation is exactly where we hoped it would be.
It would help us to know how wide the gate is and whether the floor carries eight tons.
Please send the names of those who take part in the training, so that we can print their badges.
The spare parts come in a second truck, most likely on Thursday afternoon.
I have asked our warehouse to pack the cables separately this time.
Should anything be missing, tell me and I will bring it along when I visit you.
With the new controller the old panels can stay where they are.`.split('\n');
const usualWords = [
  ...new Set(
    sentences
      .join(' ')
      .toLowerCase()
      .match(/\b[a-z]{1,6}\b/g),
  ),
];

/** What an assistant writes: ordinary English, another order each time. */
export function letter(seed: number, bytes: number): string {
  let written = '';
  for (let n = 0; written.length < bytes; n += 1)
    written += `${sentences[(seed * 5 + n * (1 + (seed % 3) * 2)) % sentences.length]} `;
  return written.slice(0, bytes);
}

/** Words as prose has them: a few short ones everywhere, and long ones of which two texts seldom share many. */
export function prose(seed: number, bytes: number): string {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let written = '';
  let left = 8;
  while (written.length < bytes) {
    let word = '';
    const kind = next(100);
    if (kind < 45) word = shortWords[next(shortWords.length)] ?? '';
    else if (kind < 70) word = usualWords[next(usualWords.length)] ?? '';
    else if (kind < 98) {
      for (let n = 1 + next(4); n >= 0; n -= 1) word += syllables[next(syllables.length)] ?? '';
    } else word = `${next(90) + 10}`;
    left -= 1;
    written += left === 0 ? `${word}. ` : `${word} `;
    if (left === 0) left = 6 + next(12);
  }
  return written.slice(0, bytes);
}

/** As accounts and tables of measures are: every few characters another number. */
export function figures(seed: number, bytes: number): string {
  let state = (seed * 2_654_435_761 + 99) >>> 0;
  let written = '';
  while (written.length < bytes) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    written += `${(state >>> 4) % 100_000_000}${written.length % 3 === 0 ? '\n' : ', '}`;
  }
  return written.slice(0, bytes);
}
