/** A gateway killed in the middle of its work: whatever it acknowledged is there, and nothing is half there. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { fold } from '../src/engine/fold.ts';
import { SampleRun } from '../src/store/contract-samples.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-kill-'));
afterAll(() => rmSync(root, { recursive: true }));

const source = (path: string) => new URL(`../src/store/${path}`, import.meta.url).href;

/** Starts 16 runs, then calls in each without end; prints what was acknowledged. */
const script = `
import { fold } from '${source('../engine/fold.ts')}';
import { SampleRun, window } from '${source('contract-samples.ts')}';
import { openSqliteStore } from '${source('sqlite/open.ts')}';
const [directory, round] = process.argv.slice(2);
const store = await openSqliteStore({ directory, foldRun: fold });
const say = (line) => process.stdout.write(line + '\\n');
await Promise.all(Array.from({ length: 16 }, async (_, lane) => {
  const run = new SampleRun(store, 'run-' + round + '-' + lane);
  await run.open();
  for (let n = 0; ; n += 1) {
    const call = run.id + '-' + n;
    await run.start(call, { reservations: [window('shared', 1, 1e9, null)] });
    say('started ' + call);
    await run.finish(call);
    say('finished ' + call);
  }
}));
`;

test('what was acknowledged before SIGKILL survives it, round after round', async () => {
  const file = join(root, 'writer.ts');
  writeFileSync(file, script);
  const directory = join(root, 'data');
  const started = new Set<string>();
  const finished = new Set<string>();

  for (let round = 0; round < 4; round += 1) {
    const child = spawn(process.execPath, [file, directory, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const linesBeforeKill = 200 + round * 137;
    let lines = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      const [what, call = ''] = line.split(' ');
      (what === 'started' ? started : finished).add(call);
      lines += 1;
      if (lines === linesBeforeKill) child.kill('SIGKILL');
    }
    await exited;
    expect(lines).toBeGreaterThanOrEqual(linesBeforeKill);

    // The lock died with its holder: the next writer opens at once.
    await using store = await openSqliteStore({ directory, foldRun: fold });
    const events = await store.events({ limit: 1_000_000 });
    const found = { 'call.started': new Set<string>(), 'call.finished': new Set<string>() };
    for (const { event } of events) {
      if (event.type === 'call.started' || event.type === 'call.finished') {
        found[event.type].add(event.call);
      }
    }
    expect([...started].filter((call) => !found['call.started'].has(call))).toEqual([]);
    expect([...finished].filter((call) => !found['call.finished'].has(call))).toEqual([]);

    // Events, counters, open calls and runs agree: each commit is there whole or not at all.
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
    expect(await store.windowSum('shared', null)).toBe(found['call.started'].size);
    const open = await store.openCalls(1_000);
    expect(open.map(({ call }) => call).sort()).toEqual(
      [...found['call.started']].filter((call) => !found['call.finished'].has(call)).sort(),
    );
    const next = new SampleRun(store, `next-${round}`);
    expect((await next.open()).type).toBe('committed');
    for (const { run, version } of await store.listRuns({ limit: 1_000 })) {
      expect((await store.loadRun(run))?.version).toBe(version);
    }
  }
});
