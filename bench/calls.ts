/**
 * Calls a second through the gateway, as a share of a raw pass-through, in one interleaved run: a read that shares one
 * commit with its outcome, an action with two commits, and a refusal. Absolute figures are of this machine; quote the ratios.
 *
 *     node bench/calls.ts [--json] [--seconds 3] [--rounds 3] [--connections 32]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import type { JsonObject } from '../src/content/value.ts';
import { openGateway } from '../src/gateway.ts';
import { definitionDigest, formatLock } from '../src/policy/lock-file.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const connections = Number(values.connections);

const children: ChildProcess[] = [];
const directory = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));

async function start(...argv: string[]): Promise<string> {
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return String(line);
}

function policy(upstream: string): string {
  const grants =
    'permissions: { desk: { look: { where: { id: "ok*" } }, touch: { where: { id: "ok*" } } } }';
  return `
sallyport: 1
enforcement: strict
upstreams: { desk: { mcp: { url: "${upstream}/mcp" } } }
tools:
  desk.look: { action: look, tier: read_only, reach: internal, args: { id: identifier } }
  desk.touch: { action: touch, tier: reversible, reach: internal, args: { id: identifier } }
roles: { people: { ${grants} } }
agents:
  bench:
    acts_for: [people]
    unattended: { owner: people }
    loops: { same_call: 10000, same_tool: 10000, cycle: 10000 }
    ${grants}
`;
}

type ListedTool = JsonObject & { readonly name: string };

interface Lane {
  readonly name: string;
  readonly url: string;
  readonly headers: () => Record<string, string>;
  readonly body: (n: number) => string;
}

const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const callOf = (tool: string, id: string): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: tool, arguments: { id } },
  });

try {
  const tool = await start('bench/serve.ts', 'tool');
  const proxy = await start('bench/serve.ts', 'proxy', tool);
  const policyFile = join(directory, 'sallyport.yaml');
  await writeFile(policyFile, policy(tool));
  await writeFile(join(directory, 'sallyport.lock'), formatLock(await lockOf(tool)));
  const dataDirectory = join(directory, '.sallyport');
  const { agent, opener } = await mint(policyFile, dataDirectory);
  const gateway = JSON.parse(
    await start('src/cli/main.ts', 'up', '--policy', policyFile, '--port', '0', '--json'),
  ).url.replace(/\/mcp$/, '');

  // A run holds at most 10,000 calls, so each round has fresh ones.
  let handles: string[] = [];
  const bearer = (n: number) => ({
    ...json,
    authorization: `Bearer ${agent}`,
    'sallyport-run': handles[n % handles.length] ?? '',
  });
  let turn = 0;
  const lanes: Lane[] = [
    { name: 'raw', url: proxy, headers: () => json, body: (n) => callOf('look', `ok${n}`) },
    {
      name: 'read',
      url: gateway,
      headers: () => bearer(turn++),
      body: (n) => callOf('desk.look', `ok${n}`),
    },
    {
      name: 'act',
      url: gateway,
      headers: () => bearer(turn++),
      body: (n) => callOf('desk.touch', `ok${n}`),
    },
    {
      name: 'refuse',
      url: gateway,
      headers: () => bearer(turn++),
      body: (n) => callOf('desk.touch', `no${n}`),
    },
  ];
  const rates = new Map<string, number[]>(lanes.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const lane of lanes) {
      if (lane.name !== 'raw') handles = await openRuns(gateway, opener, connections);
      const rate = await measure(lane, round === 0 ? Math.min(1, seconds) : seconds);
      if (round > 0) rates.get(lane.name)?.push(rate);
    }
  }
  const median = (name: string): number =>
    [...(rates.get(name) ?? [])].sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
  const ratios = Object.fromEntries(
    lanes.map(({ name }) => [
      name,
      {
        callsPerSecond: Math.round(median(name)),
        ofRaw: Number((median(name) / median('raw')).toFixed(3)),
      },
    ]),
  );
  if (values.json)
    process.stdout.write(
      `${JSON.stringify({ ok: true, connections, seconds, rounds, ...ratios })}\n`,
    );
  else
    for (const [name, { callsPerSecond, ofRaw }] of Object.entries(ratios))
      process.stdout.write(
        `${name.padEnd(8)} ${String(callsPerSecond).padStart(7)} calls/s  ${ofRaw.toFixed(2)} of raw\n`,
      );
} finally {
  for (const child of children) child.kill();
  await Promise.all(
    children.filter(({ exitCode }) => exitCode === null).map((child) => once(child, 'exit')),
  );
  await rm(directory, { recursive: true, force: true });
}

/** Requests completed per second over so many connections, each with one request under way. */
async function measure(lane: Lane, forSeconds: number): Promise<number> {
  const pool = new Pool(lane.url, { connections, pipelining: 1 });
  const untilMs = performance.now() + forSeconds * 1_000;
  let done = 0;
  let n = Math.floor(Math.random() * 1e9);
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < untilMs) {
        n += 1;
        const answer = await pool.request({
          method: 'POST',
          path: '/mcp',
          headers: lane.headers(),
          body: lane.body(n),
        });
        const text = await answer.body.text();
        if (
          answer.statusCode !== 200 ||
          text.includes('"isError":true') !== (lane.name === 'refuse')
        )
          throw new Error(`${lane.name}: ${answer.statusCode} ${text.slice(0, 300)}`);
        done += 1;
      }
    }),
  );
  const rate = (done * 1_000) / (performance.now() - begun);
  await pool.destroy();
  return rate;
}

async function openRuns(gateway: string, opener: string, count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const response = await fetch(`${gateway}/v1/runs`, {
        method: 'POST',
        headers: { ...json, authorization: `Bearer ${opener}` },
        body: JSON.stringify({ agent: 'bench' }),
      });
      const { handle } = (await response.json()) as { handle: string };
      return handle;
    }),
  );
}

async function mint(
  policyFile: string,
  dataDirectory: string,
): Promise<{ agent: string; opener: string }> {
  await using gateway = await openGateway({
    policyFile,
    dataDirectory,
    as: 'command',
    log: () => undefined,
  });
  const agent = await gateway.tokens.mint({
    holder: 'agent',
    name: 'bench',
    user: null,
    expiresAtMs: null,
  });
  const opener = await gateway.tokens.mint({
    holder: 'opener',
    name: 'bench',
    agents: null,
    expiresAtMs: null,
  });
  return { agent: agent.token, opener: opener.token };
}

async function lockOf(tool: string) {
  const response = await fetch(`${tool}/mcp`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  });
  const { result } = (await response.json()) as { result: { tools: ListedTool[] } };
  const tools = Object.fromEntries(
    result.tools.map((definition) => [
      definition.name,
      {
        digest: definitionDigest(definition),
        definition,
        pinnedAt: '2026-01-01T00:00:00Z',
      },
    ]),
  );
  return { lockVersion: 1, upstreams: { desk: { tools } } } as const;
}
