import type { Report } from '../report.ts';
import type { Located } from '../shape/shape.ts';

/**
 * A URL that something of ours is sent to: null, with the reason in the report, where that would show it to others.
 *
 * @param secretKey where a secret is named instead of being written into the URL.
 */
export function compileUrl(
  { value: written, at }: Located<string>,
  secretKey: string,
  report: Report,
): string | null {
  if (!URL.canParse(written)) {
    report.error('policy.value', at, `\`${written}\` isn't a URL`, {
      expected: '`https://host/path`',
    });
    return null;
  }
  const url = new URL(written);
  if (url.username !== '' || url.password !== '') {
    report.error('policy.secret', at, 'the URL carries a user name or password', {
      mend: `remove it, and name the secret in \`${secretKey}\``,
    });
    return null;
  }
  if (url.hash !== '') {
    report.error('policy.value', at, 'the URL has a fragment, which no server ever sees', {
      mend: `write \`${written.slice(0, written.indexOf('#'))}\``,
    });
    return null;
  }
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !loopback) {
    // Whoever sits between could change what comes back, and read the credential.
    report.error('policy.value', at, 'plain `http:` is for loopback only', {
      mend: `write \`${written.replace(/^http:/, 'https:')}\``,
    });
    return null;
  }
  return written;
}
