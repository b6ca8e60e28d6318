/**
 * Real clients in front of a real gateway: each hears of its held call as the table in `docs/wire.md` says, and gets what
 * came of it, whoever was restarted in between. The call is made once at most.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Agent, type ApprovalDesk, openApprovalDesk } from './approvals-clients/desk.ts';
import {
  type ClientShape,
  clientShapes,
  type Heard,
  type Page,
  type SdkClient,
} from './approvals-clients/sdk-clients.ts';

const times = { timeout: '15m', wait: '100ms' };

let desk: ApprovalDesk;
beforeAll(async () => {
  desk = await openApprovalDesk(times);
});
afterAll(() => desk[Symbol.asyncDispose]());

const patient = { timeout: 20_000 };
const shapes = clientShapes.map((shape) => [shape.name, shape] as const);
const pageForm = /^http:\/\/127\.0\.0\.1:\d+\/holds\/(call_[\w-]+)$/;

/** A call that is held, what is done meanwhile, and the call once more where its client has to make it. */
interface Told {
  readonly hold: string;
  readonly heard: Heard;
  readonly client: SdkClient;
}

/** One agent with a token of its own, so that the calls of one row are one run's. */
class Caller {
  readonly name = `${randomUUID()}.txt`;
  readonly #shape: ClientShape;
  readonly #agent: Agent;
  readonly #desk: ApprovalDesk;
  #token: string | null = null;

  constructor(shape: ClientShape, agent: Agent, at: ApprovalDesk) {
    this.#shape = shape;
    this.#agent = agent;
    this.#desk = at;
  }

  get hears(): ClientShape['hears'] {
    return this.#agent === 'reporter' ? this.#shape.hears : 'ticket';
  }

  async connect(show: (page: Page) => Promise<'accept' | 'decline' | 'cancel'>) {
    this.#token ??= await this.#desk.token(this.#agent);
    return this.#shape.connect({ url: this.#desk.url, token: this.#token, show });
  }

  call(client: SdkClient): Promise<Heard> {
    return client.call('files.write_file', {
      path: this.#desk.pathOf(this.name),
      content: 'June was good.',
    });
  }

  /** The hold that a client was told of by ticket or page, at its first call. */
  held(heard: Heard): string {
    expect(heard).toMatchObject({
      isError: true,
      text: expect.stringContaining('approval.pending'),
    });
    expect(heard.ticket).toMatch(/^call_/);
    if (this.hears === 'page in an error')
      expect(heard.page?.url).toMatch(new RegExp(`/holds/${heard.ticket}$`));
    else expect(heard.page).toBeNull();
    return heard.ticket ?? '';
  }

  /** One client all along. */
  async goesOn(meanwhile: (hold: string) => Promise<void>): Promise<Told> {
    let hold = '';
    const client = await this.connect(async ({ url }) => {
      hold = holdOf(url);
      await meanwhile(hold);
      return 'accept';
    });
    let heard = await this.call(client);
    if (this.hears !== 'page in the call') {
      hold = this.held(heard);
      await meanwhile(hold);
      heard = await this.call(client);
    }
    return { hold, heard, client };
  }

  /** The client goes away while its call is held, and another takes its place afterwards. */
  async comesBack(meanwhile: (hold: string) => Promise<void>): Promise<Told> {
    const shown = Promise.withResolvers<string>();
    const first = await this.connect(({ url }) => {
      shown.resolve(holdOf(url));
      return new Promise(() => undefined);
    });
    const heard = this.call(first);
    const hold = this.hears === 'page in the call' ? await shown.promise : this.held(await heard);
    heard.catch(() => 'its connection was closed');
    await first[Symbol.asyncDispose]();
    await meanwhile(hold);
    const second = await this.connect(() => Promise.reject(new Error('it was answered')));
    return { hold, heard: await this.call(second), client: second };
  }
}

function holdOf(url: string): string {
  const [, hold] = pageForm.exec(url) ?? [];
  if (hold === undefined) throw new Error(`no page of a hold: ${url}`);
  return hold;
}

async function expectPerformed(caller: Caller, { hold, heard, client }: Told, at = desk) {
  await client[Symbol.asyncDispose]();
  expect(heard).toMatchObject({
    isError: false,
    text: expect.stringMatching(/Successfully wrote/),
  });
  expect(heard.ticket).toBe(hold);
  expect(await at.written(caller.name)).toBe('June was good.');
  const events = await at.events(hold);
  expect(events.filter((type) => type === 'call.started')).toHaveLength(1);
}

async function expectRefused(
  caller: Caller,
  { hold, heard, client }: Told,
  code: string,
  at = desk,
) {
  await client[Symbol.asyncDispose]();
  expect(heard).toMatchObject({
    isError: true,
    text: expect.stringMatching(new RegExp(`^${code}: `)),
  });
  expect(await at.written(caller.name)).toBeNull();
  expect(await at.events(hold)).not.toContain('call.started');
}

