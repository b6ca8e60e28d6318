/**
 * What of a text no reader sees, and a terminal, a renderer or a tokenizer acts on. A trusted tool's text may have any
 * letters; what moves a cursor or repaints a screen is nobody's text.
 */
import type { Edit } from './edits.ts';

/** Longer sequences are no sequences: only their first character goes. */
const csi = '(?:\\u001b\\[|\\u009b)[0-?]{0,256}[ -/]{0,16}[@-~]';
/** A title, a hyperlink or a device's string, up to what ends it; whatever begins another one ends the search. */
const strings =
  '(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u0080-\\u009f]{0,4096}(?:\\u0007|\\u001b\\\\|\\u009c)';
const controls = '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]';
/** No characters of any text; Sallyport's own marks are among them. */
const none = '[\\ufdd0-\\ufdef\\ufffe\\uffff]';
const terminal = [csi, strings, controls, none].join('|');

/** Directions that override what is written; tags; and what is as wide as nothing. The two joiners are letters' business in many scripts. */
const invisible =
  '[\\u202a-\\u202e\\u2066-\\u2069\\u200b\\u2060-\\u2064\\ufeff\\u00ad\\u180e\\u034f\\u206a-\\u206f]|\\udb40[\\udc00-\\udc7f]';
const joiners = '[\\u200c\\u200d]';

const ofTrusted = new RegExp(`(?:${terminal})+|\\r(?!\\n)`, 'g');
const ofUntrusted = new RegExp(`(?:${terminal}|${invisible}|${joiners})+|\\r(?!\\n)`, 'g');
const joinersAlone = /[\u200c\u200d]/g;

const mayHoldUnseen = {
  trusted: /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/,
  untrusted:
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u180e\u200b-\u200d\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufffe\uffff]|\u034f|\udb40/,
} as const;

/** Latin letters and digits are joined by nothing: there a joiner only hides a word. */
const latin = /[0-9A-Za-z\u00c0-\u024f]/;

export function unseenEdits(text: string, trust: 'trusted' | 'untrusted'): readonly Edit[] {
  if (!mayHoldUnseen[trust].test(text)) return [];
  const edits: Edit[] = [];
  for (const { 0: run, index } of text.matchAll(trust === 'trusted' ? ofTrusted : ofUntrusted)) {
    const end = index + run.length;
    if (run === '\r') {
      // Alone it returns to the line's begin, and what follows hides what was written there.
      edits.push({ start: index, end, replacement: '\n' });
      continue;
    }
    const hides =
      trust === 'untrusted' && latin.test(text.charAt(index - 1)) && latin.test(text.charAt(end));
    const replacement =
      trust === 'trusted' || hides ? '' : (run.match(joinersAlone)?.join('') ?? '');
    if (replacement !== run) edits.push({ start: index, end, replacement });
  }
  return edits;
}
