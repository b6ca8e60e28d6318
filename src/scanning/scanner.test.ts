import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import type { DeclaredLooks } from '../engine/facts.ts';
import { atOnceCharactersMax, Scanner } from './scanner.ts';

const looks: DeclaredLooks = { injection: true, pii: true, secrets: true, toolNames: [] };

function scannerOf(held: readonly string[] = []) {
  return new Scanner({
    heldSecrets: () => held,
    readSecret: () => Promise.reject(new Error('there is none')),
    log: () => undefined,
  });
}

test.each<[string, readonly string[], boolean]>([
  ['nothing', [], true],
  ['as much as is read at once', ['a'.repeat(atOnceCharactersMax - 1), 'b'], true],
  ['more, in one text', ['a'.repeat(atOnceCharactersMax + 1)], false],
  ['more, in several', ['a'.repeat(atOnceCharactersMax), 'b'], false],
])('%s: said at once is %s', async (_, texts, atOnce) => {
  await using scanner = scannerOf();
  const scans = scanner.scan(texts, looks, null);
  expect(scans instanceof Promise).toBe(!atOnce);
  expect([...(await scans).keys()]).toEqual(texts);
});

test('a model is asked besides, and never told what Sallyport holds', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { texts } = JSON.parse(body);
      asked.push(...texts);
      response.end(JSON.stringify({ scores: texts.map(() => 0.25) }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  await using scanner = scannerOf(['hunter2hunter2']);
  const detector = { url: `http://127.0.0.1:${port}/`, timeoutMs: 2_000, credential: null };
  const long = 'a'.repeat(atOnceCharactersMax);
  const texts = ['say hunter2hunter2', long];
  const scans = await scanner.scan(texts, looks, detector);
  server.close();
  expect(asked).toEqual(['say [redacted]', long]);
  expect(
    [...scans].map(([text, { injection, model }]) => [text, injection !== null, model]),
  ).toEqual(texts.map((text) => [text, true, { type: 'scored', score: 0.25 }]));
});
