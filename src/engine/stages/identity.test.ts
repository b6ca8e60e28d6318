import { expect, test } from 'vitest';
import {
  contextOf,
  loaded,
  type SceneOptions,
  tuesdayMs,
  verdictOf,
} from '../../../test/engine/scene.ts';
import { decide } from '../decide.ts';
import type { Held } from '../hold.ts';
import { decideLookUp } from '../look-ups.ts';
import type { Run } from '../run.ts';

const policy = loaded(
  `
sallyport: 1
upstreams: { box: { functions: true } }
tools:
  box.look: { action: look, tier: read_only, reach: internal, args: { id: identifier } }
agents: { helper: { permissions: { box: { look: allow } } } }
`,
  { tools: { 'box.look': { id: 'string' } } },
);

const scene = (options: SceneOptions) =>
  contextOf(policy, 'box.look', { id: 'a' }, { user: null, ...options });
const { reading, run: open } = scene({});
const own: Held = {
  id: 'call_1',
  of: 'call',
  tool: 'box.look',
  tier: 0,
  digest: reading?.ok === true ? reading.read.digest : '',
  arguments: 'sha256:a',
  step: null,
  atMs: tuesdayMs,
  expiresAtMs: tuesdayMs + 60_000,
  state: 'approved',
  settledAtMs: tuesdayMs,
  asks: [],
  agreements: [],
  editedFrom: null,
  withheld: null,
};
const other = { ...own, id: 'call_0', digest: 'sha256:other' };
const closed = 'deny identity.run_closed';

test.each<[string, Partial<Run>, string]>([
  ['open', {}, 'allow'],
  ['closing', { status: 'closing' }, closed],
  ['closing, and the call was held', { status: 'closing', held: [own] }, 'allow'],
  [
    'closing, and it was held and changed',
    { status: 'closing', held: [{ ...own, digest: 'x' }] },
    'allow',
  ],
  [
    'closing, and it repeats a call that was held',
    { status: 'closing', held: [{ ...own, id: 'c0' }] },
    'allow',
  ],
  ['closing, and another call was held', { status: 'closing', held: [other] }, closed],
  [
    'closing, and its hold is long over',
    {
      status: 'closing',
      held: [{ ...own, id: 'c0', state: 'expired', settledAtMs: tuesdayMs - 60_000 }],
    },
    closed,
  ],
  ['closed, though the call was held', { status: 'closed', held: [own] }, closed],
  ['abandoned, though the call was held', { status: 'abandoned', held: [own] }, closed],
])('a run that is %s', (_, run, said) => {
  expect(verdictOf(decide(scene({ run })))).toBe(said);
});

test.each<[string, Run['status'], string]>([
  ['goes on while what waited is done', 'closing', 'allow'],
  ['stops with the run', 'closed', closed],
])('Sallyport’s own look %s', (_, status, said) => {
  expect(verdictOf(decideLookUp(scene({ run: { status, held: [own] } })))).toBe(said);
});

test.each<[string, Run['status'], readonly Held[], string]>([
  ['begins nothing below it', 'closing', [], closed],
  ['lets go on what waited', 'closing', [own], 'allow'],
  ['stops that, too, once it is closed', 'closed', [own], closed],
])('a run above that is closing %s', (_, status, held, said) => {
  expect(verdictOf(decide(scene({ run: { held }, ancestors: [{ ...open, status }] })))).toBe(said);
});
