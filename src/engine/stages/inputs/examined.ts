/** A call's arguments with what the detectors said of them: what every rule of this stage looks at. */
import type { Sighting, TextScan } from '../../../content/detection/sighting.ts';
import type { KindName } from '../../../content/kind.ts';
import type { JsonObject } from '../../../content/value.ts';
import type { ContentRules, Tool } from '../../../policy/model.ts';
import { eachText, type Path, pointerOf } from '../../argument-texts.ts';
import type { ReadCall } from '../../call.ts';
import type { Context } from '../../context.ts';
import type { DeclaredLooks } from '../../facts.ts';
import type { HiddenText } from '../../hidden-texts.ts';
import { scanOf } from '../../scans.ts';
import { sighted, sightedPlaceMax, sightedShownMax } from '../../sighted.ts';

export interface Examined {
  readonly context: Context;
  readonly tool: Tool;
  readonly read: ReadCall;
  readonly content: ContentRules;
  /** Texts of which somebody said something, each once. */
  readonly telling: readonly ScannedText[];
  /** How many texts nobody looked at who should have. */
  readonly unscanned: number;
}

export interface ScannedText {
  /** As it stands in the arguments. */
  readonly text: string;
  readonly scan: TextScan;
  /** Of what the text hides: how. Then its sightings have no places of their own in the text. */
  readonly hidden: HiddenText['written'] | null;
}

/** Null: there is no call to look into; earlier stages say why. */
export function examine(context: Context): Examined | null {
  const { policy, tool, reading, facts } = context;
  if (tool === null || reading?.ok !== true) return null;
  const { read } = reading;
  const request = scanOf(policy, read);
  const telling: ScannedText[] = [];
  let unscanned = 0;
  for (const text of request?.texts ?? []) {
    const scan = facts.scans.get(text);
    if (scan === undefined || request === null || !isLookedAt(scan, request.looks)) unscanned += 1;
  }
  const { written, hidden } = read.texts;
  for (const text of written) {
    const scan = facts.scans.get(text);
    if (scan !== undefined && isTelling(scan)) telling.push({ text, scan, hidden: null });
  }
  for (const one of hidden) {
    const scan = facts.scans.get(one.text);
    const own = scan === undefined ? null : unseen(scan, one, facts.scans.get(one.in));
    if (own !== null && isTelling(own))
      telling.push({ text: one.in, scan: own, hidden: one.written });
  }
  return { context, tool, read, content: policy.content, telling, unscanned };
}

/**
 * Of what is hidden, what nobody saw where it hides. The screen for orders undoes encodings by itself; numbers of several
 * arguments, put side by side, are a card's by chance.
 */
function unseen(
  scan: TextScan,
  { in: { length }, written }: HiddenText,
  outside?: TextScan,
): TextScan {
  const of = (
    sightings: readonly Sighting[] | null,
    seen: readonly Sighting[] | null | undefined,
  ): readonly Sighting[] =>
    (sightings ?? [])
      .filter(({ type }) => !(seen ?? []).some((other) => other.type === type))
      .map(({ type, score }) => ({ type, score, start: 0, end: length }));
  return {
    injection: null,
    pii: written === 'in pieces' ? [] : of(scan.pii, outside?.pii),
    secrets: of(scan.secrets, outside?.secrets),
    model: scan.model,
  };
}

/** By everyone who was asked. Whether a model answered is told by itself: it may be out of reach. */
function isLookedAt(scan: TextScan, looks: DeclaredLooks): boolean {
  return (
    (!looks.injection || scan.injection !== null) &&
    (!looks.pii || scan.pii !== null) &&
    (!looks.secrets || scan.secrets !== null)
  );
}

function isTelling({ injection, pii, secrets, model }: TextScan): boolean {
  return (
    (injection !== null && (injection.score > 0 || !injection.complete)) ||
    (pii !== null && pii.length > 0) ||
    (secrets !== null && secrets.length > 0) ||
    model !== null
  );
}

/** One sighting at one place. */
export interface Sighted {
  readonly at: string;
  readonly path: Path;
  readonly isKey: boolean;
  readonly sighting: Sighting;
  readonly hidden: HiddenText['written'] | null;
}

/** Everything that was seen of some sort, at each place where its text stands, in the order of the arguments. */
export function everywhere(
  examined: Examined,
  seenIn: (scan: TextScan) => readonly Sighting[],
): readonly Sighted[] {
  const wanted = new Map<string, Pick<Sighted, 'sighting' | 'hidden'>[]>();
  for (const { text, scan, hidden } of examined.telling) {
    for (const sighting of seenIn(scan)) {
      const list = wanted.get(text);
      if (list === undefined) wanted.set(text, [{ sighting, hidden }]);
      else list.push({ sighting, hidden });
    }
  }
  if (wanted.size === 0) return [];
  const found: Sighted[] = [];
  eachText(examined.read, (text, path, isKey) => {
    for (const seen of wanted.get(text) ?? [])
      found.push({ at: placeOf(examined, path), path: [...path], isKey, ...seen });
  });
  return found;
}

/** What the policy calls the values of the arguments, by their pointers. */
export function kindsByPlace({ values }: ReadCall): ReadonlyMap<string, readonly KindName[]> {
  const kinds = new Map<string, readonly KindName[]>();
  for (const { argument, pointer, kind } of values) {
    const place = `${pointerOf([argument])}${pointer}`;
    kinds.set(place, [...(kinds.get(place) ?? []), kind]);
  }
  return kinds;
}

/** A pointer that gives nothing away: of names that somebody saw something in, only that there is one. */
export function placeOf({ context: { facts } }: Examined, path: Path): string {
  const told = path.map((segment) => {
    const scan = facts.scans.get(segment);
    const isTold = (scan?.secrets?.length ?? 0) + (scan?.pii?.length ?? 0) === 0;
    return isTold ? segment : '*';
  });
  return pointerOf(told).slice(0, sightedPlaceMax);
}

/** For the record, and for whoever is asked: the first of them, and how many more there are. */
export function foundDetails(
  detector: Parameters<typeof sighted>[0],
  found: readonly Sighted[],
): JsonObject {
  const shown = found.slice(0, sightedShownMax).map(({ at, isKey, sighting, hidden }) => ({
    ...sighted(detector, at, sighting),
    ...(hidden === null ? {} : { written: hidden }),
    ...(isKey ? { key: true } : {}),
  }));
  return {
    found: shown,
    ...(found.length > shown.length ? { more: found.length - shown.length } : {}),
  };
}
