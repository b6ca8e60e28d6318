/** What the documents say of faults is what the rounds check. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { departureRows } from './departures.ts';
import { diskRows } from './disk.ts';
import { type EvilRow, evilRows } from './upstreams/rows.ts';

const operations = readFileSync(
  join(import.meta.dirname, '..', '..', 'docs', 'operations.md'),
  'utf8',
);

test('operations.md says what each misbehaviour of a server leads to', () => {
  expect(operations).toContain(evilRows.map(lineOf).join('\n'));
});

test.each(departureRows.map(({ what }) => what))(
  'operations.md speaks of a client that %s',
  (what) => {
    expect(operations).toContain(`| ${what} |`);
  },
);

test.each(diskRows.map(({ what }) => what))('operations.md says what to do when %s', (what) => {
  expect(operations).toContain(`| ${what} |`);
});

function lineOf({ what, on, read, write, breaks }: EvilRow): string {
  const over = on.map((transport) => (transport === 'pipe' ? 'stdio' : 'HTTP')).join(', ');
  const cells = [what, over, cell(read), cell(write), breaks ? 'counts' : ''];
  return `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |');
}

function cell(came: string): string {
  if (came === 'completed') return 'its result';
  return came === 'relayed' ? 'its own error' : `\`${came}\``;
}
