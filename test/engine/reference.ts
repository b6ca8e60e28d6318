/**
 * A second opinion: whether a call is allowed, written straight from the policy language's text in the slowest and most
 * obvious way, and sharing nothing with the engine but the types, the parsers of single values, the detectors and the pinned
 * schema.
 */
import { screenText } from '../../src/content/detection/injection/screen.ts';
import { findPii } from '../../src/content/detection/pii/find-pii.ts';
import { findSecrets } from '../../src/content/detection/secrets/find-secrets.ts';
import type { Sighting } from '../../src/content/detection/sighting.ts';
import type { Kind, KindName, Parsed, Unparsable } from '../../src/content/kind.ts';
import { parseKind, plainKind } from '../../src/content/kinds.ts';
import { type PointerSegment, resolvePointer } from '../../src/content/pointer.ts';
import type { JsonObject, JsonValue } from '../../src/content/value.ts';
import { emptyLists } from '../../src/engine/bindings.ts';
import type { Context } from '../../src/engine/context.ts';
import type { CaseValues, Run } from '../../src/engine/run.ts';
import type {
  AddressTerm,
  Agent,
  Alternative,
  CelBindings,
  Constraint,
  Glob,
  Grant,
  Policy,
  Term,
  Tool,
} from '../../src/policy/model.ts';

/** What the world says, one number for all counters of a sort: the names of counters are the engine's own business. */
export interface World {
  readonly agentRate: number;
  readonly rate: number;
  readonly total: number;
  readonly taken: boolean;
  /** `kind|key` */
  readonly used: readonly string[];
  /** Such calls were agreed to often enough, and never refused. */
  readonly earned: boolean;
  /** Everybody who may be asked agrees: an upper bound, for what can't be judged is nobody's to agree to. */
  readonly agreed: boolean;
}

/** The programs of these universes read nothing. */
const nothingBound: CelBindings = {
  call: { args: {}, lists: emptyLists() },
  tool: '',
  agent: '',
  user: { id: null, roles: [] },
  run: { id: '', calls: 0, steps: 0 },
  case: {},
  nowMs: 0,
};

interface Value {
  readonly argument: string;
  readonly kind: Kind;
  readonly value: Parsed | Unparsable;
}

export function allows(context: Context, args: unknown, world: World): boolean {
  const { policy, run, ancestors, tool, facts } = context;
  if (facts.suspended) return false;
  for (const { status } of [run, ...ancestors])
    if (status !== 'open' && !(status === 'closing' && run.held.length > 0)) return false;
  if (run.toolCalls - run.held.length >= 10_000) return false;
  for (const holder of [run, ...ancestors])
    if (!mayAct(policy, holder.agent, holder.user)) return false;
  const agent = policy.agents.get(run.agent);
  if (agent === undefined || tool === null) return false;
  if (agent.model?.pin != null && run.model !== null && run.model !== agent.model.pin) return false;
  if (covering([agent.permissions.get(nameOf(tool))], tool).length === 0) return false;
  if (tool.pin === null || facts.definition !== 'pinned' || !facts.upstreamUp) return false;

  const filled = fill(tool, args);
  if (filled === null) return false;
  const values = valuesOf(tool, filled);
  if (values === null || values.some(({ value }) => value.type === 'unparsable')) return false;

  for (const holder of [run, ...ancestors]) {
    const holding = policy.agents.get(holder.agent);
    if (holding === undefined || holding.forbidden.has(nameOf(tool))) return false;
    if (holder.only !== null && !holder.only.includes(nameOf(tool))) return false;
    const agents = covering([holding.permissions.get(nameOf(tool))], tool);
    const users = userAlternatives(policy, holding, holder.user, tool);
    const somePair = agents.some((a) =>
      users.some(
        (u) =>
          holds(a, { context, holding, args: filled, values, case: holder.case, world }) &&
          holds(u, { context, holding, args: filled, values, case: holder.case, world }) &&
          (world.agreed ||
            (!waits(a, tool, true, world) &&
              !waits(u, tool, false, world) &&
              !(holder === run && repeats(a, context)))),
      ),
    );
    if (!somePair) return false;
  }
  const holdsNext = [run, ...ancestors].some((holder) => holder.holdsNext !== null);
  if (tool.tier > 0 && holdsNext && !world.agreed) return false;
  return mayCarry(policy, tool, filled, world) && withinLimits(agent, context, world);
}

