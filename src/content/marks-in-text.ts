/**
 * While a result is worked on, what will be said of its text stands in it as single characters, so that cutting it can't
 * cut a mark in half. They are no characters of any text (Unicode's noncharacters): what came in with a text is taken out
 * before one of these is put in.
 */
import { utf8Bytes } from './utf8.ts';

export const markOpens = '\ufdd0';
export const markCloses = '\ufdd1';
/** What stands behind it was not looked at: the text ends here, visibly. */
export const lookedAtUntil = '\ufdd2';
/** No part of this text was looked at. */
export const neverLookedAt = '\ufdd3';

const any = /[\ufdd0-\ufdd3]/;
const marks = /[\ufdd0\ufdd1]/g;

/** What is put around a span that is marked. */
export interface Marking {
  readonly opens: string;
  readonly closes: string;
}

export interface Written {
  readonly text: string;
  readonly marks: number;
  readonly bytesCut: number;
  readonly isUnscanned: boolean;
}

export function holdsMarks(text: string): boolean {
  return any.test(text);
}

/** A span that was cut open is closed. */
export function writeMarks(text: string, { opens, closes }: Marking): Written {
  if (text.includes(neverLookedAt)) return { text: '', marks: 0, bytesCut: 0, isUnscanned: true };
  const until = text.indexOf(lookedAtUntil);
  let isOpen = false;
  let count = 0;
  let written = (until === -1 ? text : text.slice(0, until)).replace(marks, (mark) => {
    isOpen = mark === markOpens;
    if (isOpen) count += 1;
    return isOpen ? opens : closes;
  });
  if (isOpen) written += closes;
  if (until === -1) return { text: written, marks: count, bytesCut: 0, isUnscanned: false };
  const bytesCut = utf8Bytes(text.slice(until + 1));
  return {
    text: `${written}[… ${bytesCut} more bytes, cut]`,
    marks: count,
    bytesCut,
    isUnscanned: false,
  };
}
