/** One thing that speaks for an instruction to whoever reads the text. Several of different kinds together are a finding. */
export interface Evidence {
  readonly family: Family;
  readonly weight: number;
  /** Half-open, in the text as it stands: of something encoded, the whole of it. */
  readonly start: number;
  readonly end: number;
  /** Where it counts as being when it is asked what stands near it. */
  readonly at: number;
}

const families = [
  /** Takes back what the model was told before. */
  'override',
  'new_task',
  'persona',
  /** Speaks to a model, and not to whoever the text is for. */
  'address',
  'authority',
  'privilege',
  /** Asks for what the model was told. */
  'leak',
  'exfiltrate',
  'destination',
  'secrecy',
  'approval',
  'memory',
  /** Tells to call a tool, or names one of the catalogue. */
  'tool',
  /** An order that only a program with tools can carry out, and what such orders are made of. */
  'command',
  'parameters',
  'task_marker',
  'emphasis',
  /** Imitates the frame that a model's conversation comes in. */
  'role_marker',
  'delimiter',
  'hidden_text',
  'hidden_characters',
  /** Written so that a person reads something else than a model, or nothing. */
  'disguised',
  'encoded',
] as const;
export type Family = (typeof families)[number];

/**
 * How much one thing says. At the usual threshold of 0.8 no single word or phrase is a finding; two that are telling are,
 * or one that is strong with one that is noted; of what people write every day it takes more.
 */
export const weak = 0.3;
export const noted = 0.5;
export const telling = 0.56;
export const strong = 0.65;
/** A finding by itself: nobody does it honestly. */
export const certain = 0.9;

/** How far apart two things may stand and still belong together: about a paragraph. */
const reachCharacters = 600;
/** From here on what stands together is shown as one, from its first word to its last: the order itself is in between. */
const clusterScoreMin = 0.6;

export interface Cluster {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

export interface Weighed {
  readonly score: number;
  readonly clusters: readonly Cluster[];
}

/**
 * How likely what stands within reach of one another is an instruction, were its kinds independent: of each kind the
 * strongest counts, so repeating oneself adds nothing, and more text takes nothing away.
 */
export function weigh(evidence: readonly Evidence[]): Weighed {
  const inOrder = [...evidence].sort((a, b) => a.at - b.at);
  const clusters: Cluster[] = [];
  const lastSeen = new LastSeen();
  let score = 0;
  let first = 0;
  for (const one of inOrder) {
    const from = one.at - reachCharacters;
    lastSeen.add(one);
    const together = lastSeen.scoreFrom(from);
    score = Math.max(score, together);
    while ((inOrder[first]?.at ?? from) < from) first += 1;
    if (together >= clusterScoreMin) join(clusters, inOrder[first] ?? one, one, together);
  }
  return { score, clusters };
}

const weights = [weak, noted, telling, strong, certain] as const;

/** Of each kind and weight the last place: so many, however much was found. */
class LastSeen {
  readonly #places: Float64Array = new Float64Array(families.length * weights.length).fill(
    Number.NEGATIVE_INFINITY,
  );

  add({ family, weight, at }: Evidence): void {
    const rank = weights.findIndex((other) => other >= weight);
    this.#places[families.indexOf(family) * weights.length + rank] = at;
  }

  scoreFrom(from: number): number {
    let against = 1;
    for (let family = 0; family < families.length; family += 1) {
      for (let rank = weights.length - 1; rank >= 0; rank -= 1) {
        if ((this.#places[family * weights.length + rank] ?? 0) < from) continue;
        against *= 1 - (weights[rank] ?? 0);
        break;
      }
    }
    return 1 - against;
  }
}

function join(clusters: Cluster[], first: Evidence, last: Evidence, score: number): void {
  const start = Math.min(first.start, last.start);
  const end = Math.max(first.end, last.end);
  const previous = clusters.at(-1);
  if (previous === undefined || start > previous.end) {
    clusters.push({ start, end, score });
    return;
  }
  clusters[clusters.length - 1] = {
    start: Math.min(previous.start, start),
    end: Math.max(previous.end, end),
    score: Math.max(previous.score, score),
  };
}
