/** Shows the detectors every text of every set, and counts. They see the text alone. */
import { findPii, type PiiSighting } from '../../../src/content/detection/pii/find-pii.ts';
import { type Looks, scanText } from '../../../src/content/detection/scan.ts';
import { defaults } from '../../../src/policy/defaults.ts';
import type { Measured, Row } from '../measure.ts';
import { isMet, type Target } from '../targets.ts';
import { checkableTypes, type Figure, figures, piiPublished, piiTarget } from './figures.ts';
import { type LabelledText, readSet } from './sets.ts';

/** Without a catalogue: a gateway's screen also knows the names of its tools. */
const looks: Looks = { injection: true, pii: false, secrets: true, toolNames: [], held: [] };

export interface DetectorRow extends Row {
  readonly published: string;
}

export interface MeasuredDetectors extends Measured {
  readonly rows: readonly DetectorRow[];
}

export function measureDetectors(folder: string): MeasuredDetectors {
  const missed: Record<string, readonly string[]> = {};
  const rows = figures.map((figure) => {
    const texts = readSet(folder, figure.set).filter(
      ({ label, source }) => label === figure.label && figure.of.test(source),
    );
    const flagged = texts.map((one) => isFlagged(figure, one.text));
    const isBad = figure.label === 'injection' || figure.label === 'secret';
    missed[figure.name] = texts
      .filter((_, at) => flagged[at] !== isBad)
      .map(({ source, text }) => `${source}: ${text}`);
    return rowOf(figure, flagged.filter(Boolean).length, texts.length);
  });
  return {
    suite: 'detectors',
    rows: [...rows, ...piiRows(readSet(folder, 'pii-presidio'))],
    warnings: [],
    details: { missed },
  };
}

function isFlagged({ label }: Figure, text: string): boolean {
  const { injection, secrets } = scanText(text, looks);
  return label === 'secret' || label === 'none'
    ? (secrets ?? []).length > 0
    : (injection?.score ?? 0) >= defaults.content.injection.at;
}

function rowOf(
  { name, target, published }: Pick<Figure, 'name' | 'target' | 'published'>,
  count: number,
  n: number,
): DetectorRow {
  return rowWith(name, n === 0 ? null : (100 * count) / n, n, target, published);
}

function rowWith(
  name: string,
  share: number | null,
  n: number,
  target: Target | null,
  published: string,
): DetectorRow {
  const value = share === null ? null : Math.round(share * 100) / 100;
  return { name, value, n, target, ok: isMet(target, value), published };
}

/**
 * A span is found when the detector gives the same type and both share at least half of what either covers.
 * F2 counts recall four times as much as precision.
 */
function piiRows(texts: readonly LabelledText[]): readonly DetectorRow[] {
  const counts = new Map([...checkableTypes.values()].map((type) => [type, newCount()]));
  let unchecked = 0;
  for (const { text, spans } of texts) {
    const offsets = codePointOffsets(text);
    const expected = spans.flatMap(({ type, start, end }) => {
      const known = checkableTypes.get(type);
      if (known === undefined) unchecked += 1;
      return known === undefined
        ? []
        : [{ type: known, start: offsets[start] ?? 0, end: offsets[end] ?? text.length }];
    });
    const found = new Set<PiiSighting>(findPii(text).filter(({ type }) => counts.has(type)));
    for (const one of expected) {
      const match = [...found].find((seen) => seen.type === one.type && isSame(seen, one));
      const count = counts.get(one.type);
      if (count === undefined) continue;
      if (match === undefined) count.missed += 1;
      else {
        found.delete(match);
        count.found += 1;
      }
    }
    for (const { type } of found) {
      const count = counts.get(type);
      if (count !== undefined) count.wrong += 1;
    }
  }
  const all = newCount();
  for (const count of counts.values()) {
    all.found += count.found;
    all.missed += count.missed;
    all.wrong += count.wrong;
  }
  return [
    rowWith(
      'personal data of checkable types: F2',
      f2(all),
      all.found + all.missed,
      piiTarget,
      piiPublished,
    ),
    ...[...counts].map(([type, count]) =>
      rowWith(`personal data, ${type}: F2`, f2(count), count.found + count.missed, null, ''),
    ),
    rowWith(
      'personal data, other types (names, places, dates): not looked for',
      unchecked === 0 ? null : 0,
      unchecked,
      null,
      '',
    ),
  ];
}

interface Count {
  found: number;
  missed: number;
  wrong: number;
}

function newCount(): Count {
  return { found: 0, missed: 0, wrong: 0 };
}

function f2({ found, missed, wrong }: Count): number | null {
  const weighed = 5 * found + 4 * missed + wrong;
  return found + missed === 0 ? null : (100 * 5 * found) / weighed;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function isSame(a: Span, b: Span): boolean {
  const shared = Math.min(a.end, b.end) - Math.max(a.start, b.start);
  return 2 * shared >= Math.max(a.end - a.start, b.end - b.start);
}

/** Where each code point begins in UTF-16 units; at the end, the whole length. */
function codePointOffsets(text: string): readonly number[] {
  const offsets: number[] = [];
  let at = 0;
  for (const character of text) {
    offsets.push(at);
    at += character.length;
  }
  return [...offsets, at];
}
