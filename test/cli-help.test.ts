/** The command line as its help describes it: each example runs as it stands, and every command speaks JSON and exit codes. */
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../src/cli/program.ts';
import { type CliProject, freshValue, makeCliProject, startCliProject } from './cli-project.ts';

const helps = await allHelps([]);
const examples = [...new Set(helps.flatMap(({ lines }) => lines))];

/** Where it isn't 0: the agent of these tests runs beside its gateway, so it does have other ways out. */
const exitCodes: Readonly<Record<string, number>> = {
  'sallyport doctor --from-agent --url <url> --token <token> --targets targets.json > attempt.json': 1,
  'sallyport doctor --record attempt.json --agent reporter': 1,
  // Its run is new, and has no call yet.
  'sallyport runs show <run> --call 17': 2,
};

let project: CliProject & { readonly url: string };
/** For what has to start from nothing: `init`, and a second gateway. */
let fresh: CliProject;

beforeAll(async () => {
  project = await startCliProject();
  fresh = makeCliProject();
  writeFileSync(
    join(fresh.directory, 'mcp.json'),
    JSON.stringify({
      mcpServers: {
        files: {
          command: join(import.meta.dirname, '..', 'node_modules', '.bin', 'mcp-server-filesystem'),
          args: ['files'],
        },
      },
    }),
  );
}, 120_000);

afterAll(async () => {
  await Promise.all([project[Symbol.asyncDispose](), fresh[Symbol.asyncDispose]()]);
});

describe('help', () => {
  test.each(helps.map(({ path, lines }) => [['sallyport', ...path].join(' '), lines] as const))(
    '%s shows examples',
    (command, lines) => {
      expect(lines).not.toEqual([]);
      expect(command === 'sallyport' || lines.every((line) => line.startsWith(command))).toBe(true);
    },
  );
});

describe('examples', () => {
  test.each(examples)('$ %s', { timeout: 60_000 }, async (example) => {
    if (/^sallyport up\b/.test(example)) return expectUp(example);
    const inFresh = /^sallyport init\b/.test(example);
    if (inFresh && !example.includes('--force')) forgetFresh();
    let line = example;
    for (const [placeholder] of example.matchAll(/<[a-z]+>/g))
      line = line.replace(placeholder, await freshValue(project, placeholder));
    const ran = await (inFresh ? fresh : project).shell(line);
    expect(ran, ran.err).toMatchObject({ code: exitCodes[example] ?? 0 });
    if (ran.code === 0) expect(ran.err).not.toContain('error:');
  });
});

async function expectUp(example: string): Promise<void> {
  forgetFresh();
  await fresh.shell('sallyport init --from mcp.json');
  if (!example.includes('--port') && !(await isFree(7080))) {
    expect(await fresh.shell(example)).toMatchObject({ code: 3 });
    return;
  }
  const gateway = await fresh.start(example);
  expect((await fetch(gateway.url, { method: 'POST' })).status).toBe(401);
  expect(await gateway.end()).toBe(0);
}

