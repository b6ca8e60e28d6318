/** How one leaf is looked at: which texts of it detectors get, and what they say of it. */

import type { ModelScore, Scans, Sighting, TextScan } from '../../content/detection/sighting.ts';
import type { Edited } from '../../content/edits.ts';
import { parseKind, plainKind } from '../../content/kinds.ts';
import { withoutUnseen } from '../../content/sanitise.ts';
import type { IsTrusted } from '../../content/shown-links.ts';
import type { Policy, Tool } from '../../policy/model.ts';
import { covers } from '../stages/authorize/places.ts';
import type { Leaf } from './leaves.ts';

/** How the texts of one tool's results are read under a policy. */
export interface Reading {
  readonly trust: 'trusted' | 'untrusted';
  /** Null: links stay as they are. */
  readonly isTrustedUrl: IsTrusted | null;
  /** Of a longer text nobody looks further. */
  readonly lookedUnitsMax: number;
  /** What of it may be shown: what begins before it ends before the other. */
  readonly shownUnitsMax: number;
}

/** No detector knows anything shorter. */
const unitsMin = 4;

/** The longest that a detector finds in one piece is a private key. */
const marginUnits = 4_096;

const url = plainKind('url');

/** Of each tool under the policy that it was asked about last: each result asks twice. */
const madeOf = new WeakMap<Tool, { readonly policy: Policy; readonly reading: Reading }>();

export function readingOf(policy: Policy, tool: Tool): Reading {
  const known = madeOf.get(tool);
  if (known?.policy === policy) return known.reading;
  const reading = readingBy(policy, tool);
  madeOf.set(tool, { policy, reading });
  return reading;
}

function readingBy({ content, flow }: Policy, { returns }: Tool): Reading {
  const shownUnitsMax = content.results.maxBytes + marginUnits;
  return {
    trust: returns.trust,
    isTrustedUrl: content.results.links === 'keep' ? null : (written) => isTrusted(flow, written),
    lookedUnitsMax: shownUnitsMax + marginUnits,
    shownUnitsMax,
  };
}

function isTrusted({ trusted }: Policy['flow'], written: string): boolean {
  const parsed = parseKind(url, written);
  return parsed.type === 'url' && trusted.urls.some((term) => covers(term, parsed));
}

/** One leaf, prepared. */
export interface Look {
  /** As far as anybody looks. */
  readonly part: string;
  /** The part without what nobody sees. */
  readonly cleaned: Edited;
  /** The cleaned part behind its name, where only both together say what it is (`"ssn": 123456789`); null: they don't. */
  readonly named: string | null;
}

export function lookAt({ text, name }: Leaf, reading: Reading): Look {
  const part =
    text.length <= reading.lookedUnitsMax
      ? text
      : text.slice(0, reading.lookedUnitsMax).toWellFormed();
  const cleaned = withoutUnseen(part, reading);
  const named = name !== null && needsName(cleaned.text) ? prefixOf(name) + cleaned.text : null;
  return { part, cleaned, named };
}

/** Every text that detectors have to be asked about. */
export function textsIn({ part, cleaned, named }: Look): readonly string[] {
  const texts = cleaned.text === part ? [part] : [part, cleaned.text];
  return (named === null ? texts : [...texts, named]).filter(({ length }) => length >= unitsMin);
}

const namedUnitsMax = 256;

/** One word with a digit in it, or many digits. */
function needsName(text: string): boolean {
  if (text.length < unitsMin || text.length > namedUnitsMax) return false;
  return (
    (/\d/.test(text) && !/\s/.test(text)) ||
    (text.match(/\d/g)?.length ?? 0) >= 7 ||
    isOneWord(text)
  );
}

function isOneWord(text: string): boolean {
  return text.length >= 8 && /^[!-~]+$/.test(text);
}

function prefixOf(name: string): string {
  return `${name.slice(0, 64).replace(/\s+/g, ' ')}: `;
}

/** What detectors said of a leaf. Places are those of the cleaned part. */
export interface Seen {
  /** Of the screen and a model, the higher. */
  readonly score: number;
  readonly instructions: readonly Sighting[];
  /** False: the screen stopped before the text did. */
  readonly isComplete: boolean;
  readonly pii: readonly Sighting[];
  readonly secrets: readonly Sighting[];
  readonly model: ModelScore | null;
}

const nothing: Seen = {
  score: 0,
  instructions: [],
  isComplete: true,
  pii: [],
  secrets: [],
  model: null,
};

/** Null: some text of it was not looked at. */
export function seenIn(look: Look, name: string | null, scans: Scans): Seen | null {
  let seen = nothing;
  for (const text of textsIn(look)) {
    const scan = scans.get(text);
    if (scan === undefined) return null;
    if (!isSilent(scan)) seen = withScan(seen, scan, look, text, name);
  }
  return seen;
}

function withScan(seen: Seen, scan: TextScan, look: Look, text: string, name: string | null): Seen {
  const isNamed = text === look.named;
  const before = isNamed ? prefixOf(name ?? '').length : 0;
  const placed = (sightings: readonly Sighting[] | null): readonly Sighting[] =>
    placedIn(look, sightings ?? [], text, before);
  return {
    // Of a name beside its value nobody asks whether it gives orders: both were asked about alone.
    score: isNamed ? seen.score : Math.max(seen.score, scoreOf(scan)),
    instructions: isNamed
      ? seen.instructions
      : [...seen.instructions, ...placed(scan.injection?.sightings ?? [])],
    isComplete: seen.isComplete && (isNamed || scan.injection?.complete !== false),
    pii: distinct([...seen.pii, ...placed(scan.pii)]),
    secrets: distinct([...seen.secrets, ...placed(scan.secrets)]),
    model: isNamed ? seen.model : worse(seen.model, scan.model),
  };
}

function isSilent({ injection, pii, secrets, model }: TextScan): boolean {
  return (
    (injection === null ||
      (injection.score === 0 && injection.sightings.length === 0 && injection.complete)) &&
    (pii === null || pii.length === 0) &&
    (secrets === null || secrets.length === 0) &&
    model === null
  );
}

function scoreOf({ injection, model }: TextScan): number {
  return Math.max(injection?.score ?? 0, model?.type === 'scored' ? model.score : 0);
}

function worse(a: ModelScore | null, b: ModelScore | null): ModelScore | null {
  if (a === null || b === null) return a ?? b;
  if (a.type === 'failed') return a;
  return b.type === 'failed' || b.score > a.score ? b : a;
}

function placedIn(
  { part, cleaned }: Look,
  sightings: readonly Sighting[],
  text: string,
  before: number,
): readonly Sighting[] {
  if (sightings.length === 0) return sightings;
  const isRaw = text === part;
  return sightings.flatMap((sighting) => {
    const from = Math.max(0, sighting.start - before);
    const to = Math.max(0, sighting.end - before);
    const start = isRaw ? cleaned.placeOf(from, 'start') : from;
    const end = Math.min(cleaned.text.length, isRaw ? cleaned.placeOf(to, 'end') : to);
    return start < end ? [{ ...sighting, start, end }] : [];
  });
}

function distinct(sightings: readonly Sighting[]): readonly Sighting[] {
  if (sightings.length < 2) return sightings;
  const known = new Map(sightings.map((one) => [`${one.type} ${one.start} ${one.end}`, one]));
  return [...known.values()];
}
