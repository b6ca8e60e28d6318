import { LineSplitter } from '../../../src/upstreams/mcp/lines.ts';
import { bytesOf, must, type Target } from '../target.ts';

const lineBytesMax = 300;

/** However a server's output is cut into chunks, its lines are the same; one that is too long costs only itself. */
export const lineTarget: Target = {
  name: 'stdio-lines',
  alphabet: 'bytes',
  lengthMax: 4_000,
  roundsInTest: 1_000,
  seeds: [
    '{"jsonrpc":"2.0","id":1,"result":{}}\n{"jsonrpc":"2.0","id":2,"result":{}}\n',
    `${'x'.repeat(299)}\n${'y'.repeat(300)}\n${'z'.repeat(301)}\nlast\n`,
    '\n\n\r\n a \nno end',
  ],
  dictionary: ['\n', '\r\n', '\n\n', 'x'.repeat(300), 'y'.repeat(301), '{"id":1,'],
  check(input) {
    const bytes = bytesOf(input);
    const expected = input
      .split('\n')
      .slice(0, -1)
      .map((line) => (line.length <= lineBytesMax ? `line ${line}` : 'too long'));
    const middle = Math.floor(bytes.length / 2);
    for (const chunks of [
      [bytes],
      [bytes.subarray(0, middle), bytes.subarray(middle)],
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
    ]) {
      const lines = split(chunks);
      must(
        lines.length === expected.length && lines.every((line, at) => line === expected[at]),
        `${chunks.length} chunks give other lines than the text has`,
      );
    }
    return `${Math.min(3, expected.length)} ${expected.includes('too long')}`;
  },
};

function split(chunks: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter(
    lineBytesMax,
    (line) => lines.push(`line ${Buffer.from(line).toString('latin1')}`),
    (head, tail) => {
      must(head.length <= 256 && tail.length <= 2 * lineBytesMax, 'more is kept than the ends');
      lines.push('too long');
    },
  );
  for (const chunk of chunks) splitter.push(chunk);
  return lines;
}
