/** What open consoles are told: over HTTP with a real gateway, and by itself where a client reads slowly or not at all. */
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleRig, openConsoleRig } from '../../../test/console-rig.ts';
import type { Event, GatewayEvent } from '../../engine/events.ts';
import { opened } from '../../store/contract-samples.ts';
import type { CommittedEvent, FeedListener } from '../../store/feed.ts';
import { consoleLimits } from './limits.ts';
import { ConsoleStream } from './stream.ts';

describe('of a gateway', () => {
  let rig: ConsoleRig;
  beforeAll(async () => {
    rig = await openConsoleRig();
  }, 60_000);
  afterAll(() => rig[Symbol.asyncDispose]());

  test('a hold is told as it is, then that it is settled, and by whom', async () => {
    const sam = await rig.signedIn('sam');
    const heard = new Heard(await sam.open('GET', '/api/stream'));
    await heard.until(({ type }) => type === 'hello');
    await rig.call('erase', { id: 'm1' });
    const { data } = await heard.until(({ type }) => type === 'hold');
    const [open] = rig.real.gateway.runtime.holds.open();
    expect(data).toEqual({ type: 'hold', hold: JSON.parse(JSON.stringify(open)) });
    await sam.post(`/api/holds/${open?.id}/answer`, {
      answer: 'reject',
      digest: open?.digest,
      reason: 'not that one',
    });
    expect((await heard.until(({ type }) => type === 'settled')).data).toEqual({
      type: 'settled',
      id: open?.id,
      outcome: 'rejected',
      by: ['sam'],
    });
    const started = await heard.until(
      ({ data: { row } }) => isRow(row) && row['type'] === 'approval.settled',
    );
    expect(started.type).toBe('event');
    heard.stop();
  });

  test('a console that leaves is forgotten, and others go on', async () => {
    const sam = await rig.signedIn('sam');
    const [one, other] = [
      new Heard(await sam.open('GET', '/api/stream')),
      new Heard(await sam.open('GET', '/api/stream')),
    ];
    await Promise.all([one, other].map((heard) => heard.until(({ type }) => type === 'hello')));
    one.stop();
    await rig.call('search', { folder: 'support' });
    await other.until(({ type }) => type === 'event');
    other.stop();
  });

  test('signing out ends what it looked at', async () => {
    const sam = await rig.signedIn('sam');
    const heard = new Heard(await sam.open('GET', '/api/stream'));
    await heard.until(({ type }) => type === 'hello');
    await sam.send('DELETE', '/api/session', null);
    await heard.until(({ type }) => type === 'signed_out');
    await heard.ended;
  });

  test('one session opens so many, and no more', async () => {
    const sam = await rig.signedIn('sam');
    const streams: IncomingMessage[] = [];
    for (let n = 0; n < consoleLimits.streamsOfSessionMax; n += 1)
      streams.push(await sam.open('GET', '/api/stream'));
    expect((await sam.get('/api/stream')).status).toBe(503);
    for (const stream of streams) stream.destroy();
  });
});

describe('by itself', () => {
  let server: Server | null = null;
  let stream: ConsoleStream | null = null;
  afterEach(async () => {
    stream?.close();
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });

  /** A stream whose feed is the test's own. */
  async function alone(): Promise<{ tell: FeedListener; url: string }> {
    let listener: FeedListener = () => undefined;
    const made = new ConsoleStream({
      feed: {
        follow(one) {
          listener = one;
          return () => undefined;
        },
      },
      openHolds: () => [],
      nowMs: () => 1,
      onSeen: () => undefined,
    });
    stream = made;
    const listening = createServer((_, response) => {
      made.open('ses_1', response);
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const address = listening.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return { tell: (events) => listener(events), url: `http://127.0.0.1:${port}` };
  }

  test('more calls at a time than anybody follows: what matters is told, and to look anew', async () => {
    const { tell, url } = await alone();
    const heard = new Heard(await open(url));
    await heard.until(({ type }) => type === 'hello');
    const many = Array.from({ length: 10 * consoleLimits.streamEventsMax }, (_, seq) => call(seq));
    tell([...many, { seq: 99_999, event: alert('x') }]);
    await heard.until(({ data: { row } }) => isRow(row) && row['type'] === 'alert.raised');
    await heard.until(({ type }, at) => type === 'hello' && at > 0);
    expect(heard.messages.length).toBeLessThan(2 * consoleLimits.streamEventsMax);
  });

  test('a console that reads slowly keeps no more than its share, and is told to look anew once it reads', async () => {
    const { tell, url } = await alone();
    const slow = await open(url);
    slow.pause();
    const fast = new Heard(await open(url));
    await fast.until(({ type }) => type === 'hello');
    const wide = 'x'.repeat(20_000);
    // Beyond what the kernel takes for a client that doesn't read; never more at a time than another one keeps up with.
    for (let n = 0; n < 600; n += 1) {
      tell([{ seq: n, event: settled(`call_${n}`, wide) }]);
      if (n % 10 === 9) await fast.until(({ data }) => data['id'] === `call_${n}`);
    }
    const read = new Heard(slow);
    await read.until(({ type }, at) => type === 'hello' && at > 0);
    expect(read.messages.length).toBeLessThan(600);
  });
});

interface Message {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a stream says, as it is said. */
class Heard {
  readonly messages: Message[] = [];
  readonly ended: Promise<void>;
  readonly #stream: IncomingMessage;
  #looked = 0;

  constructor(stream: IncomingMessage) {
    this.#stream = stream;
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const [, type, data] = /^event: (.*)\ndata: (.*)$/s.exec(part) ?? [];
        if (type !== undefined && data !== undefined)
          this.messages.push({ type, data: JSON.parse(data) });
      }
    });
    this.ended = new Promise((resolve) => stream.once('close', () => resolve()));
    stream.on('error', () => undefined);
    stream.resume();
  }

  stop(): void {
    this.#stream.destroy();
  }

  /** The next message, of those not yet looked at, that is such. */
  async until(isSuch: (message: Message, at: number) => boolean): Promise<Message> {
    const deadlineMs = Date.now() + 15_000;
    for (;;) {
      for (; this.#looked < this.messages.length; this.#looked += 1) {
        const message = this.messages[this.#looked];
        if (message !== undefined && isSuch(message, this.#looked)) {
          this.#looked += 1;
          return message;
        }
      }
      if (Date.now() > deadlineMs) throw new Error('it was never said');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

function isRow(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function open(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, resolve).on('error', reject);
  });
}

function alert(name: string): GatewayEvent {
  return { v: 1, type: 'alert.raised', atMs: 1, alert: name, run: null, call: null, details: {} };
}

function settled(id: string, by: string): Event {
  const { run, agent, user, policy } = opened('a', 1);
  return {
    v: 1,
    atMs: 1,
    run,
    agent,
    user,
    policy,
    type: 'approval.settled',
    call: id,
    digest: 'd',
    of: 'call',
    outcome: 'approved',
    by: [by],
    why: null,
  };
}

function call(seq: number): CommittedEvent {
  const { run, agent, user, policy } = opened('a', 1);
  return {
    seq,
    event: {
      v: 1,
      atMs: 1,
      run,
      agent,
      user,
      policy,
      type: 'run.usage',
      steps: 1,
      tokens: 0,
      costMicroUsd: 0,
      model: null,
    },
  };
}
