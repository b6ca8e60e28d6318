/** Everything that is measured of one suite with one policy. */
import { UsageError } from '../../src/cli/output.ts';
import type { JsonObject } from '../../src/content/value.ts';
import { emptyTally, gradedCases, measureAttacks, type Tally, variants } from './attacks.ts';
import {
  type Interruption,
  measureHonestRuns,
  measureTasks,
  measureUnderAttack,
} from './honest.ts';
import { withPlans } from './plans.ts';
import { type Change, type MeasuredPolicy, measuredPolicy } from './policy.ts';
import { meanOver, measureRecorded, type Rate, type Recorded } from './recorded.ts';
import type { Suite } from './suite.ts';
import { isMet, type Target, targetOf } from './targets.ts';

/** One figure. `n` is of how many; where there are none, there is no value. */
export interface Row {
  readonly name: string;
  readonly value: number | null;
  readonly n: number;
  readonly target: Target | null;
  readonly ok: boolean;
}

export interface Measured {
  readonly suite: string;
  readonly rows: readonly Row[];
  readonly warnings: readonly string[];
  /** What stands behind the rows: forms, models, and the cases that were missed. */
  readonly details: JsonObject;
}

export interface MeasureOptions {
  readonly policy: string;
  readonly agent: string | null;
  readonly progress: (text: string) => void;
}

export function measureSuite(suite: Suite, options: MeasureOptions): Measured {
  const { policy: file, agent, progress } = options;
  const measured = measuredPolicy(file, agent, null);
  const cases = gradedCases(suite);
  progress(`${suite.name}: ${suite.tasks.length} tasks, ${suite.runs.length} recorded runs`);
  const tasks = measureTasks(suite.tasks, measured);
  const runs = measureHonestRuns(suite.runs, measured);
  const recorded = measureRecorded(suite, measured);
  const pairs = measureUnderAttack(cases, measured);
  progress(`${suite.name}: ${cases.length} attacks`);
  const schemas = schemasOf(suite);
  const tallies = measureAttacks(variants, cases, measured, schemas, (done) => {
    if (done % progressEvery === 0) progress(`${suite.name}: ${done} of ${cases.length}`);
  });
  const warnings: string[] = [...warningsOf(suite, measured)];
  const verbatimUnder = (name: string, change: Change): Tally => {
    try {
      const changed = measuredPolicy(file, agent, change);
      const [tally = emptyTally(name)] = measureAttacks(['V0'], cases, changed, schemas, quiet);
      return { ...tally, variant: name };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      warnings.push(`${name} isn't measured: with that change ${error.message}`);
      return emptyTally(name);
    }
  };
  const strict = verbatimUnder('V0 strict', 'strict');
  const trusting = verbatimUnder('V0 trusting', 'trusting');
  const unscreened = verbatimUnder('V0 unscreened', 'unscreened');
  const strictUnscreened = verbatimUnder('V0 strict, unscreened', 'strict and unscreened');
  progress(`${suite.name}: plans`);
  const planned = withPlans(measured, suite);
  const plans = measureAttacks(plannedVariants, cases, planned, schemas, quiet).map((tally) => ({
    ...tally,
    variant: `plan (ceiling): ${tally.variant}`,
  }));
  const clean = (name: string): number | null => {
    const tally = [...tallies, trusting].find(({ variant }) => variant === name);
    return tally === undefined ? null : percent(tally.clean, tally.n);
  };
  const figures: Figures = [
    ...tallies.flatMap(tallyRows),
    ['V3 clean, below V0', below(clean('V0'), clean('V3')), cases.length],
    ['V0 strict, denied', percent(strict.denied, strict.n), strict.n],
    ['V0 strict, clean', percent(strict.clean, strict.n), strict.n],
    ['V0 unscreened, clean', percent(unscreened.clean, unscreened.n), unscreened.n],
    ['V0 unscreened, denied', percent(unscreened.denied, unscreened.n), unscreened.n],
    [
      'V0 strict, unscreened, denied',
      percent(strictUnscreened.denied, strictUnscreened.n),
      strictUnscreened.n,
    ],
    ['V0 trusting, changed', below(clean('V0'), clean('V0 trusting')), trusting.n],
    ...honestRows('tasks', tasks),
    ...honestRows('recorded runs', runs),
    ...honestRows('pairs', pairs),
    ...recordedRows(recorded),
    ...(suite.tasks.length === 0
      ? []
      : [
          ...plans.flatMap(tallyRows),
          ...honestRows('plan (ceiling): tasks', measureTasks(suite.tasks, planned)),
          ...honestRows('plan (ceiling): recorded runs', measureHonestRuns(suite.runs, planned)),
        ]),
  ];
  const rows = figures
    .filter(([, value]) => value !== null)
    .map(([name, value, n]): Row => {
      const target = targetOf(suite.name, name);
      return { name, value, n, target, ok: isMet(target, value) };
    });
  return {
    suite: suite.name,
    rows,
    warnings,
    details: {
      policy: measured.policy.hash,
      agent: measured.agent,
      user: measured.user,
      variants: [...tallies, strict, trusting, unscreened, strictUnscreened, ...plans].map(
        tallyDetails,
      ),
      tasks: interruptionDetails(tasks),
      recordedRuns: interruptionDetails(runs),
      pairs: interruptionDetails(pairs),
      recordedAttacks: recordedDetails(recorded),
    },
  };
}

