/**
 * A suite as it lies in a folder: ground truth, attacks, recorded runs. Whatever is missing isn't measured.
 *
 * What a record says of itself (whose step it is, what is the attack, which task it was) is for scoring alone: the engine
 * sees the prompt, tool names, arguments and results.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { UsageError } from '../../src/cli/output.ts';
import type { JsonObject } from '../../src/content/value.ts';

const object = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

const stepShape = z.object({
  phase: z.enum(['user', 'injection']).default('user'),
  tool: z.string(),
  args: object,
  result: z.string(),
  error: z.string().nullable().default(null),
  mutatesEnv: z.boolean().default(false),
  containsInjection: z.boolean().default(false),
  attackCritical: z.boolean().default(false),
  userCritical: z.boolean().default(false),
});

const toolShape = z.object({ name: z.string(), description: z.string(), parameters: object });

const tracesShape = z.object({
  suites: z.array(
    z.object({
      suite: z.string(),
      tools: z.array(toolShape).default([]),
      userTasks: z
        .array(z.object({ id: z.string(), prompt: z.string(), calls: z.array(stepShape) }))
        .default([]),
    }),
  ),
});

const injections = z.record(z.string(), z.string()).default({});

const caseShape = z.object({
  suite: z.string(),
  userTask: z.string(),
  injectionTask: z.string(),
  prompt: z.string(),
  injections,
  steps: z.array(stepShape),
});

const runShape = z.object({
  model: z.string(),
  suite: z.string(),
  userTask: z.string(),
  attack: z.string(),
  injectionTask: z.string().nullable().default(null),
  prompt: z.string(),
  attackSuccess: z.boolean().nullable().default(null),
  steps: z.array(stepShape),
});

const pairShape = z.object({ suite: z.string(), userTask: z.string(), injectionTask: z.string() });

const exclusionsShape = z.object({
  textOnlyInjectionTasks: z
    .array(z.object({ suite: z.string(), injectionTask: z.string() }))
    .default([]),
  ungradeableCases: z.array(pairShape).default([]),
});

export type Step = Readonly<z.output<typeof stepShape>>;
export type AttackCase = Readonly<z.output<typeof caseShape>>;
export type RecordedRun = Readonly<z.output<typeof runShape>>;
export type ToolDefinition = Readonly<z.output<typeof toolShape>>;

export interface Task {
  readonly id: string;
  readonly prompt: string;
  readonly calls: readonly Step[];
}

export interface Suite {
  readonly name: string;
  readonly tools: readonly ToolDefinition[];
  readonly tasks: readonly Task[];
  readonly cases: readonly AttackCase[];
  readonly runs: readonly RecordedRun[];
  /** What upstream's judge can't grade: `userTask/injectionTask`. */
  readonly ungradeable: ReadonlySet<string>;
  /** Attacks that succeed with words alone. */
  readonly textOnly: ReadonlySet<string>;
}

/** The suites of a folder, in order of name. */
export function readSuites(directory: string): readonly Suite[] {
  const traces = parsed(directory, 'traces.json.gz', (text) => tracesShape.parse(JSON.parse(text)));
  const cases = lines(directory, 'cases.jsonl.gz', caseShape);
  const runs = lines(directory, 'runs-labelled.jsonl.gz', runShape);
  const exclusions = parsed(directory, 'exclusions.json', (text) =>
    exclusionsShape.parse(JSON.parse(text)),
  );
  const names = new Set(
    [...(traces?.suites ?? []), ...(cases ?? []), ...(runs ?? [])].map(({ suite }) => suite),
  );
  if (names.size === 0)
    throw new UsageError(
      `there is nothing to measure in ${directory}`,
      'a suite is a folder with traces.json.gz, cases.jsonl.gz or runs-labelled.jsonl.gz',
    );
  return [...names].toSorted().map((name) => {
    const ofSuite = ({ suite }: { readonly suite: string }) => suite === name;
    const trace = traces?.suites.find(ofSuite);
    return {
      name,
      tools: trace?.tools ?? [],
      tasks: trace?.userTasks ?? [],
      cases: (cases ?? []).filter(ofSuite),
      runs: (runs ?? []).filter(ofSuite),
      ungradeable: new Set((exclusions?.ungradeableCases ?? []).filter(ofSuite).map(pairName)),
      textOnly: new Set(
        (exclusions?.textOnlyInjectionTasks ?? [])
          .filter(ofSuite)
          .map(({ injectionTask }) => injectionTask),
      ),
    };
  });
}

/** An attack is played in some thirty variants, a recorded run once. */
const runsPerAttack = 10;

/** At most so many tasks and attacks, and ten times as many recorded runs, evenly taken. */
export function sampled(suite: Suite, size: number): Suite {
  return {
    ...suite,
    tasks: some(suite.tasks, size),
    cases: some(suite.cases, size),
    runs: some(suite.runs, size * runsPerAttack),
  };
}

const goldenRatio = (Math.sqrt(5) - 1) / 2;

/**
 * Spread by the golden ratio: attacks lie in rows of all injections for each task, so that every seventh or fourteenth would
 * be the same injection over and over.
 */
function some<Item>(items: readonly Item[], most: number): readonly Item[] {
  const turn = (index: number): number => (index * goldenRatio) % 1;
  const taken = new Set(
    items
      .map((_, index) => index)
      .sort((left, right) => turn(left) - turn(right))
      .slice(0, most),
  );
  return items.filter((_, index) => taken.has(index));
}

export function pairName(pair: Pick<AttackCase, 'userTask' | 'injectionTask'>): string {
  return `${pair.userTask}/${pair.injectionTask}`;
}

function lines<Shape extends z.ZodType>(directory: string, file: string, shape: Shape) {
  return parsed(directory, file, (text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => shape.parse(JSON.parse(line))),
  );
}

function parsed<Value>(
  directory: string,
  file: string,
  parse: (text: string) => Value,
): Value | null {
  const path = join(directory, file);
  if (!existsSync(path)) return null;
  const bytes = readFileSync(path);
  try {
    return parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (error) {
    const reason =
      error instanceof z.ZodError
        ? z.prettifyError(error)
        : error instanceof Error
          ? error.message
          : '';
    throw new UsageError(`${path} can't be read: ${reason}`);
  }
}
