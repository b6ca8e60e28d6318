/** Guarded calls that a person is asked about: who waits, who gets a ticket, and that the function is called once at most. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isJsonArray, isJsonObject, type JsonObject } from '../../content/value.ts';
import { openGateway } from '../../gateway.ts';
import type { ApproverPrincipal } from '../../identity/principal.ts';
import type * as sallyport from '../../index.ts';
import { HeldError, RefusedError } from '../../index.ts';
import { functionsOf } from '../../upstreams/functions.ts';
import { askGateway } from '../admin/client.ts';
import type { OperationName } from '../admin/operations.ts';
import { makeDoor } from './door.ts';
import { type Desk, desk, deskPolicy } from './testing/desk.ts';

const asClerk = { agent: 'clerk', case: { sender: 'ann@customer.example' } };
const policy = deskPolicy
  .replace('static: {', 'static: { bob: { roles: [leads] },')
  .replace(
    'roles:\n  people',
    'roles:\n  leads: { permissions: { desk: { read: allow } } }\n  people',
  );

let at: Desk;
let door: sallyport.Door;
let token: string | null;
let erased: string[];

async function opened(options: Partial<sallyport.OpenOptions> = {}) {
  door = await at.open(options);
  return registered();
}

function registered() {
  return door.tool('desk.erase', ({ id }: { id: string }) => {
    erased.push(id);
    return { erased: id };
  });
}

function asking(more = 'timeout: 15m'): void {
  at = desk(`${policy}\napprovals: { default: leads, ${more} }\n`);
}

beforeEach(() => {
  token = null;
  erased = [];
});
afterEach(async () => {
  await door[Symbol.asyncDispose]();
  at[Symbol.dispose]();
});

async function ask(name: OperationName, input: JsonObject): Promise<JsonObject> {
  return (await askGateway(at.dataDirectory, name, input)) ?? {};
}

/** The one that waits, as whoever may answer it sees it. */
async function hold(): Promise<JsonObject> {
  for (;;) {
    const { holds } = await ask('approvals.list', {});
    const [first] = isJsonArray(holds) ? holds : [];
    if (isJsonObject(first)) return first;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function answer(name: 'approvals.approve' | 'approvals.reject'): Promise<void> {
  const { id = null, digest = null } = await hold();
  if (token === null) {
    const minted = await ask('token.mint', { holder: 'approver', name: 'bob', expiresInMs: null });
    token = String(minted['token']);
  }
  await ask(name, { id, digest, token, reason: null });
}

function caught(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('it was not refused'),
    (error: unknown) => error,
  );
}

describe('waiting, as a door does by default', () => {
  test('approved: the function is called, once, and its result comes back', async () => {
    asking();
    const erase = await opened();
    const [result] = await Promise.all([
      door.run(asClerk, () => erase({ id: 'm1' }, { reason: 'It is spam.' })),
      hold().then(async ({ id = null }) => {
        expect(erased).toEqual([]);
        const { hold: shown } = await ask('approvals.show', { id, token: null });
        expect(shown).toMatchObject({ reason: 'It is spam.', arguments: { id: 'm1' } });
        await answer('approvals.approve');
      }),
    ]);
    expect(result).toEqual({ erased: 'm1' });
    expect(erased).toEqual(['m1']);
  });

  test('rejected: refused, and nothing is performed', async () => {
    asking();
    const erase = await opened();
    const [error] = await Promise.all([
      door.run(asClerk, () => caught(erase({ id: 'm1' }))),
      answer('approvals.reject'),
    ]);
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ code: 'approval.rejected' });
    expect(erased).toEqual([]);
  });

  test('nobody answers: refused, and nothing is performed', async () => {
    asking('timeout: 1s');
    const erase = await opened();
    const error = await door.run(asClerk, () => caught(erase({ id: 'm1' })));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ code: 'approval.expired' });
    expect(erased).toEqual([]);
  });

  test('whoever leaves is let go; what is agreed to afterwards is the outcome of the repeat', async () => {
    asking();
    const erase = await opened();
    const leaving = new AbortController();
    const reason = new Error('the user pressed escape');
    await door.run(asClerk, async () => {
      const left = caught(erase({ id: 'm1' }, { signal: leaving.signal }));
      await hold();
      leaving.abort(reason);
      expect(await left).toBe(reason);
      expect(erased).toEqual([]);
      await answer('approvals.approve');
      expect(await erase({ id: 'm1' })).toEqual({ erased: 'm1' });
    });
    expect(erased).toEqual(['m1']);
  });

  test('a dry run asks nobody', async () => {
    asking();
    const erase = await opened();
    const answered = await door.run(asClerk, () => erase.dryRun({ id: 'm1' }));
    expect(answered).toMatchObject({
      effect: 'hold',
      codes: expect.arrayContaining(['gate.tier']),
    });
    expect(await ask('approvals.list', {})).toMatchObject({ holds: [] });
  });
});

