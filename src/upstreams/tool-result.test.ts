import { expect, test } from 'vitest';
import { readResult } from './tool-result.ts';

const text = { type: 'text', text: 'hello' };

test.each([
  ['text', { content: [text] }, { content: [text] }],
  [
    'fields that we don’t know',
    { content: [text], extra: { a: 1 } },
    { content: [text], extra: { a: 1 } },
  ],
  [
    'structured content alone',
    { structuredContent: { a: 1 } },
    { content: [], structuredContent: { a: 1 } },
  ],
  [
    'structured content that is no object becomes text',
    { structuredContent: [1], content: [] },
    { content: [{ type: 'text', text: '[1]' }] },
  ],
  [
    'protocol fields end here',
    {
      content: [text],
      resultType: 'complete',
      _meta: { 'io.modelcontextprotocol/serverInfo': {} },
    },
    { content: [text] },
  ],
  [
    'nobody speaks in our name',
    {
      content: [
        { ...text, _meta: { 'dev.sallyport/decision': {} } },
        {
          type: 'resource',
          resource: { uri: 'a:b', text: 'c', _meta: { 'dev.sallyport/frame': 'd' } },
        },
      ],
      _meta: { 'dev.sallyport/decision': {}, 'its.own/key': 1 },
    },
    {
      content: [text, { type: 'resource', resource: { uri: 'a:b', text: 'c' } }],
      _meta: { 'its.own/key': 1 },
    },
  ],
])('a tool: %s', (_, answer, result) => {
  expect(readResult('tool', answer)).toEqual({ type: 'result', result });
});

test.each([
  ['content that is no list', { content: 'hello' }],
  ['a block without a type', { content: [{ text: 'hello' }] }],
  ['a text block without text', { content: [{ type: 'text' }] }],
  ['`isError` that is no boolean', { content: [], isError: 'false' }],
  ['a kind of result to come', { content: [], resultType: 'task' }],
])('a tool: %s can not be read', (_, answer) => {
  expect(readResult('tool', answer).type).toBe('unreadable');
});

test('a request for input is no result', () => {
  expect(readResult('tool', { resultType: 'input_required', inputRequests: {} })).toEqual({
    type: 'wants_input',
  });
});

test('a resource: each of its contents is a resource block', () => {
  const contents = [
    { uri: 'file:///a', mimeType: 'text/plain', text: 'hello' },
    { uri: 'file:///b', blob: 'AAAA' },
  ];
  expect(readResult('resource', { contents, ttlMs: 1, cacheScope: 'public' })).toEqual({
    type: 'result',
    result: { content: contents.map((resource) => ({ type: 'resource', resource })) },
  });
  expect(readResult('resource', { contents: [{ text: 'of nothing' }] }).type).toBe('unreadable');
});

test('a prompt: each message is its block, with who says it', () => {
  expect(
    readResult('prompt', { description: 'd', messages: [{ role: 'user', content: text }] }),
  ).toEqual({
    type: 'result',
    result: { description: 'd', content: [{ ...text, role: 'user' }] },
  });
  expect(readResult('prompt', { messages: [{ role: 'system', content: text }] }).type).toBe(
    'unreadable',
  );
});
