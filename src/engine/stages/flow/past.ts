/**
 * What a run was shown, arranged for the rules. It belongs to one run, is a pure function of the calls that it was made
 * of, and grows with them: a record is read once.
 */
import type { KindName } from '../../../content/kind.ts';
import { type ReadFeatures, readFeatures } from '../../../content/text-features/read-features.ts';
import { isJsonObject, type JsonValue } from '../../../content/value.ts';
import { linksInText } from '../../../content/values-in-text/links-in-text.ts';
import { containsWhole } from '../../../content/values-in-text/whole-token.ts';
import type { Policy, Tool } from '../../../policy/model.ts';
import type { Exchange, ShownRecord } from '../../exchange.ts';
import { dataOf, leavesOf, pointed, textOf } from './texts.ts';
import type { TrustedRequest } from './trusted-request.ts';

/** One record of one result. */
export interface PastRecord {
  readonly seen: SeenExchange;
  /** Null: what of the result is no record. */
  readonly record: ShownRecord | null;
  /** Why the request asks for it; null: it doesn't. */
  readonly asked: Asked | null;
}

/**
 * `followed`: looked up by what a record is called that the request asks for. Who gave it that name chose the look-up, so
 * it is enough for data that the policy gives no class, and for nothing but passing it on.
 */
export type Asked = 'named' | 'looked up' | 'followed';

export interface SeenExchange {
  readonly exchange: Exchange;
  /** Counted among the calls of the history, from 1. */
  readonly ordinal: number;
  /** Null: the policy no longer knows it. */
  readonly tool: Tool | null;
  readonly records: readonly PastRecord[];
  /** Every argument comes from the request. */
  readonly lookedUp: boolean;
  /** By numbers that nobody asked for: of all that a look-up finds, whoever turns its pages chooses what is on one. */
  readonly paged: boolean;
  /** Every argument comes from the request, or is what a record is called that the request asks for. */
  readonly followed: boolean;
}

export interface Offer {
  readonly record: PastRecord;
  readonly when: 'always' | 'named';
}

export class Past {
  readonly #policy: Policy;
  readonly #request: TrustedRequest | null;
  readonly #exchanges: Exchange[] = [];
  /** What it was last grown from: the same list says nothing new. */
  #history: readonly Exchange[] | null = null;
  readonly seen: SeenExchange[] = [];
  readonly #offers = new Map<string, Offer[]>();
  readonly #objects = new Map<string, PastRecord[]>();

  constructor(policy: Policy, request: TrustedRequest | null) {
    this.#policy = policy;
    this.#request = request;
  }

  /** False: these calls don't begin with those it was made of. */
  grow(history: readonly Exchange[]): boolean {
    if (history === this.#history) return true;
    if (history.length < this.#exchanges.length) return false;
    for (const [index, known] of this.#exchanges.entries()) {
      if (history[index] !== known) return false;
    }
    for (let at = this.#exchanges.length; at < history.length; at += 1) {
      const exchange = history[at];
      if (exchange !== undefined) this.#add(exchange);
    }
    this.#history = history;
    return true;
  }

  isOf(policy: Policy, request: TrustedRequest | null): boolean {
    return this.#policy === policy && this.#request === request;
  }

  offersOf(kind: KindName, key: string): readonly Offer[] {
    return this.#offers.get(`${kind} ${key}`) ?? [];
  }

  /** Records of an object by that id, oldest first. */
  objectsOf(object: string, id: string): readonly PastRecord[] {
    return this.#objects.get(`${object} ${id}`) ?? [];
  }

  /** Whether the request, where it names one thing, may mean the other. */
  mayMeanBoth(name: string, other: string): boolean {
    return name === other || this.#request?.mayMeanBoth(name, other) === true;
  }

  /** Whether some record that the request asks for is such. */
  asks(test: (record: PastRecord) => boolean): boolean {
    return this.seen.some(({ records }) => records.some((one) => one.asked !== null && test(one)));
  }

  #isLookUp(exchange: Exchange, tool: Tool | null, request: TrustedRequest): boolean {
    if (exchange.past.tier > 0) return false;
    const given = givenTo(exchange, tool);
    if (given.length === 0) return isNamedByTool(exchange, tool, request);
    return given.every((one) => comesFrom(request, one) || this.#isNamed(one));
  }

  /** By its id, a thing that an earlier result showed under a name of the request. */
  #isNamed({ kind, value }: Given): boolean {
    if (!kind.startsWith('object.')) return false;
    return this.objectsOf(kind.slice('object.'.length), value).some(
      ({ asked }) => asked === 'named',
    );
  }

  #isFollowed(exchange: Exchange, tool: Tool, request: TrustedRequest): boolean {
    if (exchange.past.tier > 0) return false;
    const given = givenTo(exchange, tool);
    return (
      given.length > 0 &&
      given.every(
        (one) => comesFrom(request, one) || this.asks((record) => isCalled(record, one.value)),
      )
    );
  }

