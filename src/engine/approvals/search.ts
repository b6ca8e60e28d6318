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

/** Longer ones are compared where their beginning stands. */
const beginningUnitsMax = 24;

/** @param unitsMax - of results that are looked at, newest first. */
export function search(past: Past, sought: readonly Sought[], unitsMax: number): Search {
  const targets = sought.flatMap((one) =>
    one.spellings.map((spelling) => ({ sought: one, spelling })),
  );
  if (targets.length === 0) return { found: [], cutShort: false };
  const plain = tableOf(targets.filter(({ spelling }) => !spelling.packed));
  const packed = tableOf(targets.filter(({ spelling }) => spelling.packed));
  const found: Found[] = [];
  let units = 0;
  for (let at = past.seen.length - 1; at >= 0; at -= 1) {
    const seen = past.seen[at];
    if (seen === undefined || seen.exchange.result === null) continue;
    if (units >= unitsMax) return { found, cutShort: true };
    const here = new Map<Sought, string | null>();
    for (const { leaf, isData } of leavesShown(seen.exchange)) {
      units += leaf.value.length;
      scan(leaf, plain, packed, (one) => {
        if (!here.has(one)) here.set(one, isData ? leaf.pointer : null);
      });
    }
    if (here.size === 0) continue;
    const said = saidIn(seen.exchange, plain, packed);
    for (const [one, field] of here) if (!said.has(one)) found.push({ sought: one, seen, field });
  }
  return { found, cutShort: false };
}

type Table = Literals<Target> | null;

function tableOf(targets: readonly Target[]): Table {
  return targets.length === 0
    ? null
    : new Literals(
        targets.map(
          (target) => [target.spelling.text.slice(0, beginningUnitsMax), target] as const,
        ),
      );
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

/** What the agent itself had said in that call: to be told it once more is no source. */
function saidIn({ args }: Exchange, plain: Table, packed: Table): ReadonlySet<Sought> {
  const said = new Set<Sought>();
  for (const leaf of leavesOf(args)) scan(leaf, plain, packed, (one) => said.add(one));
  return said;
}

const beyondAscii = /[^\p{ASCII}]/u;

function scan(leaf: Leaf, plain: Table, packed: Table, found: (one: Sought) => void): void {
  const text = beyondAscii.test(leaf.value) ? loose(leaf.value) : leaf.value.toLowerCase();
  const tell = (within: string) => (start: number, _: number, target: Target) => {
    if (fits(within, start, target.spelling)) found(target.sought);
  };
  plain?.scan(text, tell(text));
  if (packed === null || !/\d/.test(text)) return;
  const without = pack(text);
  packed.scan(without, tell(without));
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
