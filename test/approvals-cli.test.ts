/** `sallyport approvals` as people use it: against a gateway that runs, with a call that waits in it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { run } from '../src/cli/program.ts';
import { askGateway } from '../src/edges/admin/client.ts';
import { type CliProject, type HeldCall, heldCall, startCliProject } from './cli-project.ts';

let project: CliProject & { readonly url: string };
let held: HeldCall;
/** Each of its own, so that what was refused once isn't refused for that. */
let content: string;
let round = 0;
let file: (name: string) => string;

beforeAll(async () => {
  project = await startCliProject();
  file = (name) => join(project.directory, name);
  const data = file('.sallyport');
  const tokens = [
    ['agent', { holder: 'agent', name: 'reporter', user: null, expiresInMs: null }],
    ['opener', { holder: 'opener', name: 'backend', agents: null, expiresInMs: null }],
    ['old', { holder: 'approver', name: 'ann', expiresInMs: 100 }],
  ] as const;
  for (const [name, input] of tokens) {
    const minted = await askGateway(data, 'token.mint', input);
    writeFileSync(file(`${name}.token`), `${String(minted?.['token'])}\n`, { mode: 0o600 });
  }
  writeFileSync(file('open.token'), 'sp_approver_x', { mode: 0o644 });
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());
beforeEach(async () => {
  round += 1;
  content = `sales, as written in round ${round}`;
  held = await heldCall(project, content);
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** In this process, against the gateway in its own: as `sallyport` does it, without a Node to start for each line. */
async function sallyport(...words: readonly string[]): Promise<Ran> {
  let [out, err] = ['', ''];
  const code = await run([...words, '--data', file('.sallyport')], {
    out: { write: (text: string) => (out += text) },
    err: { write: (text: string) => (err += text) },
  });
  return { code, out, err };
}

const approve = (...options: readonly string[]): Promise<Ran> =>
  sallyport('approvals', 'approve', held.id, ...options);

const waits = async (): Promise<boolean> =>
  (await sallyport('approvals', 'list')).out.includes(held.id);

function written(): string | null {
  const report = file(join('files', 'reports', 'q4.txt'));
  return existsSync(report) ? readFileSync(report, 'utf8') : null;
}

async function untilWritten(): Promise<void> {
  for (let tries = 0; tries < 500 && written() !== content; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

test('what waits is listed and shown: facts, arguments and the digest that an answer needs', async () => {
  const list = await sallyport('approvals', 'list');
  expect(list.out).toContain(held.id);
  expect(list.out).toContain('waiting');
  const show = await sallyport('approvals', 'show', held.id);
  expect(show).toMatchObject({ code: 0, err: '' });
  expect(show.out).toContain('files.write_file');
  expect(show.out).toContain('Why it waits');
  expect(show.out).toContain(content);
  expect(show.out).toContain(`Digest: ${held.digest}`);
});

test('approved by a person, the call is performed, and the record says by whom', async () => {
  const options = ['--token-file', file('ann.token'), '--digest', held.digest, '--yes'];
  expect(await approve(...options)).toEqual({
    code: 0,
    out: `${held.id} is approved by ann\n`,
    err: '',
  });
  await untilWritten();
  expect(written()).toBe(content);
  const list = await askGateway(file('.sallyport'), 'approvals.list', {});
  expect(JSON.stringify(list)).not.toContain(held.id);
  expect((await approve(...options)).code).toBe(1);
});

test('rejected, it never is', async () => {
  process.env['SALLYPORT_APPROVER_TOKEN'] = readFileSync(file('ann.token'), 'utf8').trim();
  const ran = await sallyport('approvals', 'reject', held.id, '--reason', 'not now');
  delete process.env['SALLYPORT_APPROVER_TOKEN'];
  expect(ran).toEqual({ code: 0, out: `${held.id} is rejected by ann\n`, err: '' });
  expect(await sallyport('approvals', 'show', held.id)).toMatchObject({ code: 1, out: '' });
  expect(written()).not.toBe(content);
});

describe('an answer that isn’t one', () => {
  test.each([
    ['of nobody', null, 2, 'say who answers'],
    ['of an agent', 'agent', 1, 'the credential is not valid'],
    ['of an opener', 'opener', 1, 'the credential is not valid'],
    ['with a token that is over', 'old', 1, 'the credential is not valid'],
    ['with a file that others may read', 'open', 1, 'can be reached by other users'],
    ['with no file', 'none', 1, "can't be opened"],
  ])('%s', async (_, token, code, why) => {
    const from = token === null ? [] : ['--token-file', file(`${token}.token`)];
    const ran = await approve(...from, '--digest', held.digest, '--yes');
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toContain(why);
    expect(await waits()).toBe(true);
  });

  test('to another call than the one that waits', async () => {
    const other = `sha256:${'0'.repeat(64)}`;
    const ran = await approve(
      '--token-file',
      file('ann.token'),
      '--digest',
      other,
      '--yes',
      '--json',
    );
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.out)).toMatchObject({
      ok: false,
      error: {
        code: 'approval.changed',
        hint: `look at it again: \`sallyport approvals show ${held.id}\``,
      },
    });
    expect(await waits()).toBe(true);
  });

  test.each([
    ['a script that shows no digest', ['--yes'], '`--yes` needs `--digest`'],
    ['where nobody can be asked', [], 'there is nobody to ask'],
  ])('%s', async (_, options, why) => {
    const ran = await approve('--token-file', file('ann.token'), ...options);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(why);
  });
});

test('a run that is closed while its call waits is closed when somebody has answered, and says so', async () => {
  const opened = await fetch(new URL('/v1/runs', project.url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${readFileSync(file('opener.token'), 'utf8').trim()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ agent: 'reporter' }),
  });
  const { handle, run: of } = z
    .object({ handle: z.string(), run: z.object({ id: z.string() }) })
    .parse(await opened.json());
  content = `${content}, in a run with an end`;
  held = await heldCall(project, content, handle);
  const statusOf = async () =>
    JSON.parse((await sallyport('runs', 'show', of.id, '--json')).out).run.status;
  expect(await sallyport('runs', 'close', of.id)).toEqual({
    code: 0,
    out: `${of.id} takes no new calls; it is closed when what waits for people has its answers\n`,
    err: '',
  });
  expect(await statusOf()).toBe('closing');
  const options = ['--token-file', file('ann.token'), '--digest', held.digest, '--yes'];
  expect(await approve(...options)).toMatchObject({ code: 0 });
  await untilWritten();
  expect(written()).toBe(content);
  await expect.poll(statusOf).toBe('closed');
});

/** A terminal, as `script` of any Linux makes one. */
describe.skipIf(!existsSync('/usr/bin/script'))('on a terminal', () => {
  const program = (): string => file(join('bin', 'sallyport'));

  /** Keys are pressed once it asks: before, the terminal would have read them. */
  async function onTerminal(words: string, keys: string): Promise<Omit<Ran, 'err'>> {
    const child = spawn('script', ['-qec', `${program()} ${words}`, '/dev/null'], {
      cwd: project.directory,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (!out.includes('[y/N]') && (out + chunk).includes('[y/N]')) child.stdin.write(keys);
      out += chunk;
    });
    const [code] = await once(child, 'close');
    return { code, out };
  }

  test.each([
    ['y\r', 'is approved by ann', true],
    ['\r', 'nothing was approved', false],
    // Ctrl-C, and Ctrl-D.
    ['\x03', 'nothing was approved', false],
    ['\x04', 'nothing was approved', false],
  ])('somebody is shown it and says %j', async (said, why, performed) => {
    const ran = await onTerminal(`approvals approve ${held.id} --token-file ann.token`, said);
    expect(ran.out).toContain('Why it waits');
    expect(ran.out).toContain('Approve it as ann? [y/N]');
    expect(ran.out).toContain(why);
    expect(ran.code).toBe(performed ? 0 : 1);
    if (performed) await untilWritten();
    expect(written() === content).toBe(performed);
  });
});

test('a token that is bound to a person says so', async () => {
  const { code, err } = await sallyport('token', '--agent', 'reporter', '--user', 'ann');
  expect(code).toBe(0);
  expect(err).toMatch(/^token \S+ for agent reporter, bound to ann; it is not shown again\n$/);
});

test('without a gateway it says so', async () => {
  const ran = await project.shell('sallyport approvals list --data elsewhere');
  expect(ran).toMatchObject({ code: 3, out: '' });
  expect(ran.err).toContain('error: no gateway runs here\nhint: `sallyport up` starts it');
});
