import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idAtEdge, readMessages } from './message.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  [
    'a result',
    '{"jsonrpc":"2.0","id":1,"result":{"a":1}}',
    [{ type: 'result', id: 1, result: { a: 1 } }],
  ],
  [
    'an error',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}',
    [{ type: 'error', id: 1, code: -1, message: 'no', data: null }],
  ],
  [
    'an error about nothing it could read',
    '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}',
    [{ type: 'error', id: null, code: -32700, message: 'no', data: null }],
  ],
  [
    'a notification',
    '{"jsonrpc":"2.0","method":"m"}',
    [{ type: 'notification', method: 'm', params: {} }],
  ],
  [
    'a request',
    '{"jsonrpc":"2.0","id":"q","method":"m"}',
    [{ type: 'request', id: 'q', method: 'm' }],
  ],
  [
    'result and error at once',
    '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}',
    [{ type: 'invalid', id: 1, meant: true }],
  ],
  [
    'a result that is no object',
    '{"jsonrpc":"2.0","id":1,"result":[]}',
    [{ type: 'invalid', id: 1, meant: true }],
  ],
  [
    'an answer to an id that is not a number',
    '{"jsonrpc":"2.0","id":"1","result":{}}',
    [{ type: 'invalid', id: null, meant: true }],
  ],
  [
    'another version',
    '{"jsonrpc":"1.0","id":1,"result":{}}',
    [{ type: 'invalid', id: null, meant: false }],
  ],
  [
    'a line of a log that is JSON',
    '{"level":"info","msg":"ready"}',
    [{ type: 'invalid', id: null, meant: false }],
  ],
  ['a line of a log', 'jsonrpc server is ready', [{ type: 'invalid', id: null, meant: false }]],
  [
    'no JSON, with its id in front',
    '{"jsonrpc":"2.0","id":7,"result":{',
    [{ type: 'invalid', id: 7, meant: true }],
  ],
  [
    'duplicate keys, with its id at the end',
    '{"result":{"a":1,"a":2},"jsonrpc":"2.0","id":7}',
    [{ type: 'invalid', id: 7, meant: true }],
  ],
  [
    'a batch',
    '[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b"}]',
    [
      { type: 'notification', method: 'a', params: {} },
      { type: 'notification', method: 'b', params: {} },
    ],
  ],
  [
    'a batch of too many',
    `[${Array(101).fill('{"jsonrpc":"2.0","method":"a"}').join()}]`,
    [{ type: 'invalid', id: null, meant: true }],
  ],
])('%s', (_, text, messages) => {
  expect(readMessages(bytes(text))).toEqual(messages);
});

test('whatever the bytes are, it never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (input) => readMessages(input).length >= 0),
  );
  fc.assert(fc.property(fc.json(), (input) => readMessages(bytes(input)).length >= 0));
});

describe('the id of what can not be read', () => {
  test.each([
    [
      'the content of a result can not name another call',
      '{"jsonrpc":"2.0","result":{"id":5,"x":"\\"id\\":6}"',
      null,
    ],
    ['nor an object in front', '{"result":{"jsonrpc":"2.0","id":5,', null],
    ['nor the end of an inner object', '…"id":5}}', null],
    ['the first member', '{"id":5,"result":', 5],
    ['the last member', '…],"id":5}', 5],
  ])('%s', (_, text, id) => {
    expect(idAtEdge(bytes(text), bytes(text))).toBe(id);
  });
});
