import { parseKind } from '../../../content/kinds.ts';
import { resolvePointer } from '../../../content/pointer.ts';
import { isJsonArray, type JsonObject, type JsonValue } from '../../../content/value.ts';
import type { Constraint, Tool } from '../../../policy/model.ts';
import type { Exchange } from '../../exchange.ts';
import { limits } from '../../limits.ts';
import type { Run } from '../../run.ts';
import { everyCall } from '../../run-memory.ts';
import { type Answer, met, type Question, unjudged, unmet } from './check.ts';

type After = Extract<Constraint, { type: 'after' | 'not_after' }>;

/** Any one of the tools has completed in this run, with the values that this call names. */
export function checkAfter(constraint: After, question: Question): Answer {
  const { tools, same } = constraint;
  const { run } = question.context;
  const details = { tools, ...(same.length === 0 ? {} : { same }) };
  if (same.length === 0) {
    return tools.some((tool) => run.completedTools.includes(tool))
      ? met('authorize.after', () => details)
      : unmet('authorize.after', details);
  }
  const calls = callsBefore(constraint, question);
  if ('code' in calls) return calls;
  // What Sallyport looked up for itself the agent hasn't seen.
  const done = calls.before.filter(({ past }) => past.completed && past.seenByAgent);
  return calls.named.every((named) => done.some((call) => names(call, question, same, named)))
    ? met('authorize.after', () => details)
    : unmet('authorize.after', details);
}

/** None of them has, or may have: a call of which nobody knows the end, or that is under way, may complete yet. */
export function checkNotAfter(constraint: After, question: Question): Answer {
  const { tools, same } = constraint;
  const { run } = question.context;
  const details = { tools, ...(same.length === 0 ? {} : { same }) };
  if (same.length === 0) {
    const done =
      run.completedTools.some((tool) => tools.includes(tool)) ||
      run.inFlight.some(({ tool, tier }) => tier > 0 && tools.includes(tool)) ||
      everyCall(run.remembered).some(
        ({ tool, state }) => state === 'indeterminate' && tools.includes(tool),
      );
    return done ? unmet('authorize.not_after', details) : met('authorize.not_after', () => details);
  }
  const calls = callsBefore(constraint, question);
  if ('code' in calls) return calls;
  // What was forgotten may be what this forbids.
  if (run.historyLost) return unmet('authorize.not_after', { ...details, reason: 'history_lost' });
  const uncertain = uncertainCalls(run);
  const done = calls.before.filter(
    ({ past }) =>
      past.completed || past.atMs === Number.MAX_SAFE_INTEGER || uncertain.has(past.call),
  );
  return calls.named.some((named) => done.some((call) => names(call, question, same, named, true)))
    ? unmet('authorize.not_after', details)
    : met('authorize.not_after', () => details);
}

function uncertainCalls(run: Run): ReadonlySet<string> {
  return new Set(
    everyCall(run.remembered).flatMap(({ id, state }) => (state === 'indeterminate' ? [id] : [])),
  );
}

interface Calls {
  readonly before: readonly Exchange[];
  /** One for each combination of values: by argument, in the order of `same`. */
  readonly named: readonly (readonly string[])[];
}

function callsBefore({ tools, same }: After, { context, read }: Question): Calls | Answer {
  const { history } = context.facts;
  if (history === null) return unjudged('authorize.unresolved', { reason: 'history' });
  let named: string[][] = [[]];
  for (const argument of same) {
    const keys = keysIn(read.tool, read.args, argument);
    if (keys.length === 0) return unmet('authorize.absent', { arguments: [argument] });
    if (named.length * keys.length > limits.onceKeysMax)
      return unjudged('authorize.unresolved', { arguments: same, reason: 'too_many' });
    named = named.flatMap((head) => keys.map((key) => [...head, key]));
  }
  return { before: history.filter(({ past }) => tools.includes(past.tool)), named };
}

/** @param all - a call that left the argument out named everything. */
function names(
  { past, args }: Exchange,
  { context }: Question,
  same: readonly string[],
  named: readonly string[],
  all = false,
): boolean {
  const tool = context.policy.tools.get(past.tool);
  return same.every((argument, index) => {
    const keys = tool === undefined ? [] : keysIn(tool, args, argument);
    return keys.length === 0 ? all : keys.includes(named[index] ?? '');
  });
}

function keysIn(tool: Tool, args: JsonObject, argument: string): readonly string[] {
  const keys = new Set<string>();
  const given = Object.hasOwn(args, argument) ? args[argument] : undefined;
  for (const { kind, pointer } of tool.args.get(argument)?.parts ?? []) {
    for (const { value } of resolvePointer(given ?? null, pointer)) {
      const values: readonly JsonValue[] = isJsonArray(value) ? value : [value];
      for (const one of values) {
        const parsed = one === null ? null : parseKind(kind, one);
        if (parsed !== null && parsed.type !== 'unparsable')
          keys.add(`${parsed.type}:${parsed.key}`);
      }
    }
  }
  return [...keys];
}
