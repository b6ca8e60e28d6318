/** What is wrong with a command is said before anything is opened or started. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from './program.ts';

const directory = mkdtempSync(join(tmpdir(), 'sallyport-wrong-use-'));
afterAll(() => rmSync(directory, { recursive: true }));
const nowhere = join(directory, 'nowhere.json');

test.each<[words: readonly string[], error: string, hint: string]>([
  [['token', '--approver', ''], '`--approver` names nobody', 'write a name: `--approver NAME`'],
  [['token', '--agent', ' '], '`--agent` names nobody', 'write a name: `--agent NAME`'],
  [
    ['token', '--agent', 'one', '--user', ''],
    '`--user` names nobody',
    'write a name: `--user NAME`',
  ],
  [
    ['token', '--opener', 'one', '--agents', 'a,'],
    '`--agents` names nobody',
    'write a name: `--agents NAME`',
  ],
  [
    ['ledger', 'list', '--type', 'call.denid'],
    'no event has the type `call.denid`',
    'did you mean `call.denied`?',
  ],
  [['ledger', 'list', '--type', 'nope'], 'no event has the type `nope`', 'there are run.opened, '],
  [
    ['init', '--from', nowhere],
    `${nowhere} can't be read: there is no such file`,
    '`--from` names',
  ],
  [['init', '--from', directory], `${directory} can't be read: it is a folder`, '`--from` names'],
])('sallyport %j', async (words, error, hint) => {
  let [out, err] = ['', ''];
  const options = ['--data', directory, '--policy', join(directory, 'sallyport.yaml')];
  const code = await run([...words, ...options], {
    out: { write: (text: string) => (out += text) },
    err: { write: (text: string) => (err += text) },
  });
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(`error: ${error}\nhint: ${hint}`);
});
