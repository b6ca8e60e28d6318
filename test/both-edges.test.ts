/** One table of calls on both edges: decisions, what the agent gets, effects, and the record are the same. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuardedCallError, RefusedError } from '../src/edges/guard/errors.ts';
import { fold } from '../src/engine/fold.ts';
import { open } from '../src/index.ts';
import type { Lock, LockedTool } from '../src/policy/lock.ts';
import { definitionDigest, formatLock } from '../src/policy/lock-file.ts';
import { openSqliteReader } from '../src/store/sqlite/open.ts';
import { office, officePolicy, officeTools } from './fixtures/office.ts';
import { callTool, postJson, postRun, toolTexts } from './mcp-client.ts';
import { prepareGateway } from './real-gateway.ts';

interface Row {
  readonly name: string;
  readonly tool: string;
  readonly args: Record<string, unknown>;
  readonly user?: string;
}

interface Outcome {
  readonly code: string | null;
  readonly value: unknown;
}

const ann = 'ann@customer.example';

const rows: readonly Row[] = [
  { name: 'reads a folder it may read', tool: 'search', args: { folder: 'support' } },
  { name: 'reads a folder it may not read', tool: 'search', args: { folder: 'executive' } },
  { name: 'leaves the folder out', tool: 'search', args: {} },
  {
    name: 'adds an argument that nobody declared',
    tool: 'search',
    args: { folder: 'support', limit: 5 },
  },
  { name: 'answers the customer', tool: 'send', args: { to: ann, body: 'On its way.' } },
  {
    name: 'answers the customer in the same words again',
    tool: 'send',
    args: { to: ann, body: 'On its way.' },
  },
  { name: 'writes to a stranger', tool: 'send', args: { to: 'eve@evil.example', body: 'hello' } },
  {
    name: 'writes to somebody whose address ends alike',
    tool: 'send',
    args: { to: `jo${ann}`, body: 'hello' },
  },
  {
    name: 'writes to two at once',
    tool: 'send',
    args: { to: `${ann}, eve@evil.example`, body: 'hello' },
  },
  { name: 'writes a second mail', tool: 'send', args: { to: ann, body: 'One more thing.' } },
  {
    name: 'writes a third mail within the hour',
    tool: 'send',
    args: { to: ann, body: 'And another.' },
  },
  { name: 'erases without an approval', tool: 'erase', args: { id: 'm1' } },
  { name: 'imports, and half of it silently fails', tool: 'import', args: { rows: 10 } },
  { name: 'calls a tool that does not exist', tool: 'nothing', args: {} },
  {
    name: 'works for a user who may read',
    tool: 'search',
    args: { folder: 'support' },
    user: 'bob',
  },
  {
    name: 'works for a user who may only read',
    tool: 'erase',
    args: { id: 'm1' },
    user: 'bob',
  },
];

const outcomes = new Map<string, Outcome[]>();
const effects = new Map<string, string>();
const records = new Map<string, unknown[]>();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sallyport-edges-'));
  await overHttp();
  await inProcess();
}, 60_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

test.each(rows.map((row, index) => ({ index, name: row.name })))('$name', ({ index }) => {
  const http = outcomes.get('http')?.[index];
  expect(http).toBeDefined();
  expect(outcomes.get('in-process')?.[index]).toEqual(http);
});

test('the table holds what it says it holds', () => {
  expect(outcomes.get('http')?.map(({ code }) => code)).toEqual([
    null,
    'authorize.folders',
    'schema.invalid',
    'schema.undeclared',
    null,
    'call.duplicate',
    'authorize.recipients',
    'authorize.recipients',
    'schema.unparsable',
    null,
    'authorize.rate',
    'gate.tier',
    null,
    'catalog.unknown_tool',
    null,
    'authorize.user_grant',
  ]);
});

test('the same effects happened, and no others', () => {
  expect(effects.get('in-process')).toBe(effects.get('http'));
  expect(
    effects
      .get('http')
      ?.trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { name: 'send', to: ann, body: 'On its way.' },
    { name: 'send', to: ann, body: 'One more thing.' },
    { name: 'import', rows: 10 },
  ]);
});

test('the same events are in the ledger, but for who mediates', () => {
  expect(records.get('http')?.length).toBeGreaterThan(rows.length);
  expect(records.get('in-process')).toEqual(records.get('http'));
});

async function overHttp(): Promise<void> {
  const file = join(directory, 'http.effects');
  await writeFile(file, '');
  const server = new URL('./fixtures/office-server.ts', import.meta.url).pathname;
  const transport = {
    type: 'stdio',
    command: process.execPath,
    args: [server, file],
    env: new Map(),
  } as const;
  const mcp = `{ mcp: { command: ${JSON.stringify(process.execPath)}, args: [${JSON.stringify(server)}, ${JSON.stringify(file)}] } }`;
  await using prepared = await prepareGateway({
    policy: officePolicy(mcp),
    upstreams: [{ name: 'office', transport }],
  });
  const gateway = await prepared.start();
  try {
    const [agent, opener] = await Promise.all([gateway.agentToken('clerk'), gateway.openerToken()]);
    const handles = new Map<string | undefined, { handle: string; run: string }>();
    for (const { user } of rows) {
      if (!handles.has(user))
        handles.set(
          user,
          await postRun(gateway.url, opener, {
            agent: 'clerk',
            case: { sender: ann },
            ...(user === undefined ? {} : { user }),
          }),
        );
    }
    const said: Outcome[] = [];
    for (const { tool, args, user } of rows) {
      const { result, error } = await callTool(
        gateway.url,
        agent,
        `office.${tool}`,
        args,
        handles.get(user)?.handle,
      );
      const decision = result?._meta?.['dev.sallyport/decision'];
      const code =
        error === undefined ? (decision?.code ?? null) : (error.message.split(':')[0] ?? '');
      said.push({
        code,
        value:
          result?.isError === true
            ? toolTexts({ result }).join('\n')
            : (result?.structuredContent ?? null),
      });
    }
    outcomes.set(
      'http',
      said.map((outcome) => (outcome.code === null ? outcome : { ...outcome, value: null })),
    );
    for (const { run } of handles.values())
      await postJson(`${gateway.url}/v1/runs/${run}/close`, opener, { as: 'success' });
  } finally {
    await gateway[Symbol.asyncDispose]();
  }
  effects.set('http', await readFile(file, 'utf8'));
  records.set('http', await recordOf(prepared.dataDirectory));
}

async function inProcess(): Promise<void> {
  const file = join(directory, 'in-process.effects');
  await writeFile(file, '');
  const policyFile = join(directory, 'sallyport.yaml');
  await writeFile(policyFile, officePolicy('{ functions: true }'));
  const dataDirectory = join(directory, 'data');
  await writeFile(join(directory, 'sallyport.lock'), formatLock(officeLock()));
  const door = await open({ policy: policyFile, directory: dataDirectory, log: () => undefined });
  try {
    const perform = office(file);
    const tools = new Map(
      officeTools.map(({ name, ...definition }) => [
        name,
        door.tool(
          `office.${name}`,
          (args: Record<string, unknown>) => perform(name, args),
          definition,
        ),
      ]),
    );
    // No policy classifies it, on either edge.
    tools.set(
      'nothing',
      door.tool('office.nothing', () => ({})),
    );
    const said: Outcome[] = new Array(rows.length);
    for (const user of [undefined, 'bob']) {
      await door.run(
        { agent: 'clerk', case: { sender: ann }, ...(user === undefined ? {} : { user }) },
        async () => {
          for (const [index, row] of rows.entries()) {
            if (row.user !== user) continue;
            said[index] = (await tools
              .get(row.tool)?.(row.args)
              .then(
                (value): Outcome => ({ code: null, value }),
                (error: unknown): Outcome => {
                  if (error instanceof RefusedError) return { code: error.code, value: null };
                  if (error instanceof GuardedCallError)
                    return { code: null, value: error.message };
                  throw error;
                },
              )) ?? { code: 'none', value: null };
          }
        },
      );
    }
    outcomes.set('in-process', said);
  } finally {
    await door[Symbol.asyncDispose]();
  }
  effects.set('in-process', await readFile(file, 'utf8'));
  records.set('in-process', await recordOf(dataDirectory));
}

/** The same definitions that the server lists, accepted the same way. */
function officeLock(): Lock {
  const tools = officeTools.map(({ name, description, inputSchema }): [string, LockedTool] => {
    const definition = { name, description, inputSchema };
    return [
      name,
      { digest: definitionDigest(definition), definition, pinnedAt: '2026-01-01T00:00:00Z' },
    ];
  });
  return { lockVersion: 1, upstreams: { office: { tools: Object.fromEntries(tools) } } };
}

/** The events of runs, without what has to differ: ids, times, the policy's own hash, who holds the credential. */
async function recordOf(dataDirectory: string): Promise<unknown[]> {
  await using reader = await openSqliteReader({ directory: dataDirectory, foldRun: fold });
  const events = await reader.events({ limit: 10_000 });
  return events
    .filter(({ run }) => run !== null)
    .map(({ event }) =>
      JSON.parse(
        JSON.stringify(event, (key, value) => {
          if (differing.has(key)) return undefined;
          // Each has its policy in a folder of its own.
          return key === 'passed' ? Object.values(value) : value;
        }),
      ),
    )
    .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

const differing = new Set([
  'atMs',
  'run',
  'call',
  'policy',
  'digest',
  'mediation',
  'credential',
  'by',
  'durationMs',
  'frame',
  'budgetLeft',
  'facts',
  'key',
  'at',
  'result',
  'released',
  'arguments',
  'isError',
]);
