/**
 * A plan for each task, made of the task's own ground truth: what an opener that knew exactly what will be needed would
 * narrow the run to. Nobody knows that beforehand, so what it reaches is a ceiling.
 */
import type { JsonObject } from '../../src/content/value.ts';
import type { PlanEntry, Tool } from '../../src/policy/model.ts';
import { formOf, placesOf } from './places.ts';
import type { MeasuredPolicy } from './policy.ts';
import type { Step, Suite, Task } from './suite.ts';

export function withPlans(measured: MeasuredPolicy, suite: Suite): MeasuredPolicy {
  return {
    ...measured,
    plans: new Map(suite.tasks.map((task) => [task.prompt, planOf(task, measured)])),
  };
}

/** Whatever the task reads; of what it does, each call with its destinations, objects, titles and dates. */
export function planOf({ calls }: Task, { tools }: MeasuredPolicy): readonly PlanEntry[] {
  const entries = new Map<string, PlanEntry>();
  for (const { tool: name, args } of calls) {
    const tool = tools.get(name);
    if (tool === undefined) continue;
    const entry = tool.tier === 0 ? actionOf(tool) : exactly(tool, args);
    entries.set(JSON.stringify(entry), entry);
  }
  return [...entries.values()];
}

function actionOf({ upstream, action }: Tool): string {
  return `${upstream}.${action}`;
}

function exactly(tool: Tool, args: Step['args']): JsonObject {
  const places = placesOf(tool, args);
  const valuesOf = (wanted: string): readonly string[] =>
    places.filter(({ kind, text }) => kind === wanted && text !== '').map(({ text }) => text);
  const kinds = new Set(
    [...tool.args.values()].flatMap(({ parts }) => parts.map(({ kind }) => kind.name)),
  );
  const reached = valuesOf('recipient');
  // A grant's `recipients` are addresses; who is called by a handle or a number is said by the argument.
  const recipients = reached.filter((text) => formOf(text) === 'address');
  const urls = valuesOf('url');
  const accounts = valuesOf('account');
  const where = Object.fromEntries(
    Object.entries(args).flatMap(([name, value]) =>
      typeof value === 'string' && isFixed(tool, name, value) ? [[name, value]] : [],
    ),
  );
  return {
    action: actionOf(tool),
    tools: [tool.operation],
    ...(recipients.length > 0 ? { recipients } : {}),
    ...(kinds.has('recipient') ? { max_recipients: new Set(reached).size } : {}),
    ...(urls.length > 0 ? { urls } : {}),
    ...(accounts.length > 0 ? { accounts } : {}),
    ...(Object.keys(where).length > 0 ? { where } : {}),
  };
}

/** What a task can say beforehand, unlike a text that is still to be written. */
function isFixed(tool: Tool, argument: string, value: string): boolean {
  const [part, ...others] = tool.args.get(argument)?.parts ?? [];
  if (part === undefined || others.length > 0 || part.pointer.text !== '') return false;
  const { name } = part.kind;
  if (name === 'recipient') return formOf(value) !== 'address';
  return name.startsWith('object.') || ['title', 'date', 'identifier', 'reference'].includes(name);
}
