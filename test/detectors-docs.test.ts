/** `docs/detectors.md`: its policy loads, its question is what is asked, and its answer is understood. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { HttpDetector } from '../src/scanning/http-detector.ts';
import { loaded } from './engine/scene.ts';

const document = readFileSync(new URL('../docs/detectors.md', import.meta.url), 'utf8');

function block(language: string, index: number = 0): string {
  const blocks = [
    ...document.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm')),
  ];
  return blocks[index]?.[1] ?? '';
}

test('the question is asked as it stands there, and the answer is understood', async () => {
  const [head = '', asked = ''] = block('http').trim().split('\n\n');
  const [, answer = ''] = block('http', 1).trim().split('\n\n');
  const [first = '', ...headers] = head.split('\n');
  const heard = Promise.withResolvers<{ readonly head: string; readonly body: string }>();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const said = headers.map((line) => {
        const [name = ''] = line.split(':');
        return `${name}: ${String(request.headers[name])}`;
      });
      const line = `${request.method} ${request.url} HTTP/${request.httpVersion}`;
      heard.resolve({ head: [line, ...said].join('\n'), body });
      response.end(answer);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const { detector: declared } = loaded(block('yaml policy'), { tools: {} }).content;
  expect(declared).toMatchObject({ url: 'http://127.0.0.1:8800/score', timeoutMs: 2_000 });
  const detector = new HttpDetector(
    { url: `http://127.0.0.1:${port}/score`, timeoutMs: 2_000, credential: null },
    () => Promise.reject(new Error('there is none')),
  );
  const scores = await detector.scores(JSON.parse(asked).texts);
  await detector.close();
  server.close();
  expect(await heard.promise).toEqual({ head: [first, ...headers].join('\n'), body: asked });
  expect(scores).toEqual(
    JSON.parse(answer).scores.map((score: number) => ({ type: 'scored', score })),
  );
});
