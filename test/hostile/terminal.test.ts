/** No string that an agent, a server or a file can choose drives the terminal of whoever reads what Sallyport says. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { type CliProject, makeCliProject, type Started } from '../cli-project.ts';
import { postJson, postRun } from '../mcp-client.ts';
import { shouting, whatATerminalWouldActOn } from './shouting-text.ts';

const quoted = JSON.stringify(shouting).replaceAll('\u007f', '\\u007f');
const server = join(import.meta.dirname, 'shouting-server.ts');

/** The words stand in it as escapes of YAML: whoever reviews the file sees them, and what is made of it has them. */
const policy = `sallyport: 1
enforcement: strict
upstreams:
  shout: { mcp: { command: '${process.execPath}', args: ['${server}'] } }
tools:
  shout.say: { action: say, tier: read_only, reach: internal, args: { text: content } }
roles:
  staff: { permissions: { shout: { say: allow } } }
agents:
  speaker:
    acts_for: [staff]
    unattended: { owner: staff }
    permissions: { shout: { say: { where: { text: ${escapedForYaml()} } } } }
  narrator:
    acts_for: [staff]
    unattended: { owner: staff }
    case: { about: identifier }
    permissions: { shout: { say: allow } }
`;

/** JSON's escapes are YAML's; what JSON leaves as it is is escaped too. */
function escapedForYaml(): string {
  return quoted.replace(
    /[\u0080-\u{10ffff}]/gu,
    (character) => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
  );
}

const policyTests = `policytest: 1
given: { agent: speaker, at: 2026-11-23T10:00:00Z }
tests:
  - name: ${escapedForYaml()}
    call: shout.say
    with: { text: ${escapedForYaml()} }
    expect: deny
`;

interface Said {
  readonly out: string;
  readonly err: string;
}

let project: CliProject;
let policyFile: string;
let forPeople: Started;
let humanLog = '';
let jsonLog = '';
let runId = '';
let elsewhere: ReturnType<typeof createServer>;
let elsewhereUrl = '';

