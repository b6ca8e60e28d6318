/** What docs/ledger.md tells an auditor to do is done, command by command, on the ledger of a gateway that served calls. */
import { appendFileSync, copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadPolicy } from '../../src/policy/load.ts';
import { emptyLock } from '../../src/policy/lock.ts';
import { startCliProject } from '../cli-project.ts';

const repository = join(import.meta.dirname, '../..');
const document = readFileSync(join(repository, 'docs/ledger.md'), 'utf8');

function blocks(language: string): string[] {
  return [...document.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, block = '']) => block,
  );
}

test('its policy loads', () => {
  const [ledger = ''] = blocks('yaml');
  const text = `sallyport: 1\n${ledger}`;
  const loaded = loadPolicy({ file: 'sallyport.yaml', readFile: () => text, lock: emptyLock });
  const { file, webhook } = parse(ledger).ledger.checkpoints;
  expect(loaded).toMatchObject({ ok: true, policy: { checkpoints: { file, webhook } } });
});

test('an auditor, command by command', { timeout: 90_000 }, async () => {
  await using project = await startCliProject();
  const at = (name: string) => join(project.directory, name);
  await project.stopAll();
  appendFileSync(
    at('sallyport.yaml'),
    `ledger: { checkpoints: { file: ${at('kept.checkpoints')} } }\n`,
  );
  // Two starts: each leaves a checkpoint behind as it stops.
  for (const _start of [1, 2]) {
    const gateway = await project.start('sallyport up --port 0');
    const token = (await project.shell('sallyport token --agent reporter')).out.trim();
    for (const path of ['reports/q3.txt', 'payroll.txt']) await ask(gateway.url, token, path);
    expect(await gateway.end()).toBe(0);
  }
  cpSync(at('.sallyport'), at('backup'), { recursive: true });
  copyFileSync(at('.sallyport/ledger.vkey'), at('ledger.vkey'));
  copyFileSync(join(repository, 'packages/verify/verify.js'), at('verify.js'));

  const doctor = await project.shell('sallyport doctor');
  expect(doctor.out).toMatch(/ok +checkpoints file +\d+ events are covered there/);

  const told = blocks('console').flatMap(commandsOf);
  expect(told.length).toBeGreaterThan(8);
  const done: { command: string; output: string }[] = [];
  for (const { command } of told) {
    const { out, err } = await project.shell(command);
    expect(err).toBe('');
    done.push({ command, output: masked(out) });
  }
  expect(done).toEqual(told.map(({ command, output }) => ({ command, output: masked(output) })));
});

test('a sink that fails is in the log, in the record, and in what doctor says', {
  timeout: 60_000,
}, async () => {
  await using project = await startCliProject();
  const at = (name: string) => join(project.directory, name);
  await project.stopAll();
  expect((await project.shell('sallyport doctor')).out).toMatch(/ok +checkpoints +no sink is set/);
  writeFileSync(at('taken'), 'something else\n');
  appendFileSync(at('sallyport.yaml'), `ledger: { checkpoints: { file: ${at('taken')} } }\n`);
  const gateway = await project.start('sallyport up --port 0');
  const alerts = 'sallyport ledger list --type alert.raised --json';
  for (let out = ''; !out.includes('notify_failed'); { out } = await project.shell(alerts));
  await gateway.end();
  expect(gateway.err).toContain('it holds something else than checkpoints of this ledger');
  expect(readFileSync(at('taken'), 'utf8')).toBe('something else\n');
  const doctor = await project.shell('sallyport doctor');
  expect([doctor.code, doctor.out]).toEqual([
    1,
    expect.stringMatching(/BAD +checkpoints file +fails since .*it holds something else/),
  ]);
});

async function ask(url: string, token: string, path: string): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'files.read_text_file', arguments: { path } },
    }),
  });
  expect(answer.status).toBe(200);
  await answer.text();
}

function commandsOf(console: string): { readonly command: string; readonly output: string }[] {
  return console
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { command: part.slice(0, end), output: part.slice(end + 1) };
    });
}

/** How many events there were, and whose ledger it was. */
function masked(output: string): string {
  return output
    .replaceAll(/sallyport\.local\/\S+/g, 'KEY')
    .replaceAll(/\d+ (events|sealed|kept)/g, 'N $1');
}
