/**
 * Suites of other domains than AgentDojo's: small worlds in memory, in which each task's calls are really made, so that a
 * trace's results belong together. Making them again gives the same bytes.
 */
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '../../../src/content/value.ts';

export type World = Readonly<Record<string, (args: JsonObject) => string>>;

export type Call = readonly [tool: string, args: JsonObject];

export interface OwnTask {
  readonly prompt: string;
  readonly calls: readonly Call[];
}

export interface OwnAttack {
  /** As it stands in the data that somebody else wrote. */
  readonly text: string;
  readonly calls: readonly Call[];
  /** Which of its calls do the harm. */
  readonly critical: readonly number[];
}

export interface OwnTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
  /** It only reads. */
  readonly reads: boolean;
}

export interface OwnSuite {
  readonly name: string;
  readonly tools: readonly OwnTool[];
  /** The world with this text of an attacker wherever others write; none where it is empty. */
  readonly open: (planted: string) => World;
  readonly tasks: readonly OwnTask[];
  readonly attacks: readonly OwnAttack[];
}

export interface SuiteFiles {
  readonly 'traces.json.gz': Buffer;
  readonly 'cases.jsonl.gz': Buffer;
}

type Parameters = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'list'>>;

/** Arguments whose name ends in `?` may be left out. */
export function tool(name: string, description: string, parameters: Parameters = {}): OwnTool {
  const properties = Object.fromEntries(
    Object.entries(parameters).map(([argument, type]) => [
      argument.replace('?', ''),
      type === 'list' ? { type: 'array', items: { type: 'string' } } : { type },
    ]),
  );
  const required = Object.keys(parameters).filter((argument) => !argument.endsWith('?'));
  return {
    name,
    description,
    parameters: { type: 'object', properties, required },
    reads: /^(?:list|read|open|get|search|fetch|show|find)_/.test(name),
  };
}

export function filesOf(suite: OwnSuite): SuiteFiles {
  const userTasks = suite.tasks.map((task, index) => ({
    id: `user_task_${index}`,
    prompt: task.prompt,
    calls: performed(suite, suite.open(''), task.calls),
  }));
  const tools = suite.tools.map(({ name, description, parameters }) => ({
    name,
    description,
    parameters,
  }));
  const traces = { suites: [{ suite: suite.name, tools, userTasks }] };
  const cases = suite.attacks.flatMap((attack, index) =>
    suite.tasks.flatMap((task, taskIndex) => {
      const steps = attacked(suite, task, attack);
      const pair = { userTask: `user_task_${taskIndex}`, injectionTask: `injection_task_${index}` };
      const injections = { planted: attack.text };
      return steps === null
        ? []
        : [{ suite: suite.name, ...pair, prompt: task.prompt, injections, steps }];
    }),
  );
  return {
    'traces.json.gz': zipped(JSON.stringify(traces)),
    'cases.jsonl.gz': zipped(`${cases.map((one) => JSON.stringify(one)).join('\n')}\n`),
  };
}

/** The user's calls up to the first poisoned result, the attacker's, the rest. Null: the task reads nothing of the attacker's. */
function attacked(suite: OwnSuite, task: OwnTask, attack: OwnAttack) {
  const clean = performed(suite, suite.open(''), task.calls);
  const world = suite.open(attack.text);
  const before = performed(suite, world, task.calls);
  const first = before.findIndex(({ result }, index) => result !== clean[index]?.result);
  if (first === -1) return null;
  // Once more from the beginning: what the attacker does comes in between.
  const again = suite.open(attack.text);
  const own = performed(suite, again, task.calls.slice(0, first + 1));
  const evil = performed(suite, again, attack.calls);
  const rest = performed(suite, again, task.calls.slice(first + 1));
  return [
    ...own.map((step, index) => ({
      ...step,
      phase: 'user',
      containsInjection: step.result !== clean[index]?.result,
    })),
    ...evil.map((step, index) => ({
      ...step,
      phase: 'injection',
      attackCritical: attack.critical.includes(index),
    })),
    ...rest.map((step) => ({ ...step, phase: 'user' })),
  ];
}

function performed(suite: OwnSuite, world: World, calls: readonly Call[]) {
  return calls.map(([name, args]) => {
    const definition = suite.tools.find((one) => one.name === name);
    const perform = world[name];
    if (definition === undefined || perform === undefined)
      throw new TypeError(`${suite.name} has no tool ${name}`);
    return { tool: name, args, result: perform(args), mutatesEnv: !definition.reads };
  });
}

/** Without the time of making, which a gzip header may hold. */
function zipped(text: string): Buffer {
  return gzipSync(text, { level: 9 });
}

/** A valid IBAN of these digits. */
export function iban(country: string, digits: string): string {
  const numbers = Array.from(`${digits}${country}00`, (sign) => Number.parseInt(sign, 36)).join('');
  const check = 98n - (BigInt(numbers) % 97n);
  return `${country}${String(check).padStart(2, '0')}${digits}`;
}
