/** `sallyport doctor` on projects that are ill, and its proof that there is no way around the gateway. */
import {
  appendFileSync,
  chmodSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { definitionDigest, formatLock, parseLock } from '../src/policy/lock-file.ts';
import { type CliProject, makeCliProject, startCliProject } from './cli-project.ts';

const reportShape = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), found: z.string() })),
});

async function illnesses(project: CliProject): Promise<string[]> {
  const { out } = await project.shell('sallyport doctor --json');
  return reportShape
    .parse(JSON.parse(out))
    .checks.filter(({ ok }) => !ok)
    .map(({ name, found }) => `${name}: ${found}`);
}

describe('a project', () => {
  let project: CliProject;
  const file = (...names: string[]) => join(project.directory, ...names);

  beforeAll(async () => {
    project = await startCliProject();
  }, 60_000);
  afterAll(() => project[Symbol.asyncDispose]());

  test('that is well', { timeout: 60_000 }, async () => {
    expect(await illnesses(project)).toEqual([]);
  });

  test('whose key others can read', { timeout: 60_000 }, async () => {
    chmodSync(file('.sallyport', 'ledger.key.pem'), 0o644);
    expect(await illnesses(project)).toEqual([expect.stringMatching(/^files: .*ledger\.key\.pem/)]);
    chmodSync(file('.sallyport', 'ledger.key.pem'), 0o600);
  });

  test('whose policy others can write', { timeout: 60_000 }, async () => {
    chmodSync(file('sallyport.yaml'), 0o666);
    expect(await illnesses(project)).toEqual([
      expect.stringMatching(/^files: .*changed by others/),
    ]);
    chmodSync(file('sallyport.yaml'), 0o644);
  });

  test('whose server lists another definition than was accepted', { timeout: 60_000 }, async () => {
    const lock = readFileSync(file('sallyport.lock'), 'utf8');
    writeFileSync(file('sallyport.lock'), acceptedOtherwise(lock, 'read_text_file'));
    expect(await illnesses(project)).toEqual([
      'upstream files: changed since they were accepted: read_text_file',
    ]);
    writeFileSync(file('sallyport.lock'), lock);
  });

  test('whose policy, secret and server are wrong', { timeout: 60_000 }, async () => {
    const good = readFileSync(file('sallyport.yaml'), 'utf8');
    appendFileSync(file('sallyport.yaml'), 'agent: {}\n');
    expect(await illnesses(project)).toEqual([expect.stringMatching(/^policy: /)]);
    writeFileSync(
      file('sallyport.yaml'),
      `${good.replace(
        'upstreams:\n',
        'upstreams:\n  gone: { mcp: { url: http://127.0.0.1:1/mcp }, credential: { from: env:NOWHERE_SET, as: bearer } }\n',
      )}\ncontent: { detector: { http: "http://127.0.0.1:1", credential: { from: env:NOR_THIS } } }\n`,
    );
    expect(await illnesses(project)).toEqual([
      expect.stringMatching(/^credentials: .*NOWHERE_SET.*; .*NOR_THIS/),
      expect.stringMatching(/^upstream gone: /),
    ]);
    writeFileSync(file('sallyport.yaml'), good);
  });
});

describe('the proof of mediation', () => {
  test('is refused where another way is open, and recorded where none is', {
    timeout: 120_000,
  }, async () => {
    await using project = makeCliProject();
    const upstream = createServer();
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    writeFileSync(join(project.directory, 'sallyport.yaml'), policy(portOf(upstream.address())));
    const gateway = await project.start('sallyport up --port 0');
    const token = (await project.shell('sallyport token --agent reporter')).out.trim();
    // Under a name of its own, which can go without the files: a gateway whose database is away writes nothing any more.
    const name = `${project.directory}-by-name`;
    const named = `--policy ${name}/sallyport.yaml`;
    symlinkSync(project.directory, name);
    await project.shell(`sallyport doctor --targets ${named} > targets.json`);

    // Beside the gateway: its files and the upstream are all within reach.
    const open = await project.shell(fromAgent(gateway.url, token, 'targets.json'));
    expect(open.code).toBe(1);
    expect(reachedTypes(open.out)).toEqual(['file', 'file', 'file', 'url']);
    writeFileSync(join(project.directory, 'open.json'), open.out);
    expect(
      (await project.shell(`sallyport doctor --record open.json --agent reporter ${named}`)).out,
    ).toContain('`brokered`');

    // As from another host: nothing of the gateway's is there, and the upstream can't be connected to.
    await new Promise((resolve) => upstream.close(resolve));
    const agentHost = makeCliProject();
    await using _ = agentHost;
    const targets = readFileSync(join(project.directory, 'targets.json'), 'utf8');
    writeFileSync(join(agentHost.directory, 'targets.json'), targets);
    unlinkSync(name);
    const closed = await agentHost.shell(fromAgent(gateway.url, token, 'targets.json'));
    symlinkSync(project.directory, name);
    expect([closed.code, reachedTypes(closed.out)]).toEqual([0, []]);

    writeFileSync(join(project.directory, 'closed.json'), closed.out);
    const recorded = await project.shell(
      `sallyport doctor --record closed.json --agent reporter ${named}`,
    );
    expect([recorded.code, recorded.out]).toEqual([0, expect.stringContaining('`enforced`')]);

    // For another policy it proves nothing.
    appendFileSync(join(project.directory, 'sallyport.yaml'), 'timezone: UTC\n');
    const stale = await project.shell(
      `sallyport doctor --record closed.json --agent reporter ${named}`,
    );
    expect([stale.code, stale.err]).toEqual([2, expect.stringContaining('another policy')]);
    unlinkSync(name);
  });

  test('is none without targets, or without a gateway that answers', {
    timeout: 60_000,
  }, async () => {
    await using project = makeCliProject();
    const { code, out } = await project.shell(
      fromAgent('http://127.0.0.1:1/mcp', 'sp_agent_x', null),
    );
    expect([code, JSON.parse(out)]).toMatchObject([
      1,
      { ok: false, gateway: { answers: false }, tried: null },
    ]);
  });
});

/** As if a person had accepted another description of the tool. */
function acceptedOtherwise(text: string, operation: string): string {
  const { lockVersion, upstreams } = parseLock(text);
  const tools = { ...upstreams['files']?.tools };
  const definition = {
    ...tools[operation]?.definition,
    description: 'Reads a file, and nothing else.',
  };
  tools[operation] = {
    digest: definitionDigest(definition),
    definition,
    pinnedAt: '2026-11-21T00:00:00Z',
  };
  return formatLock({ lockVersion, upstreams: { ...upstreams, files: { tools } } });
}

function fromAgent(url: string, token: string, targets: string | null): string {
  const tried = targets === null ? '' : ` --targets ${targets}`;
  return `sallyport doctor --from-agent --url ${url} --token ${token}${tried}`;
}

function reachedTypes(printed: string): string[] {
  return z
    .object({
      tried: z.object({
        reachable: z.array(z.object({ target: z.object({ type: z.string() }) })),
      }),
    })
    .parse(JSON.parse(printed))
    .tried.reachable.map(({ target }) => target.type);
}

function policy(port: number): string {
  return `sallyport: 1
upstreams:
  files: { mcp: { url: "http://127.0.0.1:${port}/mcp" } }
agents:
  reporter: {}
`;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
