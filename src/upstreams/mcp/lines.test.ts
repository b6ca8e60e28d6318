import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from './lines.ts';

function split(
  chunks: readonly Uint8Array[],
  bytesMax: number,
): { lines: string[]; tooLong: [string, string][] } {
  const lines: string[] = [];
  const tooLong: [string, string][] = [];
  const decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
  const splitter = new LineSplitter(
    bytesMax,
    (line) => lines.push(decode(line)),
    (head, tail) => tooLong.push([decode(head), decode(tail)]),
  );
  for (const chunk of chunks) splitter.push(chunk);
  return { lines, tooLong };
}

test('however a stream is cut into chunks, its lines are the same', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.constantFrom('a', 'b', '\n')).map((letters) => letters.join(''))),
      (pieces) => {
        const whole = pieces.join('');
        const expected = whole.split('\n').slice(0, -1);
        expect(
          split(
            pieces.map((piece) => Buffer.from(piece)),
            1_000,
          ).lines,
        ).toEqual(expected);
      },
    ),
  );
});

test('a line that is too long is reported by its ends, and the next one is read', () => {
  const long = `HEAD${'x'.repeat(5_000)}TAIL`;
  const chunks = [
    Buffer.from(long.slice(0, 900)),
    Buffer.from(long.slice(900, 3_000)),
    Buffer.from(`${long.slice(3_000)}\nnext\n`),
  ];
  const { lines, tooLong } = split(chunks, 1_000);
  expect(lines).toEqual(['next']);
  expect(tooLong).toHaveLength(1);
  expect(tooLong[0]?.[0].startsWith('HEADx')).toBe(true);
  expect(tooLong[0]?.[1].endsWith('xTAIL')).toBe(true);
});

test('a line that never ends takes no more memory than one line', () => {
  const splitter = new LineSplitter(
    1_000,
    () => {},
    () => {},
  );
  const before = process.memoryUsage().arrayBuffers;
  const chunk = Buffer.alloc(1_000_000, 'x');
  for (let times = 0; times < 200; times += 1) splitter.push(chunk);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
});
