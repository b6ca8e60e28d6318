import { parseKind, plainKind } from '../kinds.ts';
import type { FoundValue } from './found-value.ts';
import { beginsAt, endsAt } from './token-edges.ts';

const phone = { ...plainKind('recipient'), form: 'phone' } as const;

/** An international number with its separators is no longer. */
const writtenLengthMax = 32;

/** A number as long as this in one piece is whole: what follows behind a space is another one. */
const wholeDigitsMin = 8;

/** International numbers. One without its country is another subscriber in each, so it isn't found. */
export function phoneNumbersIn(text: string, covered: (at: number) => boolean): FoundValue[] {
  const found: FoundValue[] = [];
  for (let start = text.indexOf('+'); start !== -1; start = text.indexOf('+', start + 1)) {
    if (covered(start) || !beginsAt(text, start)) continue;
    const ahead = text.slice(start, start + writtenLengthMax + 1);
    const [inOnePiece = ''] = /^\+[0-9]*/.exec(ahead) ?? [];
    const [run = ''] = /^\+[0-9 ().-]*/.exec(ahead) ?? [];
    const reached = inOnePiece.length > wholeDigitsMin ? inOnePiece : run;
    const written = reached.slice(0, reached.search(/[^0-9]*$/));
    const end = start + written.length;
    const parsed = parseKind(phone, written);
    if (reached.length <= writtenLengthMax && parsed.type !== 'unparsable' && endsAt(text, end))
      found.push({ kind: 'phone', key: parsed.key, start, end, written });
  }
  return found;
}
