/**
 * A gateway killed in the middle of its calls: no effect happens twice, what nobody can know is named, with its alert,
 * and a repeat gets that answer.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { openGateway } from '../src/gateway.ts';
import { functionsOf } from '../src/upstreams/functions.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-gateway-kill-'));
afterAll(() => rmSync(root, { recursive: true }));

const source = (path: string) => new URL(`../src/${path}`, import.meta.url).href;

const policy = `
sallyport: 1
enforcement: strict
upstreams: { box: { functions: true } }
tools:
  box.pay: { action: pay, tier: consequential, reach: internal, args: { id: identifier } }
agents:
  helper:
    rate: 100000/hour
    loops: { same_call: 10000, same_tool: 10000, cycle: 10000 }
    permissions: { box: { pay: { approval: never } } }
`;

const agent = { type: 'agent', credential: 'token-1', agent: 'helper', user: null } as const;

/** Pays without end, eight at a time; the very first and every third payment never answers, so that some are under way at any moment. Prints what happened to each. */
const script = `
import { appendFileSync } from 'node:fs';
import { openGateway } from '${source('gateway.ts')}';
import { functionsOf } from '${source('upstreams/functions.ts')}';
const [policyFile, dataDirectory, effects, round] = process.argv.slice(2);
const gateway = await openGateway({ policyFile, dataDirectory, as: 'gateway', log: () => undefined });
const say = (line) => process.stdout.write(line + '\\n');
functionsOf(gateway.upstream('box')).register('pay', { inputSchema: gateway.policySource.policy.tools.get('box.pay').pin.inputSchema }, ({ id }) => {
  appendFileSync(effects, id + '\\n');
  say('effect ' + id);
  const [, lane, n] = id.split('-').map(Number);
  return n % 3 === 0 || (lane === 0 && n === 1) ? new Promise(() => undefined) : 'paid ' + id;
});
const opener = { type: 'opener', credential: 'opener-1', name: 'workflow', agents: null };
const { handle } = await gateway.runtime.openRun(opener, {
  agent: 'helper', user: null, case: {}, request: null, requestTrusted: false, only: null,
  budget: {}, outside: [], dryRun: false, parent: null,
});
say('run ' + handle);
const agent = ${JSON.stringify(agent)};
await Promise.all(Array.from({ length: 8 }, async (_, lane) => {
  for (let n = 1; ; n += 1) {
    const id = round + '-' + lane + '-' + n;
    say('asked ' + id);
    const answer = await gateway.runtime.call(
      agent,
      { tool: 'box.pay', args: { id }, handles: [handle], step: null, dryRun: false },
      new AbortController().signal,
    );
    if (answer.type === 'refused') throw new Error(answer.refusal.text);
    await answer.released(true);
    say('answered ' + id);
  }
}));
`;

/** A small generator, so that a round that fails can be had again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test('kill -9 between start and finish, round after round', { timeout: 60_000 }, async () => {
  const file = join(root, 'gateway.ts');
  const policyFile = join(root, 'sallyport.yaml');
  const data = join(root, 'data');
  const effects = join(root, 'effects');
  writeFileSync(file, script);
  writeFileSync(policyFile, policy);
  writeFileSync(effects, '');
  const next = random(20_260_301);
  let indeterminate = 0;

  for (let round = 0; round < 4; round += 1) {
    const asked = new Set<string>();
    const answered = new Set<string>();
    let handle = '';
    const child = spawn(process.execPath, [file, policyFile, data, effects, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const effectsBeforeKill = 3 + Math.floor(next() * 14);
    let seen = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      const [what, name = ''] = line.split(' ');
      if (what === 'run') handle = name;
      if (what === 'asked') asked.add(name);
      if (what === 'answered') answered.add(name);
      if (what === 'effect') {
        seen += 1;
        if (seen === effectsBeforeKill) child.kill('SIGKILL');
      }
    }
    await exited;
    expect(seen).toBeGreaterThanOrEqual(effectsBeforeKill);

    await using gateway = await openGateway({
      policyFile,
      dataDirectory: data,
      as: 'gateway',
      log: () => undefined,
    });
    functionsOf(gateway.upstream('box'))?.register(
      'pay',
      { inputSchema: gateway.policySource.policy.tools.get('box.pay')?.pin?.inputSchema ?? {} },
      ({ id }: { id: string }) => {
        appendFileSync(effects, `${id}\n`);
        return `paid ${id}`;
      },
    );
    const recovered = await gateway.runtime.recovered;
    expect(recovered).toBeGreaterThan(0);
    expect(await gateway.store.openCalls(10)).toEqual([]);
    indeterminate += recovered;
    const alerts = await gateway.store.events({ type: 'alert.raised', limit: 10_000 });
    expect(
      alerts.filter(
        ({ event }) => event.type === 'alert.raised' && event.alert === 'indeterminate_call',
      ),
    ).toHaveLength(indeterminate);

    const codes = new Map<string, string>();
    for (const id of asked) {
      const answer = await gateway.runtime.call(
        agent,
        { tool: 'box.pay', args: { id }, handles: [handle], step: null, dryRun: false },
        new AbortController().signal,
      );
      codes.set(id, answer.type === 'result' ? 'ok' : answer.refusal.code);
    }
    const happened = readFileSync(effects, 'utf8').trim().split('\n');
    expect(happened).toHaveLength(new Set(happened).size);
    for (const [id, code] of codes) {
      // What was handed over just before the kill is handed over once more.
      if (answered.has(id)) expect(['ok', 'call.duplicate']).toContain(code);
      if (code === 'ok' || code === 'call.duplicate') expect(happened).toContain(id);
    }
    expect([...codes.values()].filter((code) => code === 'upstream.indeterminate')).toHaveLength(
      recovered,
    );
    expect([...new Set(codes.values())].filter((code) => !known.has(code))).toEqual([]);
  }
});

const known = new Set(['ok', 'call.duplicate', 'upstream.indeterminate']);
