import { eventStream, type StreamPosition } from '../../../src/upstreams/mcp/http/body.ts';
import { readMessages } from '../../../src/upstreams/mcp/message.ts';
import { bytesOf, must, type Target } from '../target.ts';

const answers = [
  '{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"done"}],"isError":false}}',
  '{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"no","data":{"a":1}}}',
  '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7,"progress":1,"total":2}}',
  '[{"jsonrpc":"2.0","id":"x","method":"sampling/createMessage","params":{}},{"jsonrpc":"2.0","id":7,"result":{}}]',
];

const words = [
  '"id":7,',
  '"id":"7",',
  '"id":null,',
  '"id":1e3,',
  '"result":{},',
  '"error":{"code":1,"message":""},',
  '"method":"ping",',
  '"resultType":"input_required",',
  '"jsonrpc":"1.0"',
  '{"jsonrpc":"2.0","id":7,',
  ',"id":7}',
  '__proto__',
  '[],',
];

/** What an upstream sends is read into something, whatever it is. */
export const upstreamMessageTarget: Target = {
  name: 'upstream-message',
  alphabet: 'bytes',
  lengthMax: 4_000,
  roundsInTest: 8_000,
  seeds: answers,
  dictionary: words,
  check(input) {
    const messages = readMessages(bytesOf(input));
    must(messages.length <= 100, 'more messages than a batch may have');
    for (const message of messages)
      if ('id' in message && typeof message.id === 'number')
        must(Number.isFinite(message.id), 'an id that is no number');
    return (
      messages
        .map(({ type }) => type)
        .slice(0, 3)
        .join() + (messages.length > 3 ? ',…' : '')
    );
  },
};

/** However an event stream is cut into chunks, it says the same; and nothing in it is held without bound. */
export const eventStreamTarget: Target = {
  name: 'event-stream',
  alphabet: 'bytes',
  lengthMax: 4_000,
  roundsInTest: 1_500,
  seeds: [
    ...answers.map((answer) => `event: message\nid: 1\ndata: ${answer}\n\n`),
    ': a comment\r\nretry: 100\r\ndata: a\r\ndata: b\r\n\r\n',
    '\xef\xbb\xbfdata: x\r\rid:\n\nid: \0\ndata\n\n',
  ],
  dictionary: [
    ...words,
    'data:',
    'data: ',
    'id: ',
    'retry: ',
    'event: ',
    '\n\n',
    '\r\n\r\n',
    '\r\r',
    ':',
    '\xef\xbb\xbf',
  ],
  check(input) {
    const bytes = bytesOf(input);
    const whole = heard([bytes]);
    const third = Math.floor(bytes.length / 3);
    const pieces = heard([
      bytes.subarray(0, third),
      bytes.subarray(third, 2 * third),
      bytes.subarray(2 * third),
    ]);
    const single = heard(Array.from(bytes, (byte) => Uint8Array.of(byte)));
    // Where the bound is passed is a matter of chunks; what was said before it is not.
    if (whole.tooLarge || pieces.tooLarge || single.tooLarge) return 'too large';
    must(
      JSON.stringify(whole) === JSON.stringify(pieces),
      'three chunks say something else than one',
    );
    must(
      JSON.stringify(whole) === JSON.stringify(single),
      'single bytes say something else than one chunk',
    );
    return `${Math.min(3, whole.data.length)} ${whole.position.lastEventId === null} ${whole.position.retryMs === null}`;
  },
};

function heard(chunks: readonly Uint8Array[]): {
  readonly data: readonly string[];
  readonly position: StreamPosition;
  readonly tooLarge: boolean;
} {
  const data: string[] = [];
  const position: StreamPosition = { lastEventId: null, retryMs: null };
  const take = eventStream({ eventBytesMax: 1_000, streamBytesMax: 50_000 }, position, (text) => {
    data.push(text);
    return 'more';
  });
  const tooLarge = chunks.some((chunk) => take(chunk) === 'too_large');
  return { data, position, tooLarge };
}