/** What the detectors see is theirs to say; what follows from it is written down here once more. */
function mayCarry({ content }: Policy, tool: Tool, args: JsonObject, { agreed }: World): boolean {
  const { outbound: review, pii, secrets } = content;
  const outbound = agreed && review?.response === 'hold' ? null : review;
  if (review !== null && tool.reach === 'external' && !agreed)
    for (const { program } of review.rules) {
      const said = program.evaluate(nothingBound);
      if (!said.ok || said.value) return false;
    }
  for (const [name, value] of Object.entries(args)) {
    if (name in tool.fixed) continue;
    const kinds = (tool.args.get(name)?.parts ?? []).map(({ kind }) => kind.name);
    for (const { text, isKey } of textsIn(value)) {
      const isMeant = (kind: KindName) => !isKey && kinds.every((one) => one === kind);
      const seen = seenIn(text);
      const isStopped = !agreed || secrets.response === 'deny';
      if (isStopped && secrets.in.has('arguments') && seen.secrets.length > 0) return false;
      if (pii?.in.has('arguments') === true)
        for (const { type } of seen.pii)
          if (pii.redact.has(type) && !(type === 'email' && isMeant('recipient'))) return false;
      if (outbound === null || tool.reach !== 'external') continue;
      if (seen.orders >= outbound.at) return false;
      for (const marker of outbound.markers) {
        const isWord = new RegExp(`\\b${marker}\\b`, 'i').test(text);
        if (isWord && !isMeant('recipient') && !isMeant('account')) return false;
      }
    }
  }
  return true;
}

interface Seen {
  readonly secrets: readonly Sighting[];
  readonly pii: ReturnType<typeof findPii>;
  readonly orders: number;
}

/** The universes are small, and their texts come again and again. */
const seen = new Map<string, Seen>();

function seenIn(text: string): Seen {
  const known = seen.get(text);
  if (known !== undefined) return known;
  const { score: orders } = screenText(text, []);
  const found = { secrets: findSecrets(text, []), pii: findPii(text), orders };
  seen.set(text, found);
  return found;
}

function textsIn(value: JsonValue): { readonly text: string; readonly isKey: boolean }[] {
  if (typeof value === 'string') return [{ text: value, isKey: false }];
  if (typeof value === 'number')
    return String(value).length < 12 ? [] : [{ text: String(value), isKey: false }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]: [string, JsonValue]) => [
    ...(Array.isArray(value) ? [] : [{ text: key, isKey: true }]),
    ...textsIn(one),
  ]);
}

function nameOf(tool: Tool): string {
  return `${tool.upstream}.${tool.action}`;
}

function mayAct(policy: Policy, name: string, user: string | null): boolean {
  const agent = policy.agents.get(name);
  if (agent === undefined) return false;
  if (user === null) return agent.actsFor.length === 0 || agent.unattendedOwner !== null;
  return agent.actsFor.some((role) => policy.users.get(user)?.roles.has(role) === true);
}

function covering(grants: readonly (Grant | undefined)[], tool: Tool): Alternative[] {
  return grants
    .flatMap((grant) => grant?.alternatives ?? [])
    .filter((a) => a.tools === null || a.tools.has(tool.name));
}

function userAlternatives(
  policy: Policy,
  agent: Agent,
  user: string | null,
  tool: Tool,
): Alternative[] {
  if (user === null && agent.actsFor.length === 0) {
    return [
      {
        key: '',
        at: agent.at,
        tools: null,
        constraints: [],
        approval: { type: 'tier' },
        repeatAllowed: false,
        enforcement: null,
      },
    ];
  }
  const roles = agent.actsFor.filter(
    (role) => user === null || policy.users.get(user)?.roles.has(role) === true,
  );
  return covering(
    roles.map((role) => policy.roles.get(role)?.permissions.get(nameOf(tool))),
    tool,
  );
}

/** Arguments as they would be sent; null: they don't fit. */
function fill(tool: Tool, args: unknown): JsonObject | null {
  if (!isPlainJson(args, 32) || typeof args !== 'object' || args === null || Array.isArray(args))
    return null;
  if (new TextEncoder().encode(JSON.stringify(args)).length > 1_048_576) return null;
  const written: { [name: string]: JsonValue } = JSON.parse(JSON.stringify(args));
  for (const name of Object.keys(written))
    if (!tool.args.has(name) || name in tool.fixed) return null;
  const filled = tool.pin?.fillDefaults({ ...written, ...tool.fixed }) ?? null;
  return filled !== null && tool.pin?.checkInput(filled).length === 0 ? filled : null;
}

function isPlainJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth === 0) return false;
  if (Array.isArray(value))
    return Array.from(value).every((one: unknown) => isPlainJson(one, depth - 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.entries(value).every(
    ([name, one]) => name !== '__proto__' && isPlainJson(one, depth - 1),
  );
}

/** Null: something in an argument has no kind. */
function valuesOf(tool: Tool, args: JsonObject): Value[] | null {
  const values: Value[] = [];
  for (const [name, argument] of tool.args) {
    const given = Object.hasOwn(args, name) ? args[name] : undefined;
    if (given === undefined || given === null) continue;
    const reached: string[] = [];
    for (const { pointer, kind } of argument.parts) {
      for (const found of resolvePointer(given, pointer)) {
        reached.push(found.pointer);
        for (const leaf of split(found.value, kind))
          values.push({ argument: name, kind, value: parseKind(kind, leaf) });
      }
    }
    // A value outside of every part is one that nothing was said about.
    for (const [at, leaf] of scalars(given, '')) {
      if (leaf !== null && !reached.some((part) => part === at || at.startsWith(`${part}/`)))
        return null;
    }
  }
  return values;
}

/** Lists are their elements, structures of content their texts, nulls nothing. */
function split(value: JsonValue, kind: Kind): JsonValue[] {
  if (value === null) return [];
  if (Array.isArray(value)) {
    if (kind.name === 'command' && value.every((word) => typeof word === 'string')) return [value];
    return value.flatMap((one: JsonValue) => split(one, kind));
  }
  if (typeof value === 'object' && kind.name === 'content')
    return Object.values(value).flatMap((one: JsonValue) => split(one, kind));
  return [value];
}

function scalars(value: JsonValue, at: string): [string, JsonValue][] {
  if (typeof value !== 'object' || value === null) return [[at, value]];
  return Object.entries(value).flatMap(([name, one]: [string, JsonValue]) =>
    scalars(one, `${at}/${name}`),
  );
}

interface Question {
  readonly context: Context;
  readonly holding: Agent;
  readonly args: JsonObject;
  readonly values: readonly Value[];
  readonly case: CaseValues;
  readonly world: World;
}

function holds(alternative: Alternative, question: Question): boolean {
  return alternative.constraints.every(
    (constraint) =>
      (question.world.agreed && constraint.otherwise !== null) || fulfilled(constraint, question),
  );
}

function fulfilled(
  constraint: Constraint,
  { context, args, values, case: bound, world }: Question,
): boolean {
  const { tool, run, facts } = context;
  if (tool === null) return false;
  const argumentsOf = (kind: KindName) =>
    [...tool.args.values()].filter((argument) =>
      argument.parts.some((part) => part.kind.name === kind),
    );
  const itemsHave = (kind: KindName): boolean =>
    tool.returns.items !== null && tool.returns.each.some((each) => each.kind?.name === kind);
  const of = (kind: KindName) => values.filter((value) => value.kind.name === kind);
  /** Every argument of the kind is given, or says that absent is none; or the items are filtered. */
  const given = (kind: KindName): boolean =>
    itemsHave(kind) ||
    (argumentsOf(kind).length > 0 &&
      argumentsOf(kind).every(
        (argument) =>
          argument.absentIsNone ||
          argument.parts.every((part) => part.kind.name !== kind || part.kind.absentIsNone) ||
          (of(kind).some((value) => value.argument === argument.name) &&
            argument.parts
              .filter((part) => part.kind.name === kind && !part.kind.absentIsNone)
              .every((part) => isFull(args[argument.name] ?? null, part.pointer.segments))),
      ));
  const speaks = (kind: KindName): boolean => argumentsOf(kind).length > 0 || itemsHave(kind);
  const bindsAll = (terms: readonly { readonly type: string; readonly name?: string }[]): boolean =>
    terms.every(
      (term) =>
        term.type !== 'case' || (term.name !== undefined && Object.hasOwn(bound, term.name)),
    );
  const listed = (terms: readonly (Term | AddressTerm)[], value: Value, below = false): boolean =>
    terms.some((term) => equals(term, value, bound, below));
  const amounts = of('amount').map(({ value }) =>
    value.type === 'amount' && value.currency === 'USD' && value.minor >= 0
      ? value.minor
      : Number.POSITIVE_INFINITY,
  );
  const amountGiven =
    argumentsOf('amount').length > 0 &&
    argumentsOf('amount').every(
      (argument) =>
        argument.absentIsNone || of('amount').some((value) => value.argument === argument.name),
    );
  switch (constraint.type) {
    case 'recipients':
      return (
        bindsAll(constraint.only) &&
        speaks('recipient') &&
        of('recipient').every((value) => listed(constraint.only, value))
      );
    case 'max_recipients':
      return (
        argumentsOf('recipient').length > 0 &&
        new Set(of('recipient').map(({ value }) => ('key' in value ? value.key : ''))).size <=
          constraint.max
      );
    case 'allowed_domains':
      return (
        bindsAll(constraint.domains) &&
        speaks('recipient') &&
        of('recipient').every(
          (value) => value.value.type === 'address' && listed(constraint.domains, value),
        )
      );
    case 'forbidden_domains':
      return (
        bindsAll(constraint.domains) &&
        speaks('recipient') &&
        of('recipient').every(
          (value) => value.value.type === 'address' && !listed(constraint.domains, value, true),
        )
      );
    case 'senders':
      return bindsAll(constraint.only) && given('sender');
    case 'folders':
      return (
        bindsAll([...(constraint.only ?? []), ...constraint.except]) &&
        given('folder') &&
        of('folder').every(
          (value) =>
            (constraint.only === null || listed(constraint.only, value)) &&
            !listed(constraint.except, value) &&
            !constraint.except.some((term) => isWithinFolder(term, value, bound)),
        )
      );
    case 'paths':
      return (
        bindsAll(constraint.under ?? []) &&
        given('path') &&
        of('path').every(
          ({ value }) =>
            value.type === 'path' &&
            (constraint.under === null ||
              constraint.under.some((root) => isBelow(root, value, bound))) &&
            !constraint.except.some((glob) => isExcepted(glob, value.key)),
        )
      );
    case 'urls':
      return (
        constraint.only.every((entry) => !('case' in entry) || Object.hasOwn(bound, entry.case)) &&
        speaks('url') &&
        of('url').every(({ value }) =>
          constraint.only.some((entry) => {
            if ('case' in entry || value.type !== 'url') return false;
            return (
              value.scheme === entry.scheme &&
              value.host === entry.host &&
              value.port === entry.port &&
              `${value.path}/`.startsWith(`${entry.path}/`)
            );
          }),
        )
      );
    case 'accounts':
      return (
        bindsAll(constraint.only) &&
        speaks('account') &&
        of('account').every((value) => listed(constraint.only, value))
      );
    case 'commands':
      return (
        given('command') &&
        of('command').every(
          (value) =>
            value.value.type === 'command' &&
            value.value.words !== null &&
            listed(constraint.only, value),
        )
      );
    case 'tables':
    case 'rows':
      // None of these tools takes SQL.
      return false;
    case 'max_amount':
      return amountGiven && amounts.every((amount) => amount <= constraint.amount.minor);
    case 'max_total':
      return (
        amountGiven &&
        (constraint.scope !== 'case' || Object.keys(bound).length > 0) &&
        world.total + amounts.reduce((a, b) => a + b, 0) <= constraint.amount.minor
      );
    case 'once_per':
      return (
        !world.taken &&
        constraint.arguments.every(
          (name) =>
            tool.args.get(name)?.absentIsNone === true ||
            values.some((value) => value.argument === name),
        ) &&
        combinations(constraint.arguments, values) <= 256
      );
    case 'hours':
      return constraint.windows.some((window) => {
        const date = new Date(facts.nowMs);
        const minute = date.getUTCHours() * 60 + date.getUTCMinutes();
        return (
          window.days.has(date.getUTCDay()) &&
          minute >= window.fromMinute &&
          minute < window.untilMinute
        );
      });
    case 'rate':
      return world.rate < constraint.rate.max;
    case 'after':
      return constraint.tools.some((name) => run.completedTools.includes(name));
    case 'not_after':
      return !(
        constraint.tools.some((name) => run.completedTools.includes(name)) ||
        run.inFlight.some(({ tool: name, tier }) => tier > 0 && constraint.tools.includes(name)) ||
        run.remembered
          .flat()
          .some(
            ({ tool: name, state }) => state === 'indeterminate' && constraint.tools.includes(name),
          )
      );
    case 'novelty':
      return (
        argumentsOf(constraint.of).length > 0 &&
        of(constraint.of).every(
          ({ value }) => 'key' in value && world.used.includes(`${constraint.of}|${value.key}`),
        )
      );
    case 'where': {
      const argument = tool.args.get(constraint.argument);
      const found = values.filter((value) => value.argument === constraint.argument);
      const { test } = constraint;
      if (argument === undefined || (found.length === 0 && !argument.absentIsNone)) return false;
      if (!argument.absentIsNone && holdsNull(args[constraint.argument])) return false;
      // Records and what tools provide have no place in these universes.
      if (test.type === 'record' || test.type === 'provided') return false;
      if (test.type === 'range') {
        return found.every(
          ({ value }) =>
            value.type === 'number' &&
            value.number >= (test.min ?? -Infinity) &&
            value.number <= (test.max ?? Infinity),
        );
      }
      return (
        bindsAll(test.terms) &&
        found.every((value) =>
          test.terms.some((term) =>
            term.type === 'glob'
              ? 'key' in value.value && term.glob.matches(value.value.key)
              : equals(term, value, bound, false),
          ),
        )
      );
    }
    case 'when': {
      const said = constraint.program.evaluate(nothingBound);
      return said.ok && said.value;
    }
    case 'items':
      return bindsAll(constraint.terms);
    case 'fields':
      return true;
  }
}

function combinations(names: readonly string[], values: readonly Value[]): number {
  return names.reduce(
    (product, name) =>
      product *
      Math.max(
        1,
        new Set(
          values
            .filter(({ argument }) => argument === name)
            .map(({ value }) => ('key' in value ? value.key : '')),
        ).size,
      ),
    1,
  );
}

function equals(
  term: Term | AddressTerm,
  { kind, value }: Value,
  bound: CaseValues,
  below: boolean,
): boolean {
  if (value.type === 'unparsable' || (value.type === 'command' && value.words === null))
    return false;
  const inside = (domain: string): boolean =>
    value.type === 'address' &&
    (value.domain === domain || (below && value.domain.endsWith(`.${domain}`)));
  switch (term.type) {
    case 'literal':
      return term.value.type === value.type && term.value.key === value.key;
    case 'address':
      return term.key === value.key;
    case 'domain':
      return inside(term.domain);
    case 'subdomains':
      return value.type === 'address' && value.domain.endsWith(`.${term.domain}`);
    case 'case': {
      const raw = bound[term.name];
      if (raw === undefined) return false;
      const parsed = parseKind(kind, raw);
      return parsed.type === value.type && parsed.key === value.key;
    }
  }
}

function isBelow(root: Term, value: Extract<Parsed, { type: 'path' }>, bound: CaseValues): boolean {
  const parsed =
    root.type === 'literal' ? root.value : parseKind(plainKind('path'), bound[root.name] ?? null);
  if (parsed.type !== 'path' || parsed.absolute !== value.absolute) return false;
  return `${value.segments.join('/')}/`.startsWith(
    parsed.segments.length === 0 ? '' : `${parsed.segments.join('/')}/`,
  );
}

/** Somebody has to be asked. */
function waits(
  { approval }: Alternative,
  tool: Tool,
  isAgents: boolean,
  { earned }: World,
): boolean {
  if (approval.type === 'never') return false;
  if (approval.type === 'tier') return isAgents && tool.tier >= 2;
  const said = approval.if?.evaluate(nothingBound) ?? { ok: true, value: true };
  return !said.ok || (said.value && !(earned && approval.until !== null));
}

function repeats(alternative: Alternative, { run, tool, reading, facts }: Context): boolean {
  if (tool === null || tool.tier < 2 || alternative.repeatAllowed || reading?.ok !== true)
    return false;
  const before = run.remembered.flat().find((memory) => memory.digest === reading.read.digest);
  return (
    before?.state === 'completed' &&
    before.delivered &&
    !(run.implicit && facts.nowMs - before.atMs >= 86_400_000)
  );
}

function withinLimits(
  agent: Agent,
  { run, call, facts, reading, tool }: Context,
  world: World,
): boolean {
  const most = (name: 'steps' | 'toolCalls' | 'durationMs' | 'tokens' | 'costMicroUsd'): number =>
    world.agreed && agent.budget[name]?.then === 'hold'
      ? Infinity
      : Math.min(agent.budget[name]?.max ?? Infinity, run.budget[name] ?? Infinity);
  const windowStart =
    facts.nowMs - (Number.isFinite(most('durationMs')) ? most('durationMs') : 86_400_000);
  const inWindow = run.usageTimes.filter((mark) => mark.atMs > windowStart);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const calls = run.implicit
    ? sum(run.callTimes.filter((mark) => mark.atMs > windowStart).map((mark) => mark.calls))
    : run.toolCalls - run.held.length;
  const steps = run.implicit
    ? sum(inWindow.map((mark) => mark.steps))
    : Math.max(run.steps, call.step ?? 0);
  const tokens = run.implicit ? sum(inWindow.map((mark) => mark.tokens)) : run.tokens;
  const cost = run.implicit ? sum(inWindow.map((mark) => mark.costMicroUsd)) : run.costMicroUsd;
  if (
    calls >= most('toolCalls') ||
    steps > most('steps') ||
    tokens >= most('tokens') ||
    cost >= most('costMicroUsd')
  )
    return false;
  if (!run.implicit && facts.nowMs - run.openedAtMs >= most('durationMs')) return false;
  if (agent.rate !== null && world.agentRate >= agent.rate.max) return false;
  if (
    facts.breaker.state === 'open' ||
    (facts.breaker.state === 'half_open' && facts.breaker.probing)
  )
    return false;
  return (
    reading?.ok !== true || tool === null || !loops(agent, run, reading.read.digest, tool.name)
  );
}

function loops(
  { loops: { sameCall, sameTool, cycle } }: Agent,
  { recent }: Run,
  digest: string,
  tool: string,
): boolean {
  const last = (count: number) =>
    recent.length >= count ? recent.slice(recent.length - count) : [];
  const same = last(sameCall);
  if (
    same.length > 0 &&
    same.every(
      (call) =>
        call.digest === digest &&
        call.resultDigest !== null &&
        call.resultDigest === same[0]?.resultDigest,
    )
  )
    return true;
  if (last(sameTool).length > 0 && last(sameTool).every((call) => call.tool === tool)) return true;
  for (const length of [2, 3, 4]) {
    const rounds = last(length * cycle).map((call) => call.digest);
    if (rounds.length === 0 || rounds[0] !== digest || new Set(rounds).size === 1) continue;
    if (rounds.every((one, index) => index < length || one === rounds[index - length])) return true;
  }
  return false;
}

/** The path itself, or any folder above it; a folder also by what stands for all that it holds. */
function isExcepted(glob: Glob, path: string): boolean {
  const segments = path.split('/');
  return segments
    .map((_, index) => segments.slice(0, index + 1).join('/'))
    .filter((folder) => folder !== '')
    .some(
      (folder) => glob.matches(folder) || (glob.text.endsWith('/**') && glob.matches(`${folder}/`)),
    );
}

/** Every place that a pointer leads to has a value. */
function isFull(value: JsonValue, segments: readonly PointerSegment[]): boolean {
  if (value === null) return false;
  const [first, ...rest] = segments;
  if (Array.isArray(value) && (first === undefined || first.type === 'each'))
    return value.length > 0 && value.every((one: JsonValue) => isFull(one, rest));
  if (first === undefined || first.type === 'each' || typeof value !== 'object') return true;
  if (Array.isArray(value)) return true;
  const members = new Map(Object.entries(value));
  if (first.type === 'keys') return members.size > 0;
  return isFull(members.get(first.name) ?? null, rest);
}

function holdsNull(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.flat(Infinity).includes(null);
}

/** In any case, and whatever separates a folder from what lies in it. */
function isWithinFolder(term: Term | AddressTerm, { value }: Value, bound: CaseValues): boolean {
  if (value.type !== 'text') return false;
  const name =
    term.type === 'case' ? bound[term.name] : term.type === 'literal' ? term.value.key : undefined;
  if (name === undefined) return false;
  const [outer, inner] = [String(name), value.key].map((text) =>
    text.normalize('NFKC').toLowerCase(),
  );
  if (outer === undefined || inner === undefined) return false;
  if (outer === inner) return true;
  return outer !== 'inbox' && inner.startsWith(outer) && '/.'.includes(inner.charAt(outer.length));
}
