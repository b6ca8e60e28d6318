import { printable } from './escape.ts';
import type { IsTrusted } from './shown-links.ts';

const shownUnitsMax = 300;
const hostUnitsMax = 100;

/** A place of the same site, document or mail, or a picture that is there already: nothing is fetched from anybody. */
const local =
  /^(?:(?![/\\]{2})[\w./#?=~%+,;@!$*()'-]*(?::[0-9]+)?|cid:[\w.@%+-]+|data:image\/(?:png|jpeg|gif|webp);base64,[\w+/=]*)$/i;

/** Null: it stays as it is. */
export function strangeTarget(written: string, isTrusted: IsTrusted): string | null {
  const target = written.trim();
  // A scheme with a plain name before it is no local place, whatever the pattern says of its letters.
  if (local.test(target) && !/^(?!cid:|data:)[a-z][a-z0-9+.-]*:/i.test(target)) return null;
  return isTrusted(target) ? null : target;
}

/** As a reader may see it, on one line and without what would begin markup anew. */
export function shownTarget(target: string): string {
  return printable(target.replace(/[\t\n\r]/g, ''), shownUnitsMax).replace(
    /[<>[\]()"'`\\]/g,
    escaped,
  );
}

export function hostOf(target: string): string {
  const [, host = ''] =
    /^(?:[a-z][a-z0-9+.-]*:)?[/\\]*(?:[^/\\?#@\s]*@)?([^/\\?#:\s]+)/i.exec(target) ?? [];
  return printable(host === '' ? 'elsewhere' : host, hostUnitsMax).replace(/[<>[\]()"'`\\]/g, '');
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
