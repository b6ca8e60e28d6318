import type { Finder } from './place.ts';
import { isPlaceholder } from './randomness.ts';

const userMax = 80;
const passwordMax = 200;

/** RFC 3986 `userinfo`; what has a slash before its `@` is a path. */
const userinfo = new RegExp(
  `://([^\\s:@/?#"'<>]{0,${userMax}}):([^\\s@/"'<>]{1,${passwordMax}})@[\\w.[{$%-]`,
  'y',
);

/** `scheme://user:password@host` of databases, brokers, proxies and repositories. The password is the secret. */
export const linkFinder: Finder = (text, start) => {
  userinfo.lastIndex = start;
  const match = userinfo.exec(text);
  const [, user = '', password = ''] = match ?? [];
  if (match === null || standsForPassword(user, password)) return null;
  const end = start + '://'.length + user.length + 1 + password.length;
  return { type: 'connection_string', start: end - password.length, end, score: 0.9 };
};

const usual = /^(?:\*+|x+|\.+|pass(?:word|wd)?|pwd|secret|user(?:name)?|token|api_?key|key|p@ss)$/i;

/** A variable, or a word that everybody writes there. */
function standsForPassword(user: string, password: string): boolean {
  return (
    usual.test(password) ||
    // `https://host.example:443@other.example`: a port.
    (/^[0-9]{1,5}$/.test(password) && user.includes('.')) ||
    /^[$%{[(<]/.test(password) ||
    /^[A-Z]+(?:_[A-Z]+)+$/.test(password) ||
    isPlaceholder(password) ||
    (password === user && /^(?:user|root|admin|guest|test)$/.test(user))
  );
}
