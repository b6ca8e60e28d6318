/**
 * What detectors found, replaced by value in whatever is written down of the texts that they looked at: a result as it
 * came, the same as it was released, what rules took down of it. A value has the placeholder that it has elsewhere in
 * the run, so that a record still tells which of them are the same.
 */
import { Literals } from './detection/literals.ts';
import type { Scans, TextScan } from './detection/sighting.ts';
import { applyEdits, type Edit } from './edits.ts';
import { mapList, mapMembers } from './map-json.ts';
import { placeholder } from './placeholder.ts';
import { isJsonArray, isJsonObject, type JsonValue } from './value.ts';

/** Which findings, under what name: types of personal data by their own, secrets by `secret`. */
export interface Wanted {
  readonly pii: ReadonlySet<string>;
  readonly secrets: boolean;
}

/** By value, its label. */
export type FoundValues = ReadonlyMap<string, string>;

export const nothingFound: FoundValues = new Map();

/** Shorter values are ordinary text too: blanking them would blank words. */
const valueUnitsMin = 4;
/** The rest of a long one is compared where its beginning stands. */
const beginningUnitsMax = 24;
/** Of the beginnings in one table: more values take more passes, not more memory. */
const tableUnitsMax = 16_384;
/** As what it is made of, a value is at least so long, and stands in a text that isn't longer than this. */
const plainUnitsMin = 7;
const plainTextUnitsMax = 512;

export function foundIn(scans: Scans, wanted: Wanted): FoundValues {
  let found: Map<string, string> | null = null;
  for (const [text, scan] of scans) {
    // Of most texts nobody found anything.
    if ((scan.secrets?.length ?? 0) + (scan.pii?.length ?? 0) === 0) continue;
    found ??= new Map();
    addFound(found, text, scan, wanted);
  }
  return found ?? nothingFound;
}

function addFound(
  found: Map<string, string>,
  text: string,
  scan: TextScan,
  { pii, secrets }: Wanted,
): void {
  const keep = (start: number, end: number, label: string): void => {
    const value = text.slice(start, end);
    if (value.length < valueUnitsMin) return;
    if (label === 'secret' || !found.has(value)) found.set(value, label);
  };
  if (secrets) for (const { start, end } of scan.secrets ?? []) keep(start, end, 'secret');
  for (const { type, start, end } of scan.pii ?? []) if (pii.has(type)) keep(start, end, type);
}

interface Needle {
  readonly form: string;
  readonly value: string;
  readonly label: string;
}

export class FoundRedaction {
  readonly #key: string;
  readonly #tables: readonly Literals<Needle>[];
  readonly #numbers = new Map<string, Needle>();
  readonly #plain: readonly Needle[];
  /** Of what the values are made of: made when somebody asks. */
  #plainTables: readonly Literals<Needle>[] | null = null;

  constructor(found: FoundValues, key: string) {
    this.#key = key;
    const needles: Needle[] = [];
    const plainNeedles: Needle[] = [];
    for (const [value, label] of found) {
      const needle = { form: value, value, label };
      needles.push(needle);
      const escaped = JSON.stringify(value).slice(1, -1);
      if (escaped !== value) needles.push({ form: escaped, value, label });
      if (/^\d+$/.test(value)) this.#numbers.set(value, needle);
      const plain = plainOf(value);
      if (plain.length >= plainUnitsMin) plainNeedles.push({ form: plain, value, label });
    }
    this.#tables = tablesOf(needles);
    this.#plain = plainNeedles;
  }

  value(value: JsonValue): JsonValue {
    return this.#walk(value, (text) => this.text(text));
  }

  /** The same where values stand in a form of their own: an address in small letters, an account without its spaces. */
  valueInAnyForm(value: JsonValue): JsonValue {
    return this.#walk(value, (text) => {
      const redacted = this.text(text);
      if (redacted !== text || text.length > plainTextUnitsMax) return redacted;
      const found = this.#plainIn(plainOf(text));
      return found === null ? text : this.#shown(found);
    });
  }

  text(text: string): string {
    const spans: (Edit & { readonly needle: Needle })[] = [];
    for (const table of this.#tables) {
      table.scan(text, (start, _, needle) => {
        if (!text.startsWith(needle.form, start)) return;
        spans.push({ start, end: start + needle.form.length, needle, replacement: '' });
      });
    }
    if (spans.length === 0) return text;
    // Of what overlaps nothing is left; the longest that begins first says what it was.
    spans.sort((a, b) => a.start - b.start || b.end - a.end);
    const edits: Edit[] = [];
    for (const { start, end, needle } of spans) {
      const last = edits.at(-1);
      if (last !== undefined && start < last.end)
        edits[edits.length - 1] = { ...last, end: Math.max(last.end, end) };
      else edits.push({ start, end, replacement: this.#shown(needle) });
    }
    return applyEdits(text, edits).text;
  }

  #plainIn(text: string): Needle | null {
    this.#plainTables ??= tablesOf(this.#plain);
    let found: Needle | null = null;
    for (const table of this.#plainTables)
      table.scan(text, (start, _, needle) => {
        if (text.startsWith(needle.form, start)) found ??= needle;
      });
    return found;
  }

  #walk(value: JsonValue, change: (text: string) => string): JsonValue {
    if (typeof value === 'string') return change(value);
    if (typeof value === 'number') {
      const needle = this.#numbers.get(String(value));
      return needle === undefined ? value : this.#shown(needle);
    }
    if (isJsonArray(value)) return mapList(value, (item) => this.#walk(item, change));
    if (!isJsonObject(value)) return value;
    return mapMembers(value, (key, member) => [change(key), this.#walk(member, change)]);
  }

  #shown({ label, value }: Needle): string {
    return placeholder(label, value, this.#key);
  }
}

function tablesOf(needles: readonly Needle[]): readonly Literals<Needle>[] {
  const tables: [string, Needle][][] = [];
  let units = tableUnitsMax;
  for (const needle of needles) {
    const beginning = needle.form.slice(0, beginningUnitsMax);
    units += beginning.length;
    if (units > tableUnitsMax) {
      tables.push([]);
      units = beginning.length;
    }
    tables.at(-1)?.push([beginning, needle]);
  }
  return tables.map((entries) => new Literals(entries));
}

function plainOf(text: string): string {
  return text.replace(/[\s().-]/g, '').toLowerCase();
}
