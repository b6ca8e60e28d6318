/** What detectors see, in the life of a call: what it decides, what it leaves in the record, and what happens where nobody looks. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  codeOf,
  lastingDirectory,
  type Outcome,
  opener,
  openWorld,
  policyOf,
  said,
  text,
  type World,
  type WorldOptions,
} from '../../test/runtime/world.ts';
import { scanTexts } from '../content/detection/scan.ts';
import type { ModelScore, Scans, TextScan } from '../content/detection/sighting.ts';
import type { JsonObject } from '../content/value.ts';
import type { DeclaredLooks } from '../engine/facts.ts';
import type { Policy } from '../policy/model.ts';
import type { Scan } from './ports.ts';

const card = '4111 1111 1111 1111';
const token = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a';

/** A text with ORDERS in it gives orders; whatever else detectors say is what they say. */
function scanOf(
  model: (text: string) => ModelScore | null = () => null,
): (texts: readonly string[], looks: DeclaredLooks) => Scans {
  return (texts, looks) => {
    const scans = scanTexts(texts, { ...looks, held: [] });
    return new Map(
      [...scans].map(([one, scan]): [string, TextScan] => {
        const start = one.indexOf('ORDERS');
        const sightings =
          start === -1 ? [] : [{ type: 'override', start, end: start + 6, score: 0.95 }];
        const score = start === -1 ? 0 : 0.95;
        return [
          one,
          { ...scan, injection: { score, sightings, complete: true }, model: model(one) },
        ];
      }),
    );
  };
}

function contentOf(content: string, file: string = ''): Policy {
  return policyOf('', `content: ${content}\n${file}`);
}

function worldOf(options: WorldOptions = {}): Promise<World> {
  return openWorld({ scan: scanOf(), ...options });
}

async function bytesOf(directory: string): Promise<string> {
  const contents = await Promise.all(
    (await readdir(directory)).map((file) => readFile(join(directory, file), 'latin1')),
  );
  return contents.join('\n');
}

async function payload(world: World, digest: string | null): Promise<string> {
  return Buffer.from((await world.store.payload(digest ?? '')) ?? []).toString();
}

describe('a secret in an argument', () => {
  const encoded = Buffer.from(`the key is ${token}`).toString('base64');
  test.each<[string, string, JsonObject, string]>([
    ['where it is looked for', 'box.put', { id: token }, 'inputs.secret'],
    ['in Base64', 'box.put', { id: encoded }, 'inputs.secret'],
    ['under a misspelt name', 'box.put', { ident: token }, 'schema.undeclared'],
    ['in Base64 under a misspelt name', 'box.put', { ident: encoded }, 'schema.undeclared'],
    ['as a name', 'box.put', { [token]: 1 }, 'schema.undeclared'],
    ['of a tool that isn’t granted', 'box.wipe', { id: token }, 'catalog.ungranted'],
    ['of a tool that nobody knows', 'box.nope', { id: [{ deep: token }] }, 'catalog.unknown_tool'],
    ['as a tool', `box.${token}`, {}, 'catalog.unknown_tool'],
  ])('%s: refused, and nowhere in the record', async (_, tool, args, code) => {
    await using directory = await lastingDirectory();
    {
      await using world = await worldOf({ directory: directory.path });
      const { handle } = await world.open();
      expect(codeOf(await world.call(tool, args, { handle }))).toBe(code);
      const [denied] = await world.events('call.denied');
      expect(await payload(world, denied?.arguments ?? null)).not.toBe('');
    }
    const bytes = await bytesOf(directory.path);
    expect(bytes).not.toContain(token);
    expect(bytes).not.toContain(encoded);
  });

  test.each<[string, string, string]>([
    ['beside what is only escaped', `${token} of a%20b`, '{"id":"[secret #'],
    ['beside itself in Base64', `${token} ${encoded}`, '{"dev.sallyport/unrecorded":"hidden"}'],
    [
      'beside itself, escaped',
      `${token} ${token.replace('_', '%5f')}`,
      '{"dev.sallyport/unrecorded":"hidden"}',
    ],
  ])('%s: as much is recorded as may be', async (_, id, expected) => {
    await using world = await worldOf();
    const { handle } = await world.open();
    await world.call('box.put', { id }, { handle });
    const [denied] = await world.events('call.denied');
    const recorded = await payload(world, denied?.arguments ?? null);
    expect(recorded.startsWith(expected)).toBe(true);
    expect(recorded).not.toContain(token);
  });

  test('is told to a person once, with the call’s layers and who looked', async () => {
    await using world = await worldOf();
    const { handle, run } = await world.open();
    await world.call('box.put', { id: token }, { handle });
    await world.call('box.put', { id: `${token} again` }, { handle });
    const alerts = await world.events('alert.raised');
    expect(alerts).toMatchObject([
      { alert: 'secret_found', run: run.id, details: { code: 'inputs.secret', tool: 'box.put' } },
    ]);
    const [denied] = await world.events('call.denied');
    expect(denied?.layers).toMatchObject({
      input_validation: 'refused',
      injection_detection: 'refused',
    });
    expect(denied?.facts).toMatchObject({ detectors: { injection: 1, secrets: 1 } });
    const [finding] = denied?.findings.filter(({ code }) => code === 'inputs.secret') ?? [];
    expect(finding?.details).toMatchObject({ found: [{ detector: 'secrets', at: '/id' }] });
  });
});

