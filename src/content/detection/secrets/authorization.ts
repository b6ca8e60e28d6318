import type { Finder, Place } from './place.ts';
import { changesOf, entropyOf, isPlaceholder } from './randomness.ts';

/** RFC 9110's header with its schemes, in headers, in code and on command lines. */
export const authorizationFinders: readonly (readonly [literal: string, finder: Finder])[] = [
  ['authorization', headerAt],
  ['-H "', optionAt],
  ["-H '", optionAt],
  ['--header "', optionAt],
  ["--header '", optionAt],
  ['bearer ', bearerAt],
  ['bearer%20', bearerAt],
  ['ssws ', bearerAt],
  ['basic ', basicAt],
  ['-u', userAt],
  ['--user', userAt],
  ['--proxy-user', userAt],
  ['BUNDLE_', bundleAt],
  ['bundle config ', bundleAt],
];

const credentials = /[ \t]{0,4}([A-Za-z0-9._~+/=:|-]{16,2000})/y;

/** In any text, so only what looks drawn: `bearer of the news`. */
function bearerAt(text: string, _: number, end: number): Place | null {
  credentials.lastIndex = end;
  const [whole, value = ''] = credentials.exec(text) ?? [];
  if (whole === undefined || isPlaceholder(value)) return null;
  if (!/[0-9]/.test(value) || entropyOf(value) < 3 || changesOf(value) < 0.12) return null;
  return placeBefore(end + whole.length, value, 0.85);
}

const header =
  /\\?["']?\]?[ \t]{0,4}[:=,][ \t]{0,4}\\?["'`]?(?:(bearer|basic|token|apikey|ssws|bot|key|oauth)[ \t:=]{1,4})?([^\s"'`\\<>{}$,;]{8,2000})/iy;

function headerAt(text: string, _: number, end: number): Place | null {
  header.lastIndex = end;
  const [whole, scheme = '', value = ''] = header.exec(text) ?? [];
  if (whole === undefined) return null;
  const last = end + whole.length;
  if (scheme.toLowerCase() === 'basic') return basicAt(text, 0, last - value.length);
  return isCredential(value) ? placeBefore(last, value, 0.85) : null;
}

const option =
  /[ \t]{0,2}(?:[\w-]{0,40}(?:token|key|secret|auth|password|cookie)[\w-]{0,20})[ \t]{0,4}:[ \t]{0,4}(?:(?:bearer|token|key)[ \t=]{1,4})?([^\s"'`\\<>{}$,;]{8,2000})/iy;

/** `curl -H "Private-Token: …"` */
function optionAt(text: string, _: number, end: number): Place | null {
  option.lastIndex = end;
  const [whole, value = ''] = option.exec(text) ?? [];
  return whole !== undefined && isCredential(value)
    ? placeBefore(end + whole.length, value, 0.8)
    : null;
}

/** Where a credential belongs, it need not look drawn; a word alone is the name of a scheme or of a variable. */
function isCredential(value: string): boolean {
  return (
    !isPlaceholder(value) &&
    /[0-9]/.test(value) &&
    /[A-Za-z]/.test(value) &&
    entropyOf(value) >= Math.min(3, Math.log2(value.length) * 0.75)
  );
}

const encoded = /[ \t]{0,4}([A-Za-z0-9+/_-]{8,400}={0,2})/y;

/** A word behind `basic` is Base64 too: only that of a name and a password counts. */
function basicAt(text: string, _: number, end: number): Place | null {
  encoded.lastIndex = end;
  const [whole, value = ''] = encoded.exec(text) ?? [];
  if (whole === undefined) return null;
  const [, password = ''] = /^[\x20-\x7e]{0,200}?:([\x20-\x7e]{3,})$/.exec(decodedOf(value)) ?? [];
  return isWritten(password) ? placeBefore(end + whole.length, value, 0.9) : null;
}

/** Of no text that could be one it throws: what throws takes ten times as long. */
function decodedOf(value: string): string {
  const letters = value.replace(/=+$/, '');
  return letters.length % 4 === 1 ? '' : atob(letters.replaceAll('-', '+').replaceAll('_', '/'));
}

const user = /[ =]{0,2}(?:\\?["'])?([^\s"'`:\\]{0,80}):([^\s"'`\\]{3,200})?/y;

/** How far a command goes on before its `-u`. */
const commandLengthMax = 400;

/** `curl -u name:password`, `curl -u token:`; the same letters behind another command mean something else. */
function userAt(text: string, start: number, end: number): Place | null {
  if (start > 0 && text.charCodeAt(start - 1) > 0x20) return null;
  user.lastIndex = end;
  const [whole, name = '', password = ''] = user.exec(text) ?? [];
  if (whole === undefined || /^[/<{%]|\$/.test(password)) return null;
  const before = text.slice(Math.max(0, start - commandLengthMax), start);
  if (!before.includes('curl') && !before.includes('wget')) return null;
  const last = end + whole.length;
  if (password !== '') return isWritten(password) ? placeBefore(last, password, 0.85) : null;
  return name.length >= 16 && isCredential(name) ? placeBefore(last - 1, name, 0.8) : null;
}

const bundled =
  /(?:[A-Z0-9]{1,40}_{1,3}){1,6}[A-Z]{2,12}["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([^\s"'`:$]{3,80}:[^\s"'`$]{3,80})|(?:(?:set|--?[a-z]{1,10}) ){0,3}[\w.-]{3,80} ["']?([^\s"'`:$]{3,80}:[^\s"'`$/]{3,80})/y;

/** Bundler's credentials of a private source of gems: `BUNDLE_GEMS__EXAMPLE__COM=name:password`. */
function bundleAt(text: string, _: number, end: number): Place | null {
  bundled.lastIndex = end;
  const [whole, assigned, configured] = bundled.exec(text) ?? [];
  const value = assigned ?? configured ?? '';
  return whole !== undefined && isWritten(value)
    ? placeBefore(end + whole.length, value, 0.8)
    : null;
}

/** Not what stands for a password in a manual. */
function isWritten(password: string): boolean {
  return (
    password !== '' &&
    !isPlaceholder(password) &&
    !/^(?:pass(?:word|wd)?|pwd|token|secret|api_?key|x_oauth_basic|[A-Z]+(?:_[A-Z]+)+)$/i.test(
      password,
    )
  );
}

function placeBefore(end: number, value: string, score: number): Place {
  return { type: 'authorization', start: end - value.length, end, score };
}