const progressEvery = 100;
const quiet = (): void => {};
const plannedVariants = ['V0', 'V4s', 'V7', 'V9'];

type Figures = readonly (readonly [name: string, value: number | null, n: number])[];

function tallyRows({ variant, n, clean, broken, denied }: Tally): Figures {
  return [
    [`${variant} clean`, percent(clean, n), n],
    [`${variant} broken`, percent(broken, n), n],
    [`${variant} denied`, percent(denied, n), n],
  ];
}

/** The first row's name of each is a task's; only those of tasks name their calls plainly. */
function honestRows(name: string, total: Interruption): Figures {
  const calls = name === 'tasks' ? 'calls' : `${name}, calls`;
  return [
    [`${name} denied`, percent(total.denied, total.n), total.n],
    [
      `${name} denied, invented destinations apart`,
      percent(total.denied - total.madeUp, total.n),
      total.n,
    ],
    [`${name} asked`, percent(total.asked, total.n), total.n],
    [`${calls} denied`, percent(total.callsDenied, total.calls), total.calls],
    [`${calls} asked`, percent(total.callsAsked, total.calls), total.calls],
    [
      `${calls} asked, every time`,
      percent(total.callsAsked + total.callsAskedAgain, total.calls),
      total.calls,
    ],
    [`${calls} with an effect denied`, percent(total.effectsDenied, total.effects), total.effects],
    [`${calls} with an effect asked`, percent(total.effectsAsked, total.effects), total.effects],
  ];
}

function recordedRows({ total, models, userCritical }: Recorded): Figures {
  const mean = (left: (rate: Rate) => number): number | null => {
    const share = meanOver(models, left);
    return share === null ? null : percent(share, 1);
  };
  const { runs } = total;
  return [
    ['recorded attacks, before', percent(total.before, runs), runs],
    ['recorded attacks, after', percent(total.after, runs), runs],
    ['recorded attacks, after, one call is enough', percent(total.afterBroken, runs), runs],
    ['recorded attacks, after, nobody asked', percent(total.afterDenied, runs), runs],
    ['recorded attacks, mean over models, before', mean(({ before }) => before), models.size],
    ['recorded attacks, mean over models, after', mean(({ after }) => after), models.size],
    [
      'needed calls under attack denied',
      percent(userCritical.callsDenied, userCritical.calls),
      userCritical.calls,
    ],
    [
      'needed calls under attack asked',
      percent(userCritical.callsAsked, userCritical.calls),
      userCritical.calls,
    ],
  ];
}

/** To a hundredth of a percent. */
function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((10_000 * part) / whole) / 100;
}

function below(base: number | null, value: number | null): number | null {
  return base === null || value === null ? null : Math.round(100 * (base - value)) / 100;
}

function tallyDetails({ variant, n, clean, broken, denied, forms, missed }: Tally): JsonObject {
  return {
    variant,
    ...{ n, clean, broken, denied },
    forms: Object.fromEntries([...forms].map(([form, counts]) => [form, { ...counts }])),
    missed: listed(missed),
  };
}

function interruptionDetails({ interrupted, ...counts }: Interruption): JsonObject {
  return { ...counts, interrupted: listed(interrupted) };
}

function recordedDetails(recorded: Recorded): JsonObject {
  const rates = (of: ReadonlyMap<string, Rate>): JsonObject =>
    Object.fromEntries(
      [...of].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, rate]) => [name, { ...rate }]),
    );
  const { total, models, attacks, notOnToolSurface, redundant, missed, userCritical } = recorded;
  return {
    total: { ...total },
    models: rates(models),
    attacks: rates(attacks),
    notOnToolSurface,
    redundant,
    missed: listed(missed),
    neededCalls: interruptionDetails(userCritical),
  };
}

const listedMax = 200;

function listed(lines: readonly string[]): readonly string[] {
  return lines.length <= listedMax
    ? lines
    : [...lines.slice(0, listedMax), `and ${lines.length - listedMax} more`];
}

function schemasOf({ tools }: Suite): ReadonlyMap<string, JsonObject> {
  return new Map(tools.map(({ name, parameters }) => [name, parameters]));
}

/** What the policy doesn't know, and therefore refuses. */
function warningsOf(suite: Suite, { tools }: MeasuredPolicy): readonly string[] {
  const steps = [
    ...suite.tasks.flatMap(({ calls }) => calls),
    ...suite.cases.flatMap((attack) => attack.steps),
    ...suite.runs.flatMap((run) => run.steps),
  ];
  const unknown = new Map<string, number>();
  for (const { tool: name, args } of steps) {
    const tool = tools.get(name);
    const strangers =
      tool === undefined
        ? [`the policy has no tool \`${name}\``]
        : Object.keys(args)
            .filter((argument) => !tool.args.has(argument))
            .map((argument) => `\`${name}\` has no argument \`${argument}\` in the policy`);
    for (const stranger of strangers) unknown.set(stranger, (unknown.get(stranger) ?? 0) + 1);
  }
  return [...unknown].map(([text, times]) => `${text}: ${times} calls refused`);
}