describe('the record of a result', () => {
  const came = (): Outcome => ({
    type: 'result',
    result: {
      content: [{ type: 'text', text: `Card ${card}, key ${token}` }],
      structuredContent: { card, mail: 'Bob@Company.example' },
    },
  });

  test.each<[string, string, boolean, boolean]>([
    ['kept from agent and record', '{ pii: { redact: [credit_card, email] } }', false, false],
    [
      'kept from the record',
      '{ pii: { redact: [credit_card, email], in: [ledger] } }',
      true,
      false,
    ],
    [
      'kept from the agent',
      '{ pii: { redact: [credit_card, email], in: [results] } }',
      false,
      true,
    ],
    ['kept from nobody', '{}', true, true],
  ])('personal data that is %s', async (_, content, shown, recorded) => {
    await using world = await worldOf({ policy: contentOf(content), perform: came });
    const { handle } = await world.open();
    const answer = await world.call('box.look', { id: 'a' }, { handle });
    expect(said(answer).includes(card)).toBe(shown);
    const [finished] = await world.events('call.finished');
    for (const digest of [finished?.result, finished?.released]) {
      const stored = await payload(world, digest ?? null);
      const inAgentsHands = digest === finished?.released && !shown;
      expect(stored.includes(card)).toBe(recorded && !inAgentsHands);
      expect(stored.includes('Bob@Company.example')).toBe(recorded && !inAgentsHands);
      expect(stored).not.toContain(token);
    }
  });

  test('in a run equal values have equal placeholders, for the agent and in the record', async () => {
    await using world = await worldOf({
      policy: contentOf('{ pii: { redact: [credit_card] } }'),
      perform: came,
    });
    const { handle } = await world.open();
    const other = await world.open();
    const shownTo = async (by: string) =>
      /\[credit_card #\w+\]/.exec(
        said(await world.call('box.look', { id: 'a' }, { handle: by })),
      )?.[0];
    const [first, second, others] = [
      await shownTo(handle),
      await shownTo(handle),
      await shownTo(other.handle),
    ];
    expect([second === first, others === first]).toEqual([true, false]);
    const [finished] = await world.events('call.finished');
    expect(await payload(world, finished?.result ?? null)).toContain(first);
  });

  test('of a text that is longer than anybody looks, the rest isn’t recorded, and whether it was the same is', async () => {
    let end = token;
    await using world = await worldOf({
      perform: () => text(`${'Nothing to see here. '.repeat(2_000)}${end}`),
    });
    const { handle } = await world.open();
    for (const rest of [token, token, `${token}!`]) {
      end = rest;
      await world.call('box.look', { id: 'a' }, { handle });
    }
    const results = (await world.events('call.finished')).map(({ result }) => result);
    const stored = await payload(world, results[0] ?? null);
    expect(stored).toMatch(
      /^\{"content":\[\{"text":"Nothing to see here\. .*characters not recorded #/,
    );
    expect(stored).not.toContain(token);
    expect([results[1] === results[0], results[2] === results[0]]).toEqual([true, false]);
  });

  test('of what is watched only, it holds no more', async () => {
    await using world = await worldOf({
      policy: contentOf('{ pii: { redact: [credit_card] } }', 'enforcement: observe'),
      perform: came,
    });
    const { handle } = await world.open();
    const answer = await world.call('box.look', { id: token }, { handle });
    expect(said(answer)).toContain(card);
    const [finished] = await world.events('call.finished');
    const [started] = await world.events('call.started');
    for (const digest of [finished?.result, finished?.released, started?.arguments]) {
      const stored = await payload(world, digest ?? null);
      expect(stored).not.toContain(card);
      expect(stored).not.toContain(token);
    }
  });
});

describe('where nobody looks', () => {
  /** Whoever should look at `what` doesn't. */
  const blindTo =
    (what: string): Scan =>
    (texts, looks) => {
      return new Map([...scanOf()(texts, looks)].filter(([one]) => !one.includes(what)));
    };

  test('the call is refused, and what it carries isn’t recorded', async () => {
    await using world = await worldOf({ scan: blindTo('MARK') });
    const { handle } = await world.open();
    expect(codeOf(await world.call('box.put', { id: 'MARK it' }, { handle }))).toBe(
      'inputs.unscanned',
    );
    const [denied] = await world.events('call.denied');
    expect(await payload(world, denied?.arguments ?? null)).toBe(
      '{"dev.sallyport/unrecorded":"unscanned"}',
    );
    expect(world.effects).toEqual([]);
  });

  test('the result is withheld, isn’t recorded, and its call has ended all the same', async () => {
    await using world = await worldOf({
      scan: blindTo('MARK'),
      perform: () => text('MARK my words'),
    });
    const { handle } = await world.open();
    const answer = await world.call('box.put', { id: 'a' }, { handle });
    expect(codeOf(answer)).toBe('outputs.unscanned');
    const [finished] = await world.events('call.finished');
    expect(finished).toMatchObject({ outcome: 'completed', released: null });
    expect(await payload(world, finished?.result ?? null)).not.toContain('MARK');
    expect(await world.store.openCalls(10)).toEqual([]);
  });

  test('no run is opened', async () => {
    await using world = await worldOf({ scan: blindTo('MARK') });
    await expect(world.open({ request: 'MARK it' })).rejects.toMatchObject({
      code: 'run.bad_request',
    });
  });

  test('what is said later is waited for, before the decision and before the result', async () => {
    const later: Scan = async (texts, looks) => {
      await new Promise(setImmediate);
      return scanOf()(texts, looks);
    };
    await using world = await worldOf({ scan: later, perform: () => text('fine') });
    const { handle } = await world.open();
    expect(codeOf(await world.call('box.put', { id: token }, { handle }))).toBe('inputs.secret');
    expect(said(await world.call('box.put', { id: 'abcd' }, { handle }))).toContain('fine');
  });
});

describe('orders', () => {
  const holding = contentOf('{ injection: { then: hold_next } }');
  const perform = ({ args }: { readonly args: JsonObject }): Outcome =>
    text(args['id'] === 'poisoned' ? 'ORDERS are here' : 'fine');

  test('in a result hold what the run does next, and what its children do', async () => {
    await using world = await worldOf({ policy: holding, perform });
    const parent = await world.open();
    const child = await world.open({ parent: parent.run.id });
    const put = async (handle: string) =>
      codeOf(await world.call('box.put', { id: 'next' }, { handle }));
    expect(await put(child.handle)).toBe('ok');
    await world.call('box.look', { id: 'poisoned' }, { handle: parent.handle });
    expect([await put(parent.handle), await put(child.handle)]).toEqual(
      Array(2).fill('inputs.hold_next'),
    );
    expect(codeOf(await world.call('box.look', { id: 'next' }, { handle: parent.handle }))).toBe(
      'ok',
    );
    const poisoned = (await world.events('call.finished')).find(({ holdsNext }) => holdsNext);
    expect(poisoned?.layers).toMatchObject({ injection_detection: 'noted' });
    expect(poisoned?.findings).toMatchObject([
      { details: { seen: [{ detector: 'injection', type: 'override', at: '/content/0/text' }] } },
    ]);
    expect(await world.events('alert.raised')).toMatchObject([
      { alert: 'injection_detected', details: { code: 'outputs.injection', tool: 'box.look' } },
    ]);
  });

  test('that a child read hold what its parent does, once it has ended', async () => {
    await using world = await worldOf({ policy: holding, perform });
    const parent = await world.open();
    const child = await world.open({ parent: parent.run.id });
    await world.call('box.look', { id: 'poisoned' }, { handle: child.handle });
    await world.runtime.closeRun(opener, child.run.id, 'success', null);
    expect(await world.run(parent.run.id)).toMatchObject({ holdsNext: child.run.id });
  });

  test('a bare agent doesn’t shed by having its run closed', async () => {
    await using world = await worldOf({ policy: holding, perform });
    await world.call('box.look', { id: 'poisoned' });
    const [first] = await world.events('run.opened');
    await world.runtime.closeRun({ type: 'operator' }, first?.run ?? '', 'success', null);
    expect(codeOf(await world.call('box.put', { id: 'next' }))).toBe('inputs.hold_next');
  });

  test.each<[string, Policy, Partial<Parameters<World['open']>[0]>, object | null]>([
    ['nothing', holding, {}, null],
    ['a plain request', holding, { request: 'Read it.' }, { score: 0, reasons: [], holds: false }],
    [
      'a request with orders, trusted or not',
      holding,
      { request: 'ORDERS', requestTrusted: true },
      { score: 0.95, reasons: ['override'], holds: true },
    ],
    [
      'the same where nobody asked to hold',
      contentOf('{}'),
      { request: 'ORDERS' },
      { score: 0.95, reasons: ['override'], holds: false },
    ],
    [
      'the same under a higher threshold',
      contentOf('{ injection: { at: 0.99, then: hold_next } }'),
      { request: 'ORDERS' },
      { score: 0.95, reasons: ['override'], holds: false },
    ],
  ])('what an opener passes in: %s', async (_, policy, request, risk) => {
    await using world = await worldOf({ policy, perform });
    const opened = await world.open(request);
    expect(opened.risk).toEqual(risk);
    expect((await world.events('run.opened'))[0]?.risk).toEqual(risk ?? undefined);
    const code = codeOf(await world.call('box.put', { id: 'next' }, { handle: opened.handle }));
    expect(code).toBe(opened.risk?.holds === true ? 'inputs.hold_next' : 'ok');
  });

  test('of which a person hears when the run is opened', async () => {
    await using world = await worldOf({ policy: holding });
    const { run } = await world.open({ request: 'ORDERS' });
    expect(await world.events('alert.raised')).toMatchObject([
      { alert: 'injection_detected', run: run.id, call: null, details: { reasons: ['override'] } },
    ]);
  });

  test('a model that fails is no good news of a request', async () => {
    const scan = scanOf(() => ({ type: 'failed', reason: 'timeout' }));
    await using world = await worldOf({ policy: holding, scan });
    expect((await world.open({ request: 'Read it.' })).risk).toEqual({
      score: 0,
      reasons: ['model_failed'],
      holds: true,
    });
  });
});

test('a request is written down without what the record must not hold', async () => {
  await using world = await worldOf({ policy: contentOf('{ pii: { redact: [credit_card] } }') });
  const { run } = await world.open({ request: `Pay with ${card}, key ${token}.` });
  expect(run.request).toMatch(/^Pay with \[credit_card #\w+\], key \[secret #\w+\]\.$/);
});

test('neither is the reason why a run was closed', async () => {
  await using world = await worldOf({ policy: contentOf('{ pii: { redact: [credit_card] } }') });
  const { run } = await world.open();
  await world.runtime.closeRun(opener, run.id, 'failure', `No ${card}, no ${token}.`);
  const [closed] = await world.events('run.closed');
  expect(closed?.reason).toMatch(/^No \[credit_card #\w+\], no \[secret #\w+\]\.$/);
});

test('a plan that holds a secret is refused', async () => {
  await using world = await worldOf({ policy: contentOf('{}') });
  const only = (id: string) => [{ action: 'box.put', where: { id } }];
  await expect(world.open({ only: only('a') })).resolves.toBeDefined();
  await expect(world.open({ only: only(token) })).rejects.toMatchObject({
    message: expect.stringContaining('holds a secret'),
  });
});

test('a model is shown what others wrote and what may leave, and nothing else', async () => {
  const asked: string[] = [];
  const declared = '{ detector: { http: "http://127.0.0.1:9/score" } }';
  const policy = contentOf(declared);
  await using world = await worldOf({
    policy,
    scan: (texts, looks, detector) => {
      if (detector !== null) asked.push(...texts);
      return scanOf()(texts, looks);
    },
    perform: ({ operation }) => text(`came from ${operation}`),
  });
  const { handle } = await world.open({ request: 'the request' });
  await world.call('box.fetch', { id: 'leaves' }, { handle });
  await world.call('box.look', { id: 'stays' }, { handle });
  await world.call('box.fetch', { ident: 'misspelt' }, { handle });
  expect(asked).toEqual(['the request', 'leaves', 'came from fetch', 'came from look']);
});
