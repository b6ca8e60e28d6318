/** What the console shows of a gateway, and what it takes beside answers: over HTTP, with a real one. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, type ConsoleRig, openConsoleRig } from '../../../test/console-rig.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { openCheckpoint } from '../../ledger/checkpoint.ts';
import { leafHash } from '../../ledger/leaf.ts';
import { parseVkey } from '../../ledger/note.ts';
import { isConsistent, rootFromInclusion } from '../../ledger/tree.ts';
import { definitionDigest, formatLock, parseLock } from '../../policy/lock-file.ts';
import { lockFileOf } from '../../runtime/policy-source.ts';

const written = 'sk-proj-Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4';
let rig: ConsoleRig;
let sam: Browser;
beforeAll(async () => {
  rig = await openConsoleRig(`# left here by somebody: OPENAI_API_KEY=${written}\n`);
  sam = await rig.signedIn('sam');
  await rig.call('search', { folder: 'support' }, 'ann');
  await rig.call('search', { folder: 'executive' }, 'bob');
  await rig.call('erase', { id: 'm1' });
}, 60_000);
afterAll(() => rig[Symbol.asyncDispose]());

async function rowsOf(path: string): Promise<readonly JsonObject[]> {
  const { json } = await sam.get(path);
  const rows = isJsonObject(json) ? json['rows'] : json;
  return Array.isArray(rows) ? rows.filter((row: JsonValue) => isJsonObject(row)) : [];
}

describe('what happened', () => {
  test('now: runs, what waits, and what is wrong', async () => {
    expect((await sam.get('/api/now')).json).toMatchObject({
      runs: [{ user: null }, { user: 'bob' }, { user: 'ann' }],
      runsOpen: 3,
      holds: [{ tool: 'office.erase', state: 'waiting' }],
      breakers: [],
      suspensions: [],
    });
  });

  test('now: a tool that is shut off, until its server is back, and the alert of it', async () => {
    const { store } = rig.real.gateway;
    const [key, atMs] = ['breaker:office.import', store.nowMs()];
    const untilMs = atMs + 3_600_000;
    const alert = {
      v: 1,
      type: 'alert.raised',
      atMs,
      alert: 'breaker_open',
      run: null,
      call: null,
      details: { tool: 'office.import' },
    } as const;
    await store.commitGateway({
      events: [alert],
      writes: [{ key, value: { failures: 5, openUntilMs: untilMs } }],
    });
    expect((await sam.get('/api/now')).json).toMatchObject({
      breakers: [{ tool: 'office.import', state: 'open', untilMs }],
      alerts: [{ type: 'alert.raised', outcome: 'breaker_open' }],
    });
    await store.commitGateway({ events: [], writes: [{ key, value: null }] });
    expect((await sam.get('/api/now')).json).toMatchObject({ breakers: [] });
  });

  test('runs, a page after the other', async () => {
    const first = await sam.get('/api/runs?limit=2');
    expect(first.json).toMatchObject({ rows: [{ user: null }, { user: 'bob' }] });
    const next = isJsonObject(first.json) ? first.json['next'] : '';
    expect((await sam.get(`/api/runs?limit=2&before=${String(next)}`)).json).toMatchObject({
      rows: [{ user: 'ann' }],
      next: null,
    });
    expect(await rowsOf('/api/runs?status=closed')).toEqual([]);
  });

  test('a run, with what is left of its budget and what waits in it', async () => {
    const [run] = await rowsOf('/api/runs');
    expect((await sam.get(`/api/runs/${String(run?.['id'])}`)).json).toMatchObject({
      agent: 'clerk',
      status: 'open',
      budgetLeft: { tool_calls: 49 },
      holds: [{ tool: 'office.erase' }],
      run: { case: { sender: 'ann@customer.example' } },
    });
    expect((await sam.get('/api/runs/run_none')).status).toBe(404);
  });

  test.each([
    ['a code', 'code=authorize.folders', ['call.denied']],
    ['a person', 'user=ann', ['call.finished', 'call.started', 'run.opened']],
    ['a tool and a type', 'tool=office.erase&type=call.held', ['call.held']],
    ['nothing', 'tool=office.none', []],
  ])('the ledger, by %s', async (_, query, types) => {
    expect((await rowsOf(`/api/ledger?${query}`)).map(({ type }) => type)).toEqual(types);
  });

  test('an event, with sentences for its findings and the payloads that it names', async () => {
    const [held] = await rowsOf('/api/ledger?type=call.held');
    const { json } = await sam.get(`/api/events/${String(held?.['seq'])}`);
    expect(json).toMatchObject({
      event: { type: 'call.held', tool: 'office.erase' },
      findings: expect.arrayContaining([
        expect.objectContaining({
          code: 'gate.tier',
          text: expect.stringMatching(/asks for an approval/),
        }),
      ]),
    });
    const [read] = await rowsOf('/api/ledger?type=call.started');
    expect((await sam.get(`/api/events/${String(read?.['seq'])}`)).json).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ code: 'authorize.folders', verdict: 'note', text: null }),
      ]),
    });
    const payloads = isJsonObject(json) && isJsonObject(json['payloads']) ? json['payloads'] : {};
    expect(Object.values(payloads)).toEqual(
      expect.arrayContaining([
        { id: 'm1' },
        expect.objectContaining({ v: 1, summary: expect.any(String) }),
      ]),
    );
    expect((await sam.get('/api/events/999999')).status).toBe(404);
    expect((await sam.get('/api/events/x')).status).toBe(404);
  });

  test('a receipt proves itself, and that the ledger is what it was', async () => {
    await rig.real.gateway.sequencer.seal();
    const kept = await receipt(0, '');
    await rig.call('search', { folder: 'support' });
    await rig.real.gateway.sequencer.seal();
    const later = await receipt(3, `?since=${kept.size}`);
    expect(later.size).toBeGreaterThan(kept.size);
    expect(isConsistent(kept, later, later.consistency ?? [])).toBe(true);
    expect(later.consistency).not.toEqual([]);
    expect(kept.consistency).toBeNull();
    expect((await sam.get('/api/events/999999/receipt')).status).toBe(404);
  });

  test('an export has the leaves of what was searched for, and nothing else', async () => {
    const { headers, text } = await sam.get('/api/ledger/export?user=ann');
    expect(headers['content-type']).toBe('application/x-ndjson');
    expect(headers['content-disposition']).toMatch(/^attachment/);
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual(['call.finished', 'call.started', 'run.opened']);
    const { store } = rig.real.gateway;
    const [opened] = await store.events({ run: events[2].run, limit: 1 });
    expect(text.split('\n')[2]).toBe(Buffer.from(opened?.leaf ?? []).toString());
  });
});

describe('what is permitted', () => {
  const actionsOf = async (query: string): Promise<Record<string, unknown>> => {
    const { json } = await sam.get(`/api/agents/clerk/permissions${query}`);
    const actions = isJsonObject(json) && Array.isArray(json['actions']) ? json['actions'] : [];
    return Object.fromEntries(
      actions.map((action: JsonValue) =>
        isJsonObject(action) ? [String(action['action']), action['allowed']] : [],
      ),
    );
  };

  test.each([
    ['for ann', '?user=ann', { erase: 'asks', import: 'yes', read: 'yes', send: 'yes' }],
    [
      'for bob, who may only read',
      '?user=bob',
      { erase: 'no', import: 'no', read: 'yes', send: 'no' },
    ],
    [
      'for sam, whom the agent doesn’t act for',
      '?user=sam',
      { erase: 'no', import: 'no', read: 'no', send: 'no' },
    ],
    ['unattended', '', { erase: 'asks', import: 'yes', read: 'yes', send: 'yes' }],
  ])('%s', async (_, query, allowed) => {
    const expected = Object.fromEntries(
      Object.entries(allowed).map(([action, said]) => [`office.${action}`, said]),
    );
    expect(await actionsOf(query)).toEqual(expected);
  });

  test('in the words of the policy', async () => {
    const { json } = await sam.get('/api/agents/clerk/permissions?user=bob');
    expect(json).toMatchObject({
      actions: expect.arrayContaining([
        expect.objectContaining({
          action: 'office.read',
          agentGrants: [
            {
              key: 'agents.clerk.office.read',
              at: expect.stringMatching(/sallyport\.yaml:\d+:\d+$/),
              constraints: [
                expect.objectContaining({ name: 'folders', text: 'folders: [support]' }),
              ],
              approval: 'as its tier says',
            },
          ],
        }),
        expect.objectContaining({
          action: 'office.send',
          why: expect.stringMatching(/^No role that the agent acts for/),
        }),
      ]),
    });
    expect((await sam.get('/api/agents/nobody/permissions')).status).toBe(404);
    expect((await sam.get('/api/agents/clerk/permissions?user=nobody')).status).toBe(404);
  });

  test('and why a call would be decided so, and who would be asked', async () => {
    const question = {
      agent: 'clerk',
      user: 'ann',
      tool: 'office.erase',
      arguments: { id: 'm1' },
      case: { sender: 'ann@customer.example' },
    };
    const count = await rig.real.gateway.store.eventCount();
    expect((await sam.post('/api/explain', question)).json).toMatchObject({
      verdict: 'hold',
      effect: 'hold',
      asks: [{ code: 'gate.tier', by: 'leads', quorum: 1 }],
    });
    expect((await sam.post('/api/explain', { ...question, user: 'bob' })).json).toMatchObject({
      verdict: 'deny',
      effect: 'deny',
      asks: [],
    });
    expect((await sam.post('/api/explain', { ...question, case: { x: 1 } })).status).toBe(422);
    expect((await sam.post('/api/explain', { ...question, agent: 'nobody' })).status).toBe(404);
    expect(await rig.real.gateway.store.eventCount()).toBe(count);
  });

  test('the policy, as loaded, without a secret that somebody wrote into it', async () => {
    const { json, text } = await sam.get('/api/policy');
    expect(json).toMatchObject({
      hash: rig.real.gateway.policySource.policy.hash,
      enforcement: 'strict',
      files: [{ name: 'sallyport.yaml' }],
      users: [
        { name: 'ann', roles: ['people'] },
        { name: 'bob', roles: ['guests'] },
        { name: 'sam', roles: ['leads'] },
        { name: 'kim', roles: ['leads'] },
        { name: 'lee', roles: ['guests'] },
      ],
    });
    expect(text).toContain('agents:\\n  clerk:');
    expect(text).toContain('left here by somebody');
    expect(text).not.toContain(written);
  });
});

describe('a definition that changed', () => {
  test('is accepted as it was shown, by who may, and not otherwise', async () => {
    const { lockFile } = await writeOlder({});
    expect(await rig.real.gateway.policySource.reload()).toBeNull();

    const row = (await rowsOf('/api/tools')).find(({ name }) => name === 'office.erase');
    expect(row).toMatchObject({
      state: 'changed',
      diff: [{ pointer: '/description', from: 'erases nothing at all', to: 'erase of the office' }],
    });
    const path = '/api/tools/office.erase/pin';
    const lee = await rig.signedIn('lee');
    expect((await lee.post(path, { digest: row?.['listed'] })).status).toBe(403);
    expect(await sam.post(path, { digest: row?.['pinned'] })).toMatchObject({
      status: 409,
      json: { error: { code: 'console.changed' } },
    });
    expect(await rowsOf('/api/ledger?type=catalog.pinned')).toEqual([]);
    expect(await sam.post(path, { digest: row?.['listed'] })).toMatchObject({
      status: 200,
      json: { state: 'pinned', diff: [] },
    });
    expect(
      parseLock(await readFile(lockFile, 'utf8')).upstreams['office']?.tools['erase']?.digest,
    ).toBe(row?.['listed']);
    const [pinned] = await rig.real.gateway.store.events({ type: 'catalog.pinned', limit: 2 });
    expect(pinned?.event).toMatchObject({
      tool: 'office.erase',
      by: 'sam',
      digest: row?.['listed'],
    });
    expect((await sam.post('/api/tools/office.none/pin', { digest: row?.['listed'] })).status).toBe(
      404,
    );
  });

  test('is accepted beside what the lock says by then: what somebody took back from it stays out', async () => {
    const { lockFile, digest } = await writeOlder({ without: 'search' });
    expect(await sam.post('/api/tools/office.erase/pin', { digest })).toMatchObject({
      status: 200,
    });
    const { tools = {} } = parseLock(await readFile(lockFile, 'utf8')).upstreams['office'] ?? {};
    expect(tools['erase']?.digest).toBe(digest);
    expect(Object.keys(tools)).not.toContain('search');
  });

  /** Beside the policy, as an editor would: nobody has told the gateway. */
  async function writeOlder({ without }: { readonly without?: string }) {
    const lockFile = lockFileOf(rig.prepared.policyFile);
    const lock = parseLock(await readFile(lockFile, 'utf8'));
    const tools = { ...lock.upstreams['office']?.tools };
    const digest = tools['erase']?.digest;
    const definition = { ...tools['erase']?.definition, description: 'erases nothing at all' };
    tools['erase'] = {
      digest: definitionDigest(definition),
      definition,
      pinnedAt: '2026-01-01T00:00:00Z',
    };
    if (without !== undefined) delete tools[without];
    await writeFile(lockFile, formatLock({ ...lock, upstreams: { office: { tools } } }));
    return { lockFile, digest };
  }
});

async function receipt(
  seq: number,
  query: string,
): Promise<{ size: number; root: Uint8Array; consistency: Uint8Array[] | null }> {
  const { json } = await sam.get(`/api/events/${seq}/receipt${query}`);
  if (!isJsonObject(json)) throw new Error('no receipt');
  const { leaf, proof, checkpoint, verifierKey, treeSize, consistency } = json;
  const bytes = (value: JsonValue | undefined): Uint8Array => Buffer.from(String(value), 'base64');
  const hashes = (value: JsonValue | undefined): Uint8Array[] =>
    Array.isArray(value) ? value.map(bytes) : [];
  const { size, root } = openCheckpoint(String(checkpoint), parseVkey(String(verifierKey)));
  expect(size).toBe(treeSize);
  expect(rootFromInclusion(seq, size, leafHash(bytes(leaf)), hashes(proof))).toEqual(root);
  return { size, root, consistency: consistency === null ? null : hashes(consistency) };
}
