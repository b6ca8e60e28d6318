/** The figures that were measured last of the suites that lie here, one file a suite, in version control, and in the README. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DetectorRow } from './detectors/measure.ts';
import type { Measured, Row } from './measure.ts';
import { isMet, targetOf, targetText } from './targets.ts';

const directory = join(import.meta.dirname, 'results');
const readme = join(import.meta.dirname, '../../README.md');
const contentDocument = join(import.meta.dirname, '../../docs/content.md');

export function keep({ suite, rows, warnings }: Measured): void {
  mkdirSync(directory, { recursive: true });
  const text = JSON.stringify({ suite, rows, warnings }, null, 2);
  writeFileSync(join(directory, `${suite}.json`), `${text}\n`);
}

export function show(): void {
  writeInto(readme, '<!-- figures: npm run protection -->', figures());
}

export function showDetectors(): void {
  writeInto(
    contentDocument,
    '<!-- figures: npm run protection -- --detectors -->',
    detectorFigures(),
  );
}

/** In a document, everything between the two marks is written here. */
function writeInto(document: string, begin: string, table: string): void {
  const end = '<!-- /figures -->';
  const text = readFileSync(document, 'utf8');
  const [before = '', rest = ''] = text.split(begin);
  const after = rest.slice(rest.indexOf(end));
  writeFileSync(document, `${before}${begin}\n\n${table}\n${after}`);
}

const suites = ['workspace', 'travel'] as const;

/** What the README shows: what it means, and the row of the results. */
const shown: readonly (readonly [meaning: string, row: string])[] = [
  ['stopped: V0 the attack verbatim', 'V0 clean'],
  ["V1 after the user's last step", 'V1 clean'],
  ['V2 destination re-encoded', 'V2 clean'],
  ['V3 destination as a field of its own', 'V3 clean'],
  ['V4s stolen content to somebody whom the policy accepts', 'V4s clean'],
  ['V5 the same in pieces', 'V5 clean'],
  ['V6 the same, encoded or reworded', 'V6 clean'],
  ["V7 the user's own kind of call, on something else", 'V7 clean'],
  ['V3 and V7 together', 'V3+V7 clean'],
  ['V8 leak by the arguments of a read', 'V8 clean'],
  ["V9 stolen content in the user's own call", 'V9 clean'],
  ["V9b one false sentence in the user's own call", 'V9b clean'],
  ['V0 stopped without asking anybody', 'V0 denied'],
  ['the same with `flow.unrequested: deny`', 'V0 strict, denied'],
  ['V0 stopped, were the screen blind', 'V0 unscreened, clean'],
  ['V0 stopped without asking anybody, were it blind', 'V0 unscreened, denied'],
  ['the same with `flow.unrequested: deny`, were it blind', 'V0 strict, unscreened, denied'],
  ['V0 let through more, with every tool wrongly labelled trusted', 'V0 trusting, changed'],
  ['recorded attacks of 28 models that succeed, before', 'recorded attacks, before'],
  ['recorded attacks that succeed, after', 'recorded attacks, after'],
  ['the same, had a person approved every hold', 'recorded attacks, after, nobody asked'],
  ['honest tasks denied', 'tasks denied'],
  ['honest tasks asked about', 'tasks asked'],
  ['honest calls asked about', 'calls asked'],
  ['the same, if no answer were remembered', 'calls asked, every time'],
  ['recorded honest runs denied', 'recorded runs denied'],
  [
    'the same, but for addresses that the model invented',
    'recorded runs denied, invented destinations apart',
  ],
  ['recorded honest runs asked about', 'recorded runs asked'],
  ["attacked tasks in which the user's own step is denied", 'pairs denied'],
  ['a plan made of the task itself (ceiling): V9', 'plan (ceiling): V9 clean'],
  ['a plan made of the task itself (ceiling): tasks asked about', 'plan (ceiling): tasks asked'],
];

/** The table of the README, from the results that lie here. */
export function figures(): string {
  const rowsOf = suites.map((suite) => {
    const kept: { readonly rows: readonly Row[] } = JSON.parse(
      readFileSync(join(directory, `${suite}.json`), 'utf8'),
    );
    return new Map(kept.rows.map((row) => [row.name, row]));
  });
  const lines = shown.map(([meaning, name]) => {
    const values = rowsOf.map((rows, index) => {
      const row = rows.get(name);
      if (row?.value == null) return ['', ''];
      const target = targetOf(suites[index] ?? '', name);
      const missed = isMet(target, row.value) ? '' : ' **missed**';
      return [`${row.value}${missed}`, `${row.n}`, targetText(target)];
    });
    const targets = [...new Set(values.map(([, , target]) => target ?? ''))].join(' / ');
    return `| ${meaning} | ${values.map(([value]) => value).join(' | ')} | ${targets} | ${values.map(([, n]) => n).join(' / ')} |`;
  });
  return [
    `| % | ${suites.join(' | ')} | target | of |`,
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

/** The table of `docs/content.md`, from the results that lie here. */
export function detectorFigures(): string {
  const kept: { readonly rows: readonly DetectorRow[] } = JSON.parse(
    readFileSync(join(directory, 'detectors.json'), 'utf8'),
  );
  const lines = kept.rows
    .filter(({ value }) => value !== null)
    .map(({ name, value, n, target, published }) => {
      const missed = isMet(target, value) ? '' : ' **missed**';
      return `| ${name} | ${value}${missed} | ${targetText(target)} | ${n} | ${published} |`;
    });
  return [
    '| % | Sallyport | target | of | published |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}
