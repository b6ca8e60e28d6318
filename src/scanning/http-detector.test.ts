/** A model behind HTTP, on a real socket: what it says is taken as it is meant, and nothing else counts as said. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { SecretReference } from '../policy/model.ts';
import { HttpDetector } from './http-detector.ts';

type Answer = (texts: readonly string[], response: ServerResponse) => void;

interface Asked {
  readonly texts: readonly string[];
  readonly authorization: string | undefined;
}

const reference: SecretReference = { from: 'env:MODEL_TOKEN' };

async function detectorOf(
  answer: Answer,
  { timeoutMs = 2_000, credential = null as SecretReference | null } = {},
) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { texts } = JSON.parse(body);
      asked.push({ texts, authorization: request.headers.authorization });
      answer(texts, response);
    });
  });
  const stack = new AsyncDisposableStack();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens nowhere');
  const { port } = address;
  const declaration = { url: `http://127.0.0.1:${port}/score`, timeoutMs, credential };
  const detector = new HttpDetector(declaration, async () => 'sesame');
  stack.defer(() => detector.close());
  return { detector, asked, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

const json =
  (of: (texts: readonly string[]) => unknown): Answer =>
  (texts, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(of(texts)));

const byLength = json((texts) => ({ scores: texts.map((text) => text.length / 10) }));

test('scores come in the order of the texts, with the credential, and once for the same text', async () => {
  await using model = await detectorOf(byLength, { credential: reference });
  const scored = (score: number) => ({ type: 'scored', score });
  expect(await model.detector.scores(['a', 'bbb'])).toEqual([scored(0.1), scored(0.3)]);
  expect(await model.detector.scores(['bbb', 'cc'])).toEqual([scored(0.3), scored(0.2)]);
  expect(model.asked).toEqual([
    { texts: ['a', 'bbb'], authorization: 'Bearer sesame' },
    { texts: ['cc'], authorization: 'Bearer sesame' },
  ]);
});

test('many texts are asked in several questions, and a long one by itself', async () => {
  await using model = await detectorOf(json((texts) => ({ scores: texts.map(() => 0.5) })));
  const texts = [...Array.from({ length: 70 }, (_, n) => `text ${n}`), 'x'.repeat(40_000), 'y'];
  const scores = await model.detector.scores(texts);
  expect(scores).toEqual(texts.map(() => ({ type: 'scored', score: 0.5 })));
  expect(model.asked.map((question) => question.texts.length).sort((a, b) => a - b)).toEqual([
    1, 1, 6, 32, 32,
  ]);
});

test.each<[string, string, Answer]>([
  ['too few scores', 'bad_answer', json(() => ({ scores: [0.1] }))],
  ['too many', 'bad_answer', json(() => ({ scores: [0.1, 0.2, 0.3] }))],
  ['a score above 1', 'bad_answer', json(() => ({ scores: [0.1, 1.1] }))],
  ['a score below 0', 'bad_answer', json(() => ({ scores: [0.1, -1] }))],
  ['null for a score', 'bad_answer', json(() => ({ scores: [0.1, null] }))],
  ['a label', 'bad_answer', json(() => ({ scores: ['benign', 'benign'] }))],
  ['no scores', 'bad_answer', json(() => ({}))],
  ['no JSON', 'bad_answer', (_, response) => response.end('fine')],
  ['nothing', 'bad_answer', (_, response) => response.end()],
  ['an error of its own', 'status', (_, response) => response.writeHead(500).end('{}')],
  [
    'a redirect',
    'redirect',
    (_, response) => response.writeHead(307, { location: '/elsewhere' }).end(),
  ],
  ['an answer without end', 'too_large', (_, response) => response.end(' '.repeat(100_000))],
  [
    'half an answer',
    'connection_lost',
    (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"scores":');
      response.destroy();
    },
  ],
  ['no answer', 'timeout', () => undefined],
])('%s is a failure of all that was asked, with its reason', async (_, reason, answer) => {
  await using model = await detectorOf(answer, { timeoutMs: 250 });
  const failed = { type: 'failed', reason };
  expect(await model.detector.scores(['a', 'b'])).toEqual([failed, failed]);
  expect(model.asked).toHaveLength(1);
});

test('one that isn’t there is down', async () => {
  const declaration = { url: 'http://127.0.0.1:1/', timeoutMs: 2_000, credential: null };
  const detector = new HttpDetector(declaration, async () => '');
  expect(await detector.scores(['a'])).toEqual([{ type: 'failed', reason: 'down' }]);
  await detector.close();
});

test('a failure isn’t kept: the next question is asked', async () => {
  let broken = true;
  await using model = await detectorOf((texts, response) =>
    broken ? response.writeHead(503).end() : byLength(texts, response),
  );
  const said = async () => (await model.detector.scores(['a']))[0]?.type;
  expect(await said()).toBe('failed');
  broken = false;
  expect(await said()).toBe('scored');
});

test('more than it could answer in time isn’t asked', async () => {
  await using model = await detectorOf(byLength);
  const [score] = await model.detector.scores(['x'.repeat(9_000_000)]);
  expect([score, model.asked]).toEqual([{ type: 'failed', reason: 'busy' }, []]);
});

test.each([
  ['closed', async (detector: HttpDetector) => detector.close()],
  ['given a credential that is no header', async () => undefined],
])('%s, it fails and throws nothing', async (_, before) => {
  const declaration = { url: 'http://127.0.0.1:1/', timeoutMs: 2_000, credential: reference };
  const detector = new HttpDetector(declaration, async () => 'two\nlines');
  await before(detector);
  expect(await detector.scores(['a'])).toEqual([{ type: 'failed', reason: 'down' }]);
});

test('without its credential it isn’t asked', async () => {
  const declaration = { url: 'http://127.0.0.1:1/', timeoutMs: 2_000, credential: reference };
  const detector = new HttpDetector(declaration, () => Promise.reject(new Error('there is none')));
  expect(await detector.scores(['a'])).toEqual([{ type: 'failed', reason: 'credential' }]);
  await detector.close();
});
