/** `docs/wire.md` against a real gateway in front of a real file server: every example is sent, every answer compared. */
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isJsonArray, isJsonObject, type JsonValue } from '../src/content/value.ts';
import { httpLimits } from '../src/edges/http/limits.ts';
import { mcpLimits } from '../src/edges/mcp/limits.ts';
import { startRealGateway } from './real-gateway.ts';

const document = await readFile(new URL('../docs/wire.md', import.meta.url), 'utf8');

interface Exchange {
  readonly request: string;
  readonly answer: string;
}

/** Blocks marked `http`, two by two. */
function exchanges(): readonly Exchange[] {
  const blocks = [...document.matchAll(/^```http\n([\s\S]*?)^```$/gm)].map(
    ([, block = '']) => block,
  );
  return blocks.flatMap((request, index) =>
    index % 2 === 0 ? [{ request, answer: blocks[index + 1] ?? '' }] : [],
  );
}

test('every example of the document is what a gateway answers', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'sallyport-wire-')));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'may.txt'), 'May was good. June will tell.');
  const program = createRequire(import.meta.url).resolve(
    '@modelcontextprotocol/server-filesystem/dist/index.js',
  );
  const real = stack.use(
    await startRealGateway({
      policy: policyFor(program, folder),
      upstreams: [
        {
          name: 'files',
          transport: {
            type: 'stdio',
            command: process.execPath,
            args: [program, folder],
            env: new Map(),
          },
        },
      ],
    }),
  );

  const names = new Map([
    ['OPENER', await real.openerToken()],
    ['AGENT', await real.agentToken('reporter')],
    ['FOLDER', folder],
  ]);
  expect(exchanges().length).toBeGreaterThan(5);
  for (const { request, answer } of exchanges()) {
    const expected = parse(fill(answer, names));
    const heard = await send(real.url, parse(fill(request, names)));
    expect({ asked: request, ...heard }, request).toMatchObject({
      asked: request,
      status: statusOf(expected),
      body: pattern(JSON.parse(expected.body)),
    });
    remember(heard.body, names);
  }
});

test('the bounds in the document are those in force', () => {
  const rows = [...document.matchAll(/^\| `(\w+(?:Max|Ms))` \| (\d+) \|$/gm)].map(
    ([, name, value]) => [name, Number(value)],
  );
  expect(rows.length).toBeGreaterThan(5);
  const bounds: Readonly<Record<string, number>> = { ...httpLimits, ...mcpLimits };
  expect(rows).toEqual(rows.map(([name]) => [name, bounds[String(name)]]));
});

interface Parsed {
  readonly first: string;
  readonly headers: readonly [string, string][];
  readonly body: string;
}

function parse(block: string): Parsed {
  const [head = '', ...rest] = block.split('\n\n');
  const [first = '', ...lines] = head.trimEnd().split('\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { first, headers, body: rest.join('\n\n').trim() };
}

async function send(
  url: string,
  { first, headers, body }: Parsed,
): Promise<{ status: number; body: JsonValue }> {
  const [method = '', path = ''] = first.split(' ');
  const response = await fetch(new URL(path, url), {
    method,
    headers: [...headers],
    ...(body === '' ? {} : { body }),
  });
  const parsed: JsonValue = JSON.parse(await response.text());
  return { status: response.status, body: parsed };
}

function statusOf({ first }: Parsed): number {
  return Number(first.split(' ')[1]);
}

function fill(block: string, names: ReadonlyMap<string, string>): string {
  return block.replace(/\$([A-Z]+)/g, (_, name: string) => names.get(name) ?? `$${name}`);
}

/** `…` stands for any text. */
function pattern(value: JsonValue): unknown {
  if (typeof value === 'string' && value.includes('…')) {
    return expect.stringMatching(
      new RegExp(`^${value.split('…').map(literally).join('[\\s\\S]*')}$`),
    );
  }
  if (isJsonArray(value)) return value.map(pattern);
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pattern(item)]));
  return value;
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function remember(body: JsonValue, names: Map<string, string>): void {
  if (!isJsonObject(body) || !isJsonObject(body['run'])) return;
  const { handle } = body;
  const { id } = body['run'];
  if (typeof handle !== 'string' || typeof id !== 'string') return;
  names.set('HANDLE', handle);
  names.set('RUN', id);
}

function policyFor(program: string, folder: string): string {
  return `sallyport: 1
enforcement: strict
upstreams:
  files: { mcp: { command: ${JSON.stringify(process.execPath)}, args: [${JSON.stringify(program)}, ${JSON.stringify(folder)}] } }
tools:
  files.read_text_file: { action: read, tier: read_only, reach: internal, args: { path: path, head: number, tail: number } }
  files.write_file: { action: write, tier: consequential, reach: internal, args: { path: path, content: content } }
users: { static: { ann: { roles: [staff] } } }
roles:
  staff: { permissions: { files: { read: allow, write: allow } } }
approvals: { default: staff, wait: 100ms }
agents:
  reporter:
    acts_for: [staff]
    unattended: { owner: staff }
    model: { through: reported }
    permissions:
      files:
        read: { paths: { under: [${JSON.stringify(folder)}] } }
        write: { paths: { under: [${JSON.stringify(folder)}] } }
`;
}
