/** The operator of a program that guards its own functions: the command line reaches its data directory while it runs. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { askGateway } from '../admin/client.ts';
import { adminSocketOf } from '../admin/socket.ts';
import { desk } from './testing/desk.ts';

test('an open door has the operator’s socket, for nobody else, and takes it along', async () => {
  using at = desk();
  const door = await at.open();
  const socket = adminSocketOf(at.dataDirectory);
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  const run = await door.run(
    { agent: 'clerk', case: { sender: 'ann@x.example' } },
    async ({ id }) => {
      const { runs } = (await askGateway(at.dataDirectory, 'runs.list', {
        agent: null,
        status: 'open',
        limit: 10,
        before: null,
      })) ?? { runs: null };
      expect(runs).toMatchObject([{ run: id }]);
      return id;
    },
  );
  expect(run).toMatch(/^run_/);
  await door[Symbol.asyncDispose]();
  expect(existsSync(socket)).toBe(false);
});

test('where there can be no socket, the door opens all the same, and says so', async () => {
  using at = desk();
  // What can't be removed as a file stands in its place.
  mkdirSync(at.dataDirectory, { mode: 0o700 });
  mkdirSync(join(adminSocketOf(at.dataDirectory), 'in-the-way'), { recursive: true });
  await using door = await at.open();
  const note = door.tool('desk.note', () => 'noted');
  expect(
    await door.run({ agent: 'clerk', case: { sender: 'ann@x.example' } }, () =>
      note({ text: 'x' }),
    ),
  ).toBe('noted');
  expect(at.logged).toContainEqual(
    expect.objectContaining({ level: 'warn', event: 'admin.unavailable' }),
  );
});

test('in a worker too, and a program that leaves its door open ends all the same', async () => {
  using at = desk();
  const index = new URL('../../index.ts', import.meta.url).href;
  const program = `
    const { statSync } = await import('node:fs');
    const { parentPort } = await import('node:worker_threads');
    const { open } = await import(${JSON.stringify(index)});
    await open({ policy: ${JSON.stringify(at.policyFile)} });
    parentPort.postMessage(statSync(${JSON.stringify(adminSocketOf(at.dataDirectory))}).mode & 0o777);
  `;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
  const said: unknown[] = [];
  worker.on('message', (message) => said.push(message));
  const code = await new Promise((resolve, reject) => {
    worker.on('exit', resolve);
    worker.on('error', reject);
  });
  expect({ code, said }).toEqual({ code: 0, said: [0o600] });
});