beforeAll(async () => {
  project = makeCliProject();
  policyFile = join(project.directory, 'sallyport.yaml');
  write('sallyport.yaml', policy);
  write('sallyport.policytest.yaml', policyTests);
  write(
    'broken.yaml',
    `sallyport: 1\nagents: { ${escapedForYaml()}: { ${escapedForYaml()}: [] } }\n`,
  );
  write('other.yaml', policy.replace('x\\u001b', 'y\\u001b'));
  write('raw.yaml', `sallyport: 1\nname: ${shouting}\n`);
  write('unusable.yaml', policy.replace('shout.say:', 'shout.unusable:'));
  write('mcp.json', JSON.stringify({ mcpServers: { [shouting]: { command: shouting } } }));
  write(
    'shout.json',
    JSON.stringify({ mcpServers: { shout: { command: process.execPath, args: [server] } } }),
  );
  write('attempt.json', JSON.stringify({ [shouting]: shouting }));
  write('odd.receipt', shouting);
  const pinned = await sallyport(['tools', 'pin', '--all']);
  if (/^error/.test(pinned.err)) throw new Error(pinned.err);
  writeFileSync(
    join(project.directory, 'unusable.lock'),
    readFileSync(join(project.directory, 'sallyport.lock')),
  );
  elsewhere = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(quoted);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => elsewhere.once('listening', resolve));
  const address = elsewhere.address();
  elsewhereUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/mcp`;

  const machine = await project.start('sallyport up --json --port 0');
  await useIt(machine.url);
  await machine.end();
  jsonLog = machine.err;
  forPeople = await project.start('sallyport up --port 0 --console off');
  await useIt(forPeople.url);
  humanLog = forPeople.err;
}, 60_000);

afterAll(async () => {
  elsewhere.close();
  await project[Symbol.asyncDispose]();
});

function write(name: string, text: string): void {
  mkdirSync(project.directory, { recursive: true });
  writeFileSync(join(project.directory, name), text);
}

/** As a shell would start it, on a terminal. */
async function sallyport(argv: readonly string[], json = false): Promise<Said> {
  const said = { out: '', err: '' };
  const streams = {
    out: { isTTY: true, write: (text: string) => (said.out += text) },
    err: { isTTY: true, write: (text: string) => (said.err += text) },
  };
  const where = argv.includes('--policy') ? [] : ['--policy', policyFile];
  process.env['NO_COLOR'] = '1';
  await run([...argv, ...where, ...(json ? ['--json'] : [])], streams);
  return said;
}

/** Everything that an agent and an opener can say, over the real door. */
async function useIt(url: string): Promise<void> {
  const door = url.replace('/mcp', '');
  const opener = (await sallyport(['token', '--opener', 'backend'])).out.trim();
  const speaker = (await sallyport(['token', '--agent', 'speaker'])).out.trim();
  const narrator = (await sallyport(['token', '--agent', 'narrator'])).out.trim();
  const { run: opened, handle } = await postRun(door, opener, {
    agent: 'narrator',
    case: { about: shouting },
    request: shouting,
    outside: [shouting],
  });
  runId = opened;
  const call = (token: string, params: object, headers = {}): Promise<unknown> =>
    postJson(url, token, { jsonrpc: '2.0', id: shouting, method: 'tools/call', params }, headers);
  const _meta = { [shouting]: shouting, 'dev.sallyport/step': shouting };
  await call(speaker, { name: 'shout.say', arguments: { text: 'other' }, _meta });
  await call(speaker, { name: shouting, arguments: { [shouting]: shouting } });
  await call(speaker, { name: `shout.${shouting}`, arguments: {} });
  await call(
    narrator,
    { name: 'shout.say', arguments: { text: shouting } },
    { 'sallyport-run': handle },
  );
  await call(
    narrator,
    { name: 'shout.say', arguments: { text: 'crash' } },
    { 'sallyport-run': handle },
  );
  await call(
    narrator,
    { name: 'shout.say', arguments: {} },
    { 'sallyport-run': encodeURIComponent(shouting) },
  );
  await postJson(url, speaker, {
    jsonrpc: '2.0',
    id: 1,
    method: shouting,
    params: { [shouting]: 1 },
  });
  await postJson(`${door}/v1/runs`, opener, { agent: shouting, [shouting]: 1 });
  await postJson(`${door}/v1/runs`, opener, {
    agent: 'narrator',
    user: shouting,
    case: { [shouting]: shouting },
  });
  await fetch(`${door}/${encodeURIComponent(shouting)}?${encodeURIComponent(shouting)}`, {
    headers: { 'user-agent': 'x\u009b31m\u0085' },
  });
}

const file = (name: string): string => join(project.directory, name);

describe('whoever reads a command’s answer', () => {
  // What can't be chosen by others is there too: a command that echoes its argument is read by the next who looks.
  const commands: [string, () => readonly string[]][] = [
    ['runs list', () => ['runs', 'list']],
    ['runs list, of an odd agent', () => ['runs', 'list', '--agent', shouting]],
    ['runs show', () => ['runs', 'show', runId]],
    ['runs show, of no run', () => ['runs', 'show', shouting]],
    ['runs close', () => ['runs', 'close', runId, '--reason', shouting]],
    ['token list', () => ['token', 'list']],
    ['token for an odd agent', () => ['token', '--agent', shouting]],
    ['token for an odd opener', () => ['token', '--opener', shouting, '--agents', shouting]],
    ['token of an odd person', () => ['token', '--agent', 'speaker', '--user', shouting]],
    ['token revoke', () => ['token', 'revoke', shouting]],
    ['suspend', () => ['suspend', shouting, '--reason', shouting]],
    ['resume', () => ['resume', shouting]],
    ['tools list', () => ['tools', 'list']],
    ['tools diff', () => ['tools', 'diff']],
    ['tools pin', () => ['tools', 'pin', `shout.${shouting}`]],
    ['policy check', () => ['policy', 'check']],
    [
      'policy check, of names that are none',
      () => ['policy', 'check', '--policy', file('broken.yaml')],
    ],
    ['policy check, of bytes that hide', () => ['policy', 'check', '--policy', file('raw.yaml')]],
    [
      'policy check, of a schema that is none',
      () => ['policy', 'check', '--policy', file('unusable.yaml')],
    ],
    [
      'policy check, of no file',
      () => ['policy', 'check', '--policy', file(shouting.replaceAll('\0', ''))],
    ],
    ['policy test', () => ['policy', 'test']],
    ['policy test, of no file', () => ['policy', 'test', file(shouting.replaceAll('\0', ''))]],
    [
      'policy explain',
      () => [
        'policy',
        'explain',
        '--agent',
        'speaker',
        '--tool',
        'shout.say',
        '--args',
        JSON.stringify({ text: shouting }),
      ],
    ],
    [
      'policy explain, of odd names',
      () => [
        'policy',
        'explain',
        '--agent',
        shouting,
        '--tool',
        shouting,
        '--user',
        shouting,
        '--case',
        quoted,
      ],
    ],
    [
      'policy explain, at an odd time',
      () => ['policy', 'explain', '--agent', 'a', '--tool', 'b', '--at', shouting],
    ],
    ['ledger verify', () => ['ledger', 'verify']],
    [
      'ledger verify, of an odd receipt',
      () => ['ledger', 'verify', '--receipt', file('odd.receipt')],
    ],
    [
      'ledger verify, of an odd checkpoint',
      () => ['ledger', 'verify', '--checkpoint', file('odd.receipt')],
    ],
    ['ledger verify, of an odd key', () => ['ledger', 'verify', '--key', shouting]],
    ['ledger receipt', () => ['ledger', 'receipt', '0']],
    ['ledger receipt, of no call', () => ['ledger', 'receipt', shouting]],
    ['ledger export', () => ['ledger', 'export']],
    ['ledger list', () => ['ledger', 'list']],
    ['ledger list, of odd names', () => ['ledger', 'list', '--agent', shouting, '--run', shouting]],
    ['policy diff', () => ['policy', 'diff', file('other.yaml'), file('sallyport.yaml')]],
    [
      'policy diff, of no file',
      () => ['policy', 'diff', file('broken.yaml'), shouting.replaceAll('\0', '')],
    ],
    ['doctor', () => ['doctor']],
    ['doctor --targets', () => ['doctor', '--targets']],
    [
      'doctor --from-agent',
      () => ['doctor', '--from-agent', '--url', elsewhereUrl, '--token', 'x'],
    ],
    [
      'doctor --from-agent, with odd targets',
      () => [
        'doctor',
        '--from-agent',
        '--url',
        elsewhereUrl,
        '--token',
        'x',
        '--targets',
        file('attempt.json'),
      ],
    ],
    ['doctor --record', () => ['doctor', '--record', file('attempt.json'), '--agent', shouting]],
    [
      'init, from a file of odd names',
      () => ['init', '--from', file('mcp.json'), '--policy', file('new.yaml')],
    ],
    [
      'init, from a server that shouts',
      () => ['init', '--from', file('shout.json'), '--policy', file('drafted.yaml'), '--force'],
    ],
    ['up, at an odd address', () => ['up', '--host', shouting]],
    ['up, at an odd port', () => ['up', '--port', shouting]],
    ['an odd command', () => [shouting]],
    ['an odd option', () => ['runs', 'list', `--${shouting}`]],
  ];

  test.each(commands)('%s: as text', async (_, argv) => {
    const { out, err } = await sallyport(argv());
    expect(out + err).not.toBe('');
    expect(whatATerminalWouldActOn(out + err)).toEqual([]);
  });

  test.each(commands)('%s: as JSON', async (_, argv) => {
    const { out, err } = await sallyport(argv(), true);
    expect(Object.keys(JSON.parse(out))[0]).toBe('ok');
    expect(whatATerminalWouldActOn(out + err)).toEqual([]);
  });
});

describe('whoever reads the log', () => {
  test('as JSON: an object a line, whatever was said', () => {
    expect(whatATerminalWouldActOn(jsonLog)).toEqual([]);
    const lines = jsonLog
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(3);
    expect(
      lines.every(({ level, event }) => typeof level === 'string' && typeof event === 'string'),
    ).toBe(true);
    expect(lines.map(({ event }) => event)).not.toContain('forged');
  });

  test('as text: no line begins like one of ours that isn’t', () => {
    expect(whatATerminalWouldActOn(humanLog)).toEqual([]);
    expect(humanLog).toContain('upstream');
    for (const line of humanLog.trimEnd().split('\n'))
      expect(line).toMatch(/^(?: |(?:info|warn|error): |upstream )/);
  });
});

test('what a reviewer reads in the lock and the drafted policy is what is there', () => {
  const written = readdirSync(project.directory).filter((name) =>
    /^(?:sallyport|drafted)\.(?:lock|yaml)$/.test(name),
  );
  expect(written.toSorted()).toEqual([
    'drafted.lock',
    'drafted.yaml',
    'sallyport.lock',
    'sallyport.yaml',
  ]);
  for (const name of written)
    expect(whatATerminalWouldActOn(readFileSync(file(name), 'utf8'))).toEqual([]);
});
