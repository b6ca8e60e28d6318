import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { SignedCheckpoint } from '../../store/port.ts';
import { signCheckpoint } from '../checkpoint.ts';
import { createLedgerKey } from '../key.ts';
import { emptyRoot } from '../leaf.ts';
import { FileSink } from './file-sink.ts';
import type { SinkStatus } from './route.ts';
import { CheckpointShipping } from './shipping.ts';
import type { SinkName } from './sink.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-shipping-'));
afterAll(() => rmSync(root, { recursive: true }));
const signer = createLedgerKey(join(root, 'key'));
const secret = { from: 'env:AUDIT' };

function checkpoint(size: number): SignedCheckpoint {
  return { size, note: signCheckpoint({ size, root: emptyRoot }, signer) };
}

const [one, two, three] = [checkpoint(1), checkpoint(2), checkpoint(3)];

let files = 0;
function place(): string {
  files += 1;
  return join(root, `kept-${files}`);
}

function soon(): AbortSignal {
  return AbortSignal.timeout(5_000);
}

describe('a file', () => {
  test('has every checkpoint, in order, each once', async () => {
    const file = place();
    for (const { note } of [one, two, two, three]) await new FileSink(file).deliver(note, soon());
    expect(readFileSync(file, 'utf8')).toBe([one.note, two.note, three.note].join('\n'));
  });

  test('whose sync failed has not got the checkpoint: it is written anew, and one that a crash left is synced', async () => {
    const file = place();
    const handle = await open(file, 'w');
    const sync = vi.spyOn(Object.getPrototypeOf(handle), 'sync');
    await handle.close();
    sync.mockRejectedValueOnce(Object.assign(new Error('broken'), { code: 'EIO' }));
    const sink = new FileSink(file);
    await expect(sink.deliver(one.note, soon())).rejects.toThrow('EIO');
    await sink.deliver(one.note, soon());
    expect([readFileSync(file, 'utf8'), sync.mock.calls.length]).toEqual([
      `${one.note}\n${one.note}`,
      2,
    ]);
    await new FileSink(file).deliver(one.note, soon());
    expect([readFileSync(file, 'utf8'), sync.mock.calls.length]).toEqual([
      `${one.note}\n${one.note}`,
      3,
    ]);
    sync.mockRestore();
  });

  test('torn at any byte by a crash: what was whole stays, what was torn goes', async () => {
    const whole = [one.note, two.note].join('\n');
    for (let bytes = 0; bytes <= Buffer.byteLength(whole); bytes += 1) {
      const file = place();
      writeFileSync(file, whole);
      truncateSync(file, bytes);
      await new FileSink(file).deliver(three.note, soon());
      const first = bytes >= Buffer.byteLength(one.note) ? [one.note] : [];
      const second = bytes === Buffer.byteLength(whole) ? [two.note] : [];
      expect(readFileSync(file, 'utf8'), `torn at ${bytes}`).toBe(
        [...first, ...second, three.note].join('\n'),
      );
    }
  });

  test.each([
    ['a file of something else', 'root:x:0:0\n', 'it holds something else than'],
    ['the file of another ledger', one.note.replace(/^./, 'S'), 'it holds something else than'],
    [
      'the same, and torn',
      one.note.replace(/^./, 'S').slice(0, 40),
      'it holds something else than',
    ],
  ])('%s is left as it is', async (_, content, why) => {
    const file = place();
    writeFileSync(file, content);
    await expect(new FileSink(file).deliver(two.note, soon())).rejects.toThrow(why);
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  test.each([
    ['a link', (file: string) => symlinkSync(join(root, 'elsewhere'), file), 'ELOOP'],
    ['a directory', (file: string) => mkdirSync(file), 'EISDIR'],
    ['a path through a file', (file: string) => writeFileSync(join(file, '..', 'plain'), ''), null],
  ])('%s is refused', async (_, lay, why) => {
    const file = place();
    lay(file);
    const target = why === null ? join(root, 'plain', 'kept') : file;
    await expect(new FileSink(target).deliver(one.note, soon())).rejects.toThrow(why ?? 'ENOTDIR');
    expect(existsSync(join(root, 'elsewhere'))).toBe(false);
  });

  test('killed again and again in mid-write, it holds whole checkpoints alone', {
    timeout: 60_000,
  }, async () => {
    const file = place();
    const script = place();
    writeFileSync(
      `${script}.ts`,
      `import { FileSink } from '${new URL('./file-sink.ts', import.meta.url)}';
       const sink = new FileSink(${JSON.stringify(file)});
       for (let size = 0; ; size += 1) {
         const note = ${JSON.stringify(one.note)}.replace('\\n1\\n', '\\n' + process.pid + size + '\\n');
         await sink.deliver(note, AbortSignal.timeout(5_000));
         if (size === 0) console.log('writing');
       }`,
    );
    let wholeBytes = 0;
    for (let round = 0; round < 8; round += 1) {
      const child = spawn(process.execPath, [`${script}.ts`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, (round * 37) % 60));
      child.kill('SIGKILL');
      await once(child, 'exit');
      appendFileSync(file, one.note.slice(0, 20 * round));
      await new FileSink(file).deliver(checkpoint(round + 1_000).note, soon());
      const kept = readFileSync(file, 'utf8');
      expect(kept.length).toBeGreaterThan(wholeBytes);
      wholeBytes = kept.length;
      const form = /^[^\n]+\n\d+\n[\w+/=]{44}\n\n— [^\s]+ [\w+/=]+\n$/;
      expect(kept.split(/(?<=\n— .*\n)\n/).filter((note) => !form.test(note))).toEqual([]);
    }
  });
});

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** @param answer the status of each request in turn; of the last one from then on. */
async function receiver(...answers: readonly (number | RequestListener)[]) {
  const received: Received[] = [];
  const take: RequestListener = (request, response) =>
    void text(request).then((body) => {
      received.push({ headers: request.headers, body });
      const answer = answers[Math.min(received.length, answers.length) - 1] ?? 200;
      if (typeof answer === 'number') response.writeHead(answer, { location: '/elsewhere' }).end();
      else answer(request, response);
    });
  const server = createServer(take).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/in`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function shipping(newest: () => SignedCheckpoint | null) {
  const told: [SinkName, SinkStatus][] = [];
  const ships = new CheckpointShipping({
    newest: () => Promise.resolve(newest()),
    nowMs: () => 1_000,
    readSecret: () => Promise.resolve('a shared secret'),
    onStatus: (sink, status) => told.push([sink, status]),
  });
  return { ships, told };
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a webhook', () => {
  test('gets the checkpoint, signed for the receiver', async () => {
    await using there = await receiver(204);
    const { ships, told } = shipping(() => one);
    await using _ = ships;
    ships.follow({ file: null, webhook: { url: there.url, secret } });
    await until(() => told.length > 0);
    expect(told).toEqual([['webhook', { ok: true, size: 1, atMs: 1_000, reason: null }]]);
    const [{ headers, body } = { headers: {}, body: '' }] = there.received;
    expect(body).toBe(one.note);
    const timestamp = String(headers['sallyport-timestamp']);
    expect(Math.abs(Number(timestamp) - Date.now() / 1_000)).toBeLessThan(60);
    expect(headers['sallyport-signature']).toBe(
      `v1=${createHmac('sha256', 'a shared secret').update(`${timestamp}.${body}`).digest('hex')}`,
    );
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  test('that fails is told of once, tried again, and gets the newest', async () => {
    await using there = await receiver(500, 500, 200);
    let newest = one;
    const { ships, told } = shipping(() => newest);
    await using _ = ships;
    ships.follow({ file: null, webhook: { url: there.url, secret } });
    await until(() => there.received.length === 2);
    newest = two;
    await until(() => told.length === 2);
    expect(told).toEqual([
      ['webhook', { ok: false, size: null, atMs: 1_000, reason: 'it answered 500' }],
      ['webhook', { ok: true, size: 2, atMs: 1_000, reason: null }],
    ]);
    expect(there.received.map(({ body }) => body)).toEqual([one.note, one.note, two.note]);
  });

  test.each([
    ['redirects', [302], 'it redirects (302), and redirects are not followed'],
    ['hangs up', [(request) => void request.socket.destroy()], 'UND_ERR_SOCKET'],
  ] satisfies [string, (number | RequestListener)[], string][])(
    'that %s has failed',
    async (_, answers, reason) => {
      await using there = await receiver(...answers);
      const { ships, told } = shipping(() => one);
      ships.follow({ file: null, webhook: { url: there.url, secret } });
      await until(() => told.length > 0);
      expect(told[0]).toEqual(['webhook', { ok: false, size: null, atMs: 1_000, reason }]);
      await ships[Symbol.asyncDispose]();
      expect(there.received.every(({ headers }) => headers.host !== undefined)).toBe(true);
    },
  );

  test('that never answers holds nothing up: the file gets its checkpoint, and closing ends', {
    timeout: 20_000,
  }, async () => {
    await using there = await receiver(() => undefined);
    const file = place();
    const { ships, told } = shipping(() => one);
    ships.follow({ file, webhook: { url: there.url, secret } });
    await until(() => existsSync(file) && told.length > 0);
    expect(told).toEqual([['file', { ok: true, size: 1, atMs: 1_000, reason: null }]]);
    await ships[Symbol.asyncDispose]();
    expect(told[1]).toEqual([
      'webhook',
      { ok: false, size: null, atMs: 1_000, reason: 'it took too long' },
    ]);
  });

  test('answers of any length are not read', async () => {
    await using there = await receiver((_, response) => {
      response.writeHead(200);
      const flood = () => response.write(Buffer.alloc(65_536), (error) => error ?? flood());
      flood();
    });
    const { ships, told } = shipping(() => one);
    await using _ = ships;
    ships.follow({ file: null, webhook: { url: there.url, secret } });
    await until(() => told.length > 0);
    expect(told[0]?.[1].ok).toBe(true);
  });
});

describe('what is sent', () => {
  test('the last checkpoint of a gateway that stops', async () => {
    const file = place();
    let newest: SignedCheckpoint | null = one;
    const { ships, told } = shipping(() => newest);
    ships.follow({ file, webhook: null });
    await until(() => told.length === 1);
    newest = two;
    await ships[Symbol.asyncDispose]();
    expect(readFileSync(file, 'utf8')).toBe([one.note, two.note].join('\n'));
  });

  test('to another sink after a reload, and to none after the next', async () => {
    const [first, second] = [place(), place()];
    const { ships, told } = shipping(() => one);
    await using _ = ships;
    ships.follow({ file: first, webhook: null });
    ships.follow({ file: first, webhook: null });
    await until(() => told.length === 1);
    ships.follow({ file: second, webhook: null });
    await until(() => told.length === 2);
    ships.follow({ file: null, webhook: null });
    expect([first, second].map((file) => readFileSync(file, 'utf8'))).toEqual([one.note, one.note]);
  });

  test('nothing before the first checkpoint', async () => {
    const { ships, told } = shipping(() => null);
    const file = place();
    ships.follow({ file, webhook: null });
    await ships[Symbol.asyncDispose]();
    expect([told, existsSync(file)]).toEqual([[], false]);
  });
});