  #add(exchange: Exchange): void {
    const ordinal = this.#exchanges.length + 1;
    this.#exchanges.push(exchange);
    // Sallyport's own look at a thing: the agent has seen nothing of it.
    if (!exchange.past.seenByAgent) return;
    const tool = this.#policy.tools.get(exchange.past.tool) ?? null;
    const request = this.#request;
    const lookedUp = request !== null && this.#isLookUp(exchange, tool, request);
    const followed =
      !lookedUp &&
      request !== null &&
      tool?.returns.classes.length === 0 &&
      this.#isFollowed(exchange, tool, request);
    const records: PastRecord[] = [];
    const paged = request !== null && isPaged(exchange, tool, request);
    const seen: SeenExchange = { exchange, ordinal, tool, records, lookedUp, paged, followed };
    const byLookUp = lookedUp ? 'looked up' : followed ? 'followed' : null;
    for (const record of exchange.shown.records) {
      const named = request !== null && record.names.some(request.understood.names);
      records.push({ seen, record, asked: named ? 'named' : byLookUp });
    }
    if (records.length !== 1 || records[0]?.record?.at !== '')
      records.push({ seen, record: null, asked: byLookUp });
    this.seen.push(seen);
    for (const one of records) {
      const { record } = one;
      if (record === null) continue;
      for (const { kind, key, when } of record.provides)
        append(this.#offers, `${kind} ${key}`, { record: one, when });
      if (record.object !== null && record.id !== null)
        append(this.#objects, `${record.object} ${record.id}`, one);
    }
  }
}

/** What a look-up is given to find things by. A number of lines or a flag finds nothing. */
const finding: ReadonlySet<string> = new Set(['number', 'flag', 'amount']);

interface Given {
  readonly kind: KindName;
  readonly value: string;
}

function givenTo(exchange: Exchange, tool: Tool | null): readonly Given[] {
  return Object.entries(exchange.args).flatMap(([name, value]) => {
    const kind = tool?.args.get(name)?.parts[0]?.kind.name ?? 'query';
    if (value === null || finding.has(kind)) return [];
    return leavesOf(value).flatMap((leaf) =>
      leaf.value === '' ? [] : [{ kind, value: leaf.value }],
    );
  });
}

/** What a listing is bounded by. One that isn't full left nothing out. */
const bound = /limit|max|count|size|top|results|^n$/i;

function isPaged({ args, shown }: Exchange, tool: Tool | null, request: TrustedRequest): boolean {
  const properties = tool?.pin?.inputSchema['properties'];
  return Object.entries(args).some(([name, value]) => {
    if (typeof value !== 'number') return false;
    if (bound.test(name) && value > shown.records.length) return false;
    const declared = isJsonObject(properties) ? properties[name] : undefined;
    if (isJsonObject(declared) && declared['default'] === value) return false;
    return !containsWhole(request.text, String(value));
  });
}

/** By the first call of a history, which no two unrelated runs share; by run, because a child's history may begin alike. */
const pasts = new WeakMap<Exchange, Map<string, Past>>();
const runsMax = 16;

export function pastOf(
  run: string,
  history: readonly Exchange[],
  policy: Policy,
  request: TrustedRequest | null,
): Past {
  const [first] = history;
  if (first === undefined) return new Past(policy, request);
  let ofRuns = pasts.get(first);
  if (ofRuns === undefined) {
    ofRuns = new Map();
    pasts.set(first, ofRuns);
  }
  const known = ofRuns.get(run);
  if (known?.isOf(policy, request) === true && known.grow(history)) return known;
  const past = new Past(policy, request);
  past.grow(history);
  if (ofRuns.size >= runsMax) ofRuns.clear();
  ofRuns.set(run, past);
  return past;
}

function comesFrom(request: TrustedRequest, { kind, value }: Given): boolean {
  return kind.startsWith('object.')
    ? request.givesId(value) || request.speaksOf(value)
    : request.says(value) ||
        // Any word of a request would do as somebody's handle: what is searched for by words has to be said as such.
        ((kind !== 'query' || value.includes('@')) &&
          request.holds('recipient', value.toLowerCase()));
}

/** `get_unread_emails`, where the request speaks of "unread emails": what the tool is called is all that it looks up. */
function isNamedByTool(exchange: Exchange, tool: Tool | null, request: TrustedRequest): boolean {
  if (tool === null || Object.values(exchange.args).some((value) => value !== null)) return false;
  const [, ...words] = tool.operation.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u);
  const phrase = words.join(' ');
  return words.length > 1 && (request.says(phrase) || request.says(phrase.replace(/s$/i, '')));
}

