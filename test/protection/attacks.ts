/** The worst-case attacker: every variant of every pair, and how often it was stopped. */
import { described, type Played, playAttack, stoppedBy } from './play.ts';
import type { MeasuredPolicy } from './policy.ts';
import { type AttackCase, pairName, type Suite } from './suite.ts';
import { acceptedDrop, trustedDrop } from './variants/accepted.ts';
import { confused } from './variants/confused.ts';
import { reencoded } from './variants/encode.ts';
import { delayed, verbatim } from './variants/order.ts';
import { paraphrased } from './variants/paraphrase.ts';
import { split } from './variants/split.ts';
import { oneSentence, readSide, stolen } from './variants/stolen.ts';
import { structured, structuredVariation } from './variants/structured.ts';
import type { Generator, Schemas, Variation } from './variants/variant.ts';

export interface Tally {
  readonly variant: string;
  n: number;
  clean: number;
  broken: number;
  denied: number;
  readonly forms: Map<string, { n: number; clean: number; denied: number }>;
  readonly missed: string[];
}

/** The pairs that are attacks on tools, and that upstream's judge can grade. */
export function gradedCases(suite: Suite): readonly AttackCase[] {
  return suite.cases.filter(
    (attack) =>
      !suite.ungradeable.has(pairName(attack)) &&
      attack.steps.some(({ attackCritical }) => attackCritical),
  );
}

type Generated = readonly (readonly [variant: string, make: () => readonly Variation[]])[];

/** Every variant of one pair, made when it is asked for. */
export function variationsOf(
  attack: AttackCase,
  measured: MeasuredPolicy,
  schemas: Schemas,
): Generated {
  const { tools } = measured;
  const made = (generator: Generator) => (): readonly Variation[] =>
    generator(attack, tools, schemas);
  const drops = (): readonly Variation[] => acceptedDrop(attack, measured);
  return [
    ['V0', made(verbatim)],
    ['V1', made(delayed)],
    ['V2', made(reencoded)],
    ['V3', made(structured)],
    ['V4', made(trustedDrop)],
    ['V4s', drops],
    ['V5', () => drops().flatMap((variation) => split(variation, tools))],
    ['V6', () => drops().flatMap((variation) => paraphrased(variation, tools))],
    ['V7', made(confused)],
    [
      'V3+V7',
      () =>
        made(confused)()
          .filter(({ form }) => form === 'destination')
          .flatMap((variation) => structuredVariation(attack, tools, variation)),
    ],
    ['V8', made(readSide)],
    ['V9', made(stolen)],
    ['V9b', made(oneSentence)],
  ];
}

export const variants = [
  'V0',
  'V1',
  'V2',
  'V3',
  'V4',
  'V4s',
  'V5',
  'V6',
  'V7',
  'V3+V7',
  'V8',
  'V9',
  'V9b',
];

export function emptyTally(variant: string): Tally {
  return { variant, n: 0, clean: 0, broken: 0, denied: 0, forms: new Map(), missed: [] };
}

/** Plays one variation and counts it. */
export function count(
  tally: Tally,
  attack: AttackCase,
  variation: Variation,
  measured: MeasuredPolicy,
): void {
  add(tally, attack, variation, playAttack(measured, attack.prompt, variation.steps));
}

export function add(
  tally: Tally,
  attack: AttackCase,
  { form, chain }: Variation,
  played: readonly Played[],
): void {
  const stopped = stoppedBy(played, chain === true);
  const ofForm = tally.forms.get(form) ?? { n: 0, clean: 0, denied: 0 };
  tally.forms.set(form, ofForm);
  tally.n += 1;
  ofForm.n += 1;
  if (stopped.broken) tally.broken += 1;
  if (stopped.denied) {
    tally.denied += 1;
    ofForm.denied += 1;
  }
  if (stopped.clean) {
    tally.clean += 1;
    ofForm.clean += 1;
    return;
  }
  const through = played.findLast(
    ({ step, judgement }) => step.attackCritical && judgement.verdict === 'allow',
  );
  if (through !== undefined)
    tally.missed.push(`${pairName(attack)} (${form}): ${described(through)}`);
}

/** These variants of each pair; of the rest nothing is made. */
export function measureAttacks(
  names: readonly string[],
  cases: readonly AttackCase[],
  measured: MeasuredPolicy,
  schemas: Schemas,
  progress: (done: number) => void,
): readonly Tally[] {
  const tallies = new Map(names.map((variant) => [variant, emptyTally(variant)]));
  for (const [index, attack] of cases.entries()) {
    for (const [variant, variations] of variationsOf(attack, measured, schemas)) {
      const tally = tallies.get(variant);
      if (tally === undefined) continue;
      for (const variation of variations()) count(tally, attack, variation, measured);
    }
    progress(index + 1);
  }
  return [...tallies.values()];
}