describe('a ticket', () => {
  test('names the hold and its end; the same call gives it again, and the outcome afterwards', async () => {
    asking();
    const erase = await opened({ held: 'throw' });
    await door.run(asClerk, async () => {
      const error = await caught(erase({ id: 'm1' }));
      const { id, expiresAtMs } = await hold();
      expect(error).toBeInstanceOf(HeldError);
      expect(error).toMatchObject({
        code: 'approval.pending',
        message: expect.stringMatching(/^approval\.pending: /),
        ticket: id,
        expiresAt: new Date(Number(expiresAtMs)),
        decision: { verdict: 'hold', call: id },
      });
      expect(await caught(erase({ id: 'm1' }))).toMatchObject({ ticket: id });
      await answer('approvals.approve');
      expect(await erase({ id: 'm1' })).toEqual({ erased: 'm1' });
    });
    expect(erased).toEqual(['m1']);
  });

  test('one call may wait where the others don’t', async () => {
    asking();
    const erase = await opened({ held: 'throw' });
    const [result] = await Promise.all([
      door.run(asClerk, () => erase({ id: 'm1' }, { held: 'wait' })),
      answer('approvals.approve'),
    ]);
    expect(result).toEqual({ erased: 'm1' });
  });

  test('caught and left alone: the run is closing until the answer, and the call is made then', async () => {
    asking();
    const erase = await opened({ held: 'throw' });
    let state: sallyport.GuardedRun['state'] = () => expect.fail('it has no run');
    await door.run(asClerk, async (run) => {
      state = () => run.state();
      expect(await caught(erase({ id: 'm1' }))).toBeInstanceOf(HeldError);
    });
    expect(await state()).toMatchObject({ status: 'closing' });
    expect(erased).toEqual([]);
    await answer('approvals.approve');
    await expect.poll(async () => (await state()).status, { timeout: 20_000 }).toBe('closed');
    expect(erased).toEqual(['m1']);
  });

  test('not caught: the run fails, and its question is taken back', async () => {
    asking();
    const erase = await opened({ held: 'throw' });
    const error = await caught(door.run(asClerk, () => erase({ id: 'm1' })));
    expect(error).toBeInstanceOf(HeldError);
    expect(await ask('approvals.list', {})).toMatchObject({ holds: [] });
  });
});

test('what a person changed is what the function gets, and its value is its own', async () => {
  asking();
  door = await at.open();
  await door[Symbol.asyncDispose]();
  await using gateway = await openGateway({ ...at, as: 'library', log: () => undefined });
  const own = makeDoor({
    runtime: gateway.runtime,
    functions: (name) => functionsOf(gateway.upstream(name)),
    standing: () => null,
    pin: async () => [],
    bare: null,
    held: 'wait',
    log: (line) => at.logged.push(line),
    close: async () => undefined,
  });
  const erase = own.tool('desk.erase', ({ id }: { id: string }) => [id]);
  const { holds } = gateway.runtime;
  const waiting = own.run(asClerk, () => erase({ id: 'm1' }));
  await expect.poll(() => holds.open().length, { timeout: 20_000 }).toBe(1);
  const [{ id } = expect.fail()] = holds.open();
  const bob: ApproverPrincipal = {
    type: 'approver',
    credential: 'tok_bob',
    user: 'bob',
    signedInAtMs: gateway.store.nowMs(),
  };
  const { digest } = await holds.preview(bob, id, { id: 'm2' });
  await holds.edit(bob, id, { id: 'm2' }, digest, null);
  expect(await waiting).toEqual(['m2']);
  expect(at.logged).toContainEqual(
    expect.objectContaining({ event: 'guard.call_edited', tool: 'desk.erase', call: id }),
  );
});

test('a door that is closed while a call waits gives its ticket, and the next one picks it up', async () => {
  asking();
  const before = await opened({ agent: 'clerk' });
  const waiting = caught(before({ id: 'm1' }));
  const { id } = await hold();
  await door[Symbol.asyncDispose]();
  expect(await waiting).toMatchObject({ code: 'approval.pending', ticket: id });

  door = await at.open({ agent: 'clerk' });
  // What waits is decided again when a program starts, and its functions come when it has done other things.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await hold()).toMatchObject({ id });
  const after = registered();
  const [result] = await Promise.all([after({ id: 'm1' }), answer('approvals.approve')]);
  expect(result).toEqual({ erased: 'm1' });
  expect(erased).toEqual(['m1']);
});

test('agreed to before the program has its function: it is called by the repeat', async () => {
  asking();
  const before = await opened({ agent: 'clerk', held: 'throw' });
  expect(await caught(before({ id: 'm1' }))).toBeInstanceOf(HeldError);
  await door[Symbol.asyncDispose]();

  door = await at.open({ agent: 'clerk' });
  await answer('approvals.approve');
  expect(await registered()({ id: 'm1' })).toEqual({ erased: 'm1' });
  expect(erased).toEqual(['m1']);
});

test.each([7, 'x'.repeat(1_001)])('a reason that nobody could read is refused', async (reason) => {
  asking();
  const erase = await opened();
  const options: sallyport.CallOptions = JSON.parse(JSON.stringify({ reason }));
  const error = await door.run(asClerk, () => caught(erase({ id: 'm1' }, options)));
  expect(error).toMatchObject({ code: 'guard.bad_options' });
});
