/** Where a held call's values stand in what its run was shown: one pass over the results for all of them. */
import { Literals } from '../../content/detection/literals.ts';
import { standsAlone } from '../../content/values-in-text/whole-token.ts';
import type { Exchange } from '../exchange.ts';
import type { Past, SeenExchange } from '../stages/flow/past.ts';
import { loose } from '../stages/flow/sources.ts';
import { dataOf, type Leaf, leavesOf } from '../stages/flow/texts.ts';
import { pack, type Sought, type Spelling } from './sought.ts';

/** One result in which something stands. */
export interface Found {
  readonly sought: Sought;
  readonly seen: SeenExchange;
  /** RFC 6901, into the result's data; null: in a text that wasn't read as data. */
  readonly field: string | null;
}

export interface Search {
  /** Newest results first. */
  readonly found: readonly Found[];
  /** Older results weren't looked at: they are too much. */
  readonly cutShort: boolean;
}

interface Target {
  readonly sought: Sought;
  readonly spelling: Spelling;
}

/** Longer ones are compared where their beginning stands. Each letter beyond ASCII widens the whole table. */
const beginningUnitsMax = 24;
const widerBeginningUnitsMax = 4;
/** Of values and parts of texts: more of them make a table that is too large. */
const soughtMax = 512;
/** Whoever repeats one letter a million times makes each of them the beginning of something. */
const comparisonsMax = 500_000;
/** Of one spelling in one text: of so many that are parts of other words, the rest is no different. */
const placesMax = 64;
/** A list of numbers is longer than its digits. */
const leafUnits = 16;

/** @param unitsMax - of results that are looked at, newest first. */
export function search(past: Past, sought: readonly Sought[], unitsMax: number): Search {
  const targets = sought
    .slice(0, soughtMax)
    .flatMap((one) => one.spellings.map((spelling) => ({ sought: one, spelling })));
  if (targets.length === 0) return { found: [], cutShort: false };
  const looking = new Looking(targets);
  const found: Found[] = [];
  let units = 0;
  for (let at = past.seen.length - 1; at >= 0; at -= 1) {
    const seen = past.seen[at];
    if (seen === undefined || seen.exchange.result === null) continue;
    const here = new Map<Sought, string | null>();
    for (const { leaf, isData } of leavesShown(seen.exchange)) {
      if (units >= unitsMax || looking.comparisons >= comparisonsMax)
        return { found, cutShort: true };
      units += leaf.value.length + leafUnits;
      looking.look(leaf.value, (one) => {
        if (!here.has(one)) here.set(one, isData ? leaf.pointer : null);
      });
    }
    if (here.size === 0) continue;
    // What the agent itself had said in that call: to be told it once more is no source.
    const said = new Set<Sought>();
    for (const { value } of leavesOf(seen.exchange.args)) {
      units += value.length + leafUnits;
      looking.look(value, (one) => said.add(one));
    }
    for (const [one, field] of here) if (!said.has(one)) found.push({ sought: one, seen, field });
  }
  return { found, cutShort: sought.length > soughtMax };
}

/** As data, and what an agent may have read beside it: a comment in YAML, a text beside the structured part. */
function* leavesShown(
  exchange: Exchange,
): Generator<{ readonly leaf: Leaf; readonly isData: boolean }> {
  const { result, shown } = exchange;
  if (result === null) return;
  const data = dataOf(exchange);
  if (data !== null) for (const leaf of leavesOf(data)) yield { leaf, isData: true };
  if (data !== null && shown.parse !== 'yaml' && result['structuredContent'] === undefined) return;
  for (const leaf of leavesOf(data === null ? result : (result['content'] ?? [])))
    yield { leaf, isData: false };
}

const beyondAscii = /[^\p{ASCII}]/u;

/** Everything that is looked for, in one table; and in another what is looked for without the signs between digits. */
class Looking {
  readonly #plain: Table;
  readonly #packed: Table;
  comparisons = 0;

  constructor(targets: readonly Target[]) {
    this.#plain = tableOf(targets.filter(({ spelling }) => !spelling.packed));
    this.#packed = tableOf(targets.filter(({ spelling }) => spelling.packed));
  }

  look(value: string, found: (one: Sought) => void): void {
    const text = beyondAscii.test(value) ? loose(value) : value.toLowerCase();
    this.#scan(this.#plain, text, found);
    if (this.#packed !== null && /\d/.test(text)) this.#scan(this.#packed, pack(text), found);
  }

  #scan(table: Table, text: string, found: (one: Sought) => void): void {
    const known = new Set<Target>();
    table?.scan(text, (start, _, targets) => {
      if (this.comparisons >= comparisonsMax) return;
      for (const target of targets) {
        if (known.has(target)) continue;
        this.comparisons += 1;
        if (!fits(text, start, target.spelling)) continue;
        known.add(target);
        found(target.sought);
      }
    });
  }
}

type Table = Literals<readonly Target[]> | null;

function tableOf(targets: readonly Target[]): Table {
  const byBeginning = Map.groupBy(targets, ({ spelling }) => beginningOf(spelling.text));
  return targets.length === 0 ? null : new Literals(byBeginning);
}

/** The same of one text. */
export function standsIn(text: string, { spellings }: Sought): boolean {
  const read = loose(text);
  return spellings.some((spelling) => {
    const within = spelling.packed ? pack(read) : read;
    let at = within.indexOf(spelling.text);
    for (let tries = 0; at !== -1 && tries < placesMax; tries += 1) {
      if (fits(within, at, spelling)) return true;
      at = within.indexOf(spelling.text, at + 1);
    }
    return false;
  });
}

function beginningOf(text: string): string {
  const beginning = text.slice(0, beginningUnitsMax);
  return beyondAscii.test(beginning) ? text.slice(0, widerBeginningUnitsMax) : beginning;
}

function fits(text: string, start: number, { text: spelled, stands }: Spelling): boolean {
  const end = start + spelled.length;
  if (!text.startsWith(spelled, start)) return false;
  switch (stands) {
    case 'anywhere':
      return true;
    case 'whole':
      return standsAlone(text, start, end);
    case 'alone':
      return text.trim().length === spelled.length;
  }
}