function forgetFresh(): void {
  for (const file of ['sallyport.yaml', 'sallyport.lock', 'sallyport.schema.json', '.sallyport'])
    rmSync(join(fresh.directory, file), { recursive: true, force: true });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A call of every command that ends by itself. */
const calls: readonly (readonly [string, number])[] = [
  ['init', 2],
  ['doctor', 0],
  ['doctor --targets', 0],
  ['policy check', 0],
  [
    'policy explain --agent reporter --tool files.read_text_file --args {"path":"reports/q3.txt"}',
    0,
  ],
  ['policy explain --agent reporter --tool files.read_text_file --args {"path":"q4.txt"}', 1],
  ['policy explain --agent reporter --tool files.read_text_file --case {"custmer":"c-7"}', 2],
  ['policy test', 0],
  ['policy schema', 0],
  ['policy diff sallyport.yaml sallyport.yaml', 0],
  ['policy diff sallyport.yaml', 2],
  ['tools list', 0],
  ['tools diff', 0],
  ['tools pin files.read_text_file', 0],
  ['tools pin', 2],
  ['runs list', 0],
  ['runs show run_unknown', 1],
  ['runs show run_unknown --call call_unknown', 1],
  ['runs close run_unknown', 1],
  ['approvals list', 0],
  ['approvals show call_unknown', 1],
  ['approvals approve call_unknown', 2],
  ['approvals approve call_unknown --token-file ann.token', 2],
  ['approvals approve call_unknown --token-file ann.token --yes', 2],
  ['approvals approve call_unknown --token-file ann.token --yes --digest sha256:0', 1],
  ['approvals reject call_unknown --token-file nowhere.token', 1],
  ['approvals reject call_unknown --token-file ann.token', 1],
  ['approvals list --data nowhere', 3],
  ['ledger list', 0],
  ['ledger list --from 1 --limit 1 --type call.denied', 0],
  ['ledger list --limit 0', 2],
  ['ledger list --type nope', 2],
  ['ledger verify', 0],
  ['ledger receipt 0', 0],
  ['ledger receipt call_unknown', 2],
  ['ledger export', 0],
  ['token --agent reporter', 0],
  ['token --agent nobody', 2],
  ['token --approver ann', 0],
  ['token --approver nobody', 2],
  ['token --approver ann --agent reporter', 2],
  ['token --approver ', 2],
  ['token', 2],
  ['token list', 0],
  ['token rotate tok_unknown', 1],
  ['token revoke tok_unknown', 1],
  ['token --agent reporter --expires soon', 2],
  ['suspend reporter', 0],
  ['resume reporter', 0],
  ['up', 3],
  ['policy check --policy nowhere.yaml', 2],
  ['policy check --colour', 2],
  ['ledger receipt', 2],
  ['ledger verify --data nowhere', 2],
  ['ledger export --data broken', 3],
  ['policy check broken.yaml', 1],
  ['nothing', 2],
];

describe('--json', () => {
  beforeAll(() => {
    const { directory } = project;
    writeFileSync(join(directory, 'broken.yaml'), 'sallyport: 1\nagent: {}\n');
    rmSync(join(directory, 'broken'), { recursive: true, force: true });
  });

  test('every command is in the table', () => {
    const leaves = helps.filter(
      ({ path }) => !helps.some(({ path: other }) => isBelow(other, path)),
    );
    for (const { path } of leaves)
      expect(
        calls.some(([call]) => `${call} `.startsWith(`${path.join(' ')} `)),
        path.join(' '),
      ).toBe(true);
  });

  test.each(calls)('sallyport %s: exit code %i', { timeout: 60_000 }, async (call, code) => {
    const words = call.split(' ').map((word) => `'${word}'`);
    if (call.includes('broken') && call.startsWith('ledger')) {
      await project.shell('mkdir -p broken && head -c 4096 /dev/zero > broken/sallyport.db');
    }
    const ran = await project.shell(`sallyport ${words.join(' ')} --json`);
    const object: unknown = JSON.parse(ran.out);
    expect(
      [ran.code, Object.keys(Object(object))[0], Object(object).ok],
      ran.out.slice(0, 2_000),
    ).toEqual([code, 'ok', code === 0]);
  });
});

test('without --json, results go to standard output and problems to standard error', async () => {
  const good = await project.shell('sallyport token list');
  expect([good.code, good.err]).toEqual([0, '']);
  const wrong = await project.shell('sallyport token --agent nobody');
  expect([wrong.code, wrong.out]).toEqual([2, '']);
  expect(wrong.err).toBe('error: the policy knows no agent `nobody`\nhint: it knows reporter\n');
});

test('whoever stops reading gets no stack trace', async () => {
  const ran = await project.shell('sallyport ledger export | head -n 1 | wc -l');
  expect([ran.out.trim(), ran.err]).toEqual(['1', '']);
});

test('a port that is taken is said so, and how to have another', { timeout: 60_000 }, async () => {
  const taken = new URL(project.url).port;
  forgetFresh();
  await fresh.shell('sallyport init --from mcp.json');
  const ran = await fresh.shell(`sallyport up --port ${taken}`);
  expect([ran.code, ran.out]).toEqual([3, '']);
  expect(ran.err).toContain(`error: 127.0.0.1:${taken} can't be listened on\nhint: `);
});

test('up --json: one object on standard output, and every line of the log is one', async () => {
  forgetFresh();
  await fresh.shell('sallyport init --from mcp.json');
  const gateway = await fresh.start('sallyport up --json --port 0');
  expect(await gateway.end()).toBe(0);
  expect(JSON.parse(gateway.out)).toMatchObject({ ok: true, url: gateway.url });
  const lines = gateway.err
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'info', event: 'gateway.stopping' }),
  );
});

interface Help {
  readonly path: readonly string[];
  readonly lines: readonly string[];
}

/** Of a command and everything below it, as the command line itself prints it. */
async function allHelps(path: readonly string[]): Promise<Help[]> {
  let text = '';
  const sink = { write: (part: string) => (text += part) };
  await run([...path, '--help'], { out: sink, err: sink });
  const lines = [...text.matchAll(/^ {2}\$ (.+)$/gm)].map(([, line = '']) => line);
  const [, commands = ''] = /\nCommands:\n((?: {2}.*\n)*)/.exec(text) ?? [];
  const names = [...commands.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name);
  const below = await Promise.all(
    names.filter((name) => name !== 'help').map((name) => allHelps([...path, name])),
  );
  return [{ path, lines }, ...below.flat()];
}

function isBelow(path: readonly string[], above: readonly string[]): boolean {
  return path.length > above.length && above.every((name, index) => path[index] === name);
}
