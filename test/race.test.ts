/** Sixty-four calls at once race for the last ten of a budget, a hundred times: exactly ten of them have an effect. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RefusedError } from '../src/edges/guard/errors.ts';
import { open } from '../src/index.ts';
import { postCall, postRun } from './mcp-client.ts';
import { startRealGateway } from './real-gateway.ts';

const rounds = 100;
const racers = 64;
const budget = 15;
const spentBefore = 5;
const left = budget - spentBefore;

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sallyport-race-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function policy(upstream: string): string {
  return `
sallyport: 1
enforcement: strict
upstreams:
  counter: ${upstream}
tools:
  counter.hit: { action: hit, tier: reversible, reach: internal, args: { round: number, n: number } }
roles:
  people: { permissions: { counter: { hit: allow } } }
agents:
  racer:
    acts_for: [people]
    unattended: { owner: people }
    budget: { tool_calls: ${budget} }
    loops: { same_call: 1000, same_tool: 1000, cycle: 1000 }
    permissions: { counter: { hit: allow } }
`;
}

test('over HTTP', { timeout: 120_000 }, async () => {
  const effects = join(directory, 'effects');
  await writeFile(effects, '');
  const server = new URL('./fixtures/counting-server.ts', import.meta.url).pathname;
  const command = {
    type: 'stdio',
    command: process.execPath,
    args: [server, effects],
    env: new Map(),
  } as const;
  await using gateway = await startRealGateway({
    policy: policy(
      `{ mcp: { command: ${JSON.stringify(process.execPath)}, args: [${JSON.stringify(server)}, ${JSON.stringify(effects)}] } }`,
    ),
    upstreams: [{ name: 'counter', transport: command }],
  });
  const [agent, opener] = await Promise.all([gateway.agentToken('racer'), gateway.openerToken()]);
  for (let round = 0; round < rounds; round += 1) {
    const { handle } = await postRun(gateway.url, opener, { agent: 'racer' });
    const hit = (n: number) => postCall(gateway.url, agent, 'counter.hit', { round, n }, handle);
    for (let n = 0; n < spentBefore; n += 1) expect(await hit(n)).toEqual({ allowed: true });
    const answers = await Promise.all(
      Array.from({ length: racers }, (_, n) => hit(spentBefore + n)),
    );
    const refused = answers.filter(({ allowed }) => !allowed);
    expect(refused).toHaveLength(racers - left);
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['limits.tool_calls']));
  }
  const counted = countByRound(await readFile(effects, 'utf8'));
  expect(counted.size).toBe(rounds);
  expect(new Set(counted.values())).toEqual(new Set([budget]));
});

test('in-process', { timeout: 120_000 }, async () => {
  const policyFile = join(directory, 'sallyport.yaml');
  await writeFile(policyFile, policy('{ functions: true }'));
  await using door = await open({
    policy: policyFile,
    directory: join(directory, 'data'),
    log: () => undefined,
  });
  const effects = new Map<number, number>();
  const hit = door.tool('counter.hit', ({ round }: { round: number; n: number }) => {
    effects.set(round, (effects.get(round) ?? 0) + 1);
    return 'counted';
  });
  for (let round = 0; round < rounds; round += 1) {
    await door.run({ agent: 'racer' }, async () => {
      for (let n = 0; n < spentBefore; n += 1) await hit({ round, n });
      const answers = await Promise.allSettled(
        Array.from({ length: racers }, (_, n) => hit({ round, n: spentBefore + n })),
      );
      const refused = answers.flatMap((answer) =>
        answer.status === 'rejected' ? [answer.reason] : [],
      );
      expect(refused).toHaveLength(racers - left);
      expect(
        refused.every(
          (reason) => reason instanceof RefusedError && reason.code === 'limits.tool_calls',
        ),
      ).toBe(true);
    });
  }
  expect(effects.size).toBe(rounds);
  expect(new Set(effects.values())).toEqual(new Set([budget]));
});

function countByRound(lines: string): Map<string, number> {
  const counted = new Map<string, number>();
  for (const round of lines.split('\n').slice(0, -1))
    counted.set(round, (counted.get(round) ?? 0) + 1);
  return counted;
}