describe.each(shapes)('%s', (_, shape) => {
  test('approved by its own person: the outcome', async () => {
    const caller = new Caller(shape, 'reporter', desk);
    await expectPerformed(caller, await caller.goesOn((hold) => desk.answer(hold, 'approve')));
  });

  test('approved by somebody else: the outcome, by a ticket', async () => {
    const caller = new Caller(shape, 'clerk', desk);
    await expectPerformed(caller, await caller.goesOn((hold) => desk.answer(hold, 'approve')));
  });

  test('rejected: nothing happens, now and when it is asked for again', async () => {
    const caller = new Caller(shape, 'reporter', desk);
    const told = await caller.goesOn((hold) => desk.answer(hold, 'reject'));
    expect((await caller.call(told.client)).text).toMatch(/^approval\.rejected: /);
    await expectRefused(caller, told, 'approval.rejected');
  });

  test('approved while its client was restarted', async () => {
    const caller = new Caller(shape, 'reporter', desk);
    await expectPerformed(caller, await caller.comesBack((hold) => desk.answer(hold, 'approve')));
  });
});

describe('a client that shows pages in the call', () => {
  const shape = clientShapes.find(({ hears }) => hears === 'page in the call');
  if (shape === undefined) throw new Error('there is no such client');

  /** As a program whose person takes the page elsewhere: the call goes on while they look at it. */
  async function showing(action: 'accept' | 'decline') {
    const shown: string[] = [];
    const caller = new Caller(shape ?? expect.fail(), 'reporter', desk);
    const client = await caller.connect(async ({ url }) => {
      shown.push(holdOf(url));
      return action;
    });
    return { caller, client, shown };
  }

  test('waits while the person takes their time, and shows them the page once', async () => {
    const { caller, client, shown } = await showing('accept');
    const heard = caller.call(client);
    await expect.poll(() => shown, patient).toHaveLength(1);
    const [hold = ''] = shown;
    // Longer than one request waits.
    await new Promise((resolve) => setTimeout(resolve, 700));
    await desk.answer(hold, 'approve');
    await expectPerformed(caller, { hold, heard: await heard, client });
    expect(shown).toHaveLength(1);
  });

  test('gets the ticket when the person takes longer, and not its SDK’s error', async () => {
    const { caller, client, shown } = await showing('accept');
    const heard = await caller.call(client);
    expect(heard).toMatchObject({ isError: true, ticket: shown[0] });
    expect(heard.text).toMatch(/^approval\.pending: /);
    await client[Symbol.asyncDispose]();
  });

  test('whose person doesn’t look gets the ticket, and the hold stays', async () => {
    const { caller, client, shown } = await showing('decline');
    const [heard, hold = ''] = [await caller.call(client), ...shown];
    expect(heard).toMatchObject({ isError: true, ticket: hold });
    await desk.answer(hold, 'approve');
    await expectPerformed(caller, { hold, heard: await caller.call(client), client });
  });
});

test.each(shapes.filter(([, { hears }]) => hears === 'page in an error'))(
  '%s hears when its hold is settled',
  async (_, shape) => {
    const caller = new Caller(shape, 'reporter', desk);
    const told = await caller.goesOn((hold) => desk.answer(hold, 'reject'));
    await expect.poll(() => told.client.completed, patient).toEqual([told.hold]);
    await expectRefused(caller, told, 'approval\\.rejected');
  },
);

/** Every client at once, so that one restart does for all. */
describe('the gateway is restarted', () => {
  /** Comes back when `act` was done, once, after each of them has come here. */
  function together(act: () => Promise<void>): () => Promise<void> {
    const done = Promise.withResolvers<void>();
    let here = 0;
    return () => {
      here += 1;
      if (here === clientShapes.length) act().then(done.resolve, done.reject);
      return done.promise;
    };
  }

  async function each(row: (caller: Caller) => Promise<void>): Promise<void> {
    await Promise.all(
      clientShapes.map((shape) =>
        row(new Caller(shape, 'reporter', desk)).catch((cause: unknown) => {
          throw new Error(shape.name, { cause });
        }),
      ),
    );
  }

  test('between hold and approval', async () => {
    const restarted = together(() => desk.restart());
    await each(async (caller) => {
      const told = await caller.goesOn(async (hold) => {
        await restarted();
        await desk.answer(hold, 'approve');
      });
      await expectPerformed(caller, told);
    });
  });

  test('between hold and refusal', async () => {
    const restarted = together(() => desk.restart());
    await each(async (caller) => {
      const told = await caller.goesOn(async (hold) => {
        await restarted();
        await desk.answer(hold, 'reject');
      });
      await expectRefused(caller, told, 'approval\\.rejected');
    });
  });

  test('and every client, before the approval and after it', async () => {
    const [before, after] = [together(() => desk.restart()), together(() => desk.restart())];
    await each(async (caller) => {
      const told = await caller.comesBack(async (hold) => {
        await before();
        await desk.answer(hold, 'approve');
        await after();
      });
      await expectPerformed(caller, told);
    });
  });
});

describe('nobody answers', () => {
  let brief: ApprovalDesk;
  beforeAll(async () => {
    brief = await openApprovalDesk({ timeout: '1s', wait: '100ms' });
  });
  afterAll(() => brief[Symbol.asyncDispose]());

  test.concurrent.each(shapes)('%s', async (_, shape) => {
    const caller = new Caller(shape, 'reporter', brief);
    const told = await caller.goesOn((hold) => brief.expired(hold));
    await expectRefused(caller, told, 'approval\\.expired', brief);
  });
});