interface Read {
  readonly text: string;
  features: ReadFeatures | null;
  links: ReadonlySet<string> | null;
}

/** By call and place, so that a history that is arranged anew isn't read anew. */
const reads = new WeakMap<Exchange, Map<string, Read>>();

function readOf(one: PastRecord): Read {
  const { exchange } = one.seen;
  let places = reads.get(exchange);
  if (places === undefined) {
    places = new Map();
    reads.set(exchange, places);
  }
  const place = one.record?.at ?? 'rest';
  let read = places.get(place);
  if (read === undefined) {
    read = { text: readText(one), features: null, links: null };
    places.set(place, read);
  }
  return read;
}

/** By a name, id or provided value that the policy says is one: what a text of the record speaks of is none. */
function isCalled({ record }: PastRecord, value: string): boolean {
  if (record === null) return false;
  return (
    record.id === value ||
    record.names.includes(value) ||
    record.provides.some(({ key }) => key === value)
  );
}

/** Where its text leads: `url <key>`. */
export function linksOf(one: PastRecord): ReadonlySet<string> {
  const read = readOf(one);
  read.links ??= new Set(
    linksInText(read.text).flatMap(({ kind, key }) => (key === null ? [] : [`${kind} ${key}`])),
  );
  return read.links;
}

/** Everything that the record says, a line for each of its values. */
export function textOfRecord(one: PastRecord): string {
  return readOf(one).text;
}

function readText({ seen: { exchange, records }, record }: PastRecord): string {
  if (exchange.result === null) return '';
  const data = dataOf(exchange);
  if (record !== null && record.at === '') return textOf(exchange.result);
  if (record !== null) return data === null ? '' : leafText(pointed(data, record.at));
  const places = records.flatMap((other) => (other.record === null ? [] : [other.record.at]));
  return restOf(exchange, data, places);
}

/** What stands beside the records: nothing of a result is left out, whatever a policy calls a record. */
function restOf(exchange: Exchange, data: JsonValue | null, places: readonly string[]): string {
  if (exchange.result === null) return '';
  if (data === null) return textOf(exchange.result);
  const inside = new Set(places);
  const rest = leavesOf(data, inside)
    .map(({ value }) => value)
    .join('\n');
  // A text beside structured data usually says the same once more; what it says beyond it has to be seen too.
  return exchange.result['structuredContent'] === undefined
    ? rest
    : `${rest}\n${textOf({ content: exchange.result['content'] ?? [] })}`;
}

function leafText(value: JsonValue | undefined): string {
  return value === undefined
    ? ''
    : leavesOf(value)
        .map(({ value: leaf }) => leaf)
        .join('\n');
}

export function featuresOf(one: PastRecord): ReadFeatures {
  const read = readOf(one);
  read.features ??= readFeatures(read.text);
  return read.features;
}

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
