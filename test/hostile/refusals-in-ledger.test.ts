/** What the record has of requests that were refused before they were calls: all of them in number, and no flood. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openGateway } from '../../src/gateway.ts';
import { ping, post, speak } from './raw-http.ts';

let directory: string | null = null;

afterEach(async () => {
  if (directory !== null) await rm(directory, { recursive: true, force: true });
});

test('two thousand refused requests are two events, which say whose they were', async () => {
  directory = await mkdtemp(join(tmpdir(), 'sallyport-refusals-'));
  const policyFile = join(directory, 'sallyport.yaml');
  await writeFile(policyFile, 'sallyport: 1\n');
  const dataDirectory = join(directory, 'data');
  const options = { policyFile, dataDirectory, as: 'gateway', log: () => undefined } as const;
  let credential = '';
  {
    await using gateway = await openGateway(options);
    const server = await gateway.listen({ host: '127.0.0.1', port: 0 });
    const minted = await gateway.tokens.mint({
      holder: 'agent',
      name: 'reporter',
      user: null,
      expiresAtMs: null,
    });
    credential = minted.record.credential;
    const stranger = post(ping, { authorization: 'Bearer guess' });
    const agent = post('{"id":', { authorization: `Bearer ${minted.token}` });
    const said = Array.from({ length: 1_000 }, () => [stranger, agent]).flat();
    expect((await speak(server, said, said.length)).answers).toHaveLength(2_000);
  }

  await using gateway = await openGateway({ ...options, as: 'command' });
  const events = await gateway.store.events({ type: 'edge.refused', limit: 10 });
  const [first, later, ...others] = events.map(({ event }) => event);
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    refusals: [{ code: 'identity.credential_invalid', credential: null, count: 1 }],
    others: 0,
  });
  expect(later).toMatchObject({ type: 'edge.refused', others: 0 });
  expect(later?.type === 'edge.refused' && new Set(later.refusals)).toEqual(
    new Set([
      { code: 'mcp.parse', credential, count: 1_000 },
      { code: 'identity.credential_invalid', credential: null, count: 999 },
    ]),
  );
});
