import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fold } from '../engine/fold.ts';
import type { Run } from '../engine/run.ts';
import { isRunEvent } from './columns.ts';
import { runShape } from './run-shape.ts';
import { readEvent } from './upcast.ts';

/** In an order that a run might have. */
const types = [
  'run.opened',
  'run.usage',
  'call.denied',
  'call.started',
  'call.finished',
  'call.delivered',
  'call.undelivered',
  'call.joined',
  'run.delegated',
  'run.returned',
  'run.closed',
];

test('a run that the engine folded reads back from its snapshot exactly, after each event', () => {
  let run: Run | null = null;
  for (const [seq, type] of types.entries()) {
    const file = new URL(`../../test/events/v1/${type}.json`, import.meta.url);
    const event = readEvent(readFileSync(file), seq);
    if (!isRunEvent(event)) throw new Error(`${type} is no event of a run`);
    run = fold(run, event);
    expect(runShape.parse(JSON.parse(JSON.stringify(run))), type).toStrictEqual(run);
  }
  expect(run?.version).toBe(types.length);
});

test('a snapshot with a field too many or one too few is not taken', () => {
  const file = new URL('../../test/events/v1/run.opened.json', import.meta.url);
  const event = readEvent(readFileSync(file), 0);
  if (!isRunEvent(event)) throw new Error('no event of a run');
  const run = fold(null, event);
  expect(runShape.safeParse({ ...run, more: 1 }).success).toBe(false);
  const { labels: _, ...less } = run;
  expect(runShape.safeParse(less).success).toBe(false);
});
