import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decoding, decodersBeneath } from './decodings.ts';
import { FirstLook } from './first-look.ts';
import { readingsOf } from './outbound-forms.ts';
import type { Turn } from './word-orders.ts';

const secret = 'one hundred and two, the committee';
const base64 = Buffer.from(secret).toString('base64');
const hex = Buffer.from(secret).toString('hex');
const backwards = (text: string) => Array.from(text).reverse().join('');

/** As few as a decoder takes, and one fewer. */
const shortened = fc
  .tuple(fc.constantFrom(base64, hex, backwards(base64), backwards(hex)), fc.nat(42))
  .map(([text, units]) => text.slice(0, units));

const pieces = fc.oneof(
  shortened,
  fc.constantFrom(
    ...['one', 'two ', 'and ', 'hundred', 'eno', 'owt', 'derdnuh', 'bar', 'gjb', 'uhaqerq', 'oh'],
    ...['a', 'b ', 'c\n', '. ', '-', '-\r\n', '·', '\u3000', 'entrance', 'é', '“', '😀', '=', "'"],
    ...[base64, backwards(base64), hex, backwards(hex), hex.replace(/../g, '$& ')],
    ...['nbswy3dpfqqho33snrscc', '104 101 108 108', '01001000'.repeat(4), '⠓⠑⠇⠇'],
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const texts = fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(''));

const decoders = decodersBeneath(undefined);
const rotated = (text: string) => decoders.get('ROT13')?.(text) ?? text;

/** One for each decoder, and each way of turning it: chance makes too few of some. */
const ofEach = [
  ...[base64, hex, 'one two seven four'].flatMap((text) => [text, rotated(text), backwards(text)]),
  ...['nbswy3dpfqqho33snrscc', '104 101 108 108 111 32 119 111', 'h e l l o', 'the com-\nmittee'],
];
const turns: readonly Turn[] = ['ROT13', 'letters reversed', 'words reversed'];

const turned: ReadonlySet<Decoding> = new Set(turns);

test('what is said not to be in a text, no decoder finds, whichever way the text is turned', () => {
  const absent = new Set<string>();
  const present = new Set<string>();
  fc.assert(
    fc.property(texts, (text) => {
      const look = new FirstLook(text);
      for (const turn of [null, ...turns]) {
        if (turn !== null && look.hasPairs) continue;
        const written = turn === null ? text : (decoders.get(turn)?.(text) ?? text);
        const beneath = turn === null ? decoders : decodersBeneath(turn);
        for (const [decoding, decoder] of beneath) {
          const name = `${turn ?? ''} ${decoding}`;
          if (look.mayBeRead(decoding, turn)) {
            if (decoder(written) !== null) present.add(name);
            continue;
          }
          absent.add(name);
          expect(decoder(written), name).toBeNull();
        }
      }
    }),
    { numRuns: 2_000, examples: ofEach.map((text): [string] => [text]) },
  );
  const looked: readonly Decoding[] = ['base64', 'hexadecimal', 'number words'];
  for (const decoding of looked) {
    for (const turn of ['', 'ROT13', 'letters reversed']) {
      expect(absent).toContain(`${turn} ${decoding}`);
      expect(present).toContain(`${turn} ${decoding}`);
    }
  }
  for (const decoding of ['base32', 'character codes', 'spaced letters', 'broken words']) {
    expect(absent).toContain(` ${decoding}`);
    expect(present).toContain(` ${decoding}`);
  }
});

test('how a turned reading begins and ends is known before it is written', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const readings = readingsOf(text);
      for (const { first, last, length, text: read, decodings } of readings) {
        const isTurnedTwice = decodings.length === 2 && decodings.every((one) => turned.has(one));
        if (isTurnedTwice || /\p{Cs}|[\u{10000}-\u{10ffff}]/u.test(read)) continue;
        expect({ decodings, first, last, length }).toEqual({
          decodings,
          first: read === '' ? -1 : read.charCodeAt(0),
          last: read === '' ? -1 : read.charCodeAt(read.length - 1),
          length: read.length,
        });
      }
      const once = readings.filter(({ decodings }) => decodings.length < 2);
      expect(new Set(once.map((reading) => reading.text)).size).toBe(once.length);
    }),
    { numRuns: 2_000 },
  );
});
