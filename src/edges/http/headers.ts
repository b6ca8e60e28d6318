import type { IncomingMessage } from 'node:http';
import { httpLimits } from './limits.ts';
import { HttpRefusal } from './refusal.ts';

/** What of a request its headers are read from. */
export type Headers = Pick<IncomingMessage, 'headersDistinct'>;

/**
 * The one value of a header, or null.
 *
 * Two headers of one name are refused rather than joined or dropped: whoever stands between us and the client may
 * have read the other one.
 */
export function headerOf(request: Headers, name: string): string | null {
  const values = request.headersDistinct[name];
  if (values === undefined) return null;
  const [value, ...others] = values;
  if (value === undefined || others.length > 0) {
    throw new HttpRefusal(400, 'http.header', `the header \`${name}\` is given more than once`);
  }
  return value;
}

export function checkHeaderCount(request: IncomingMessage): void {
  if (request.rawHeaders.length / 2 > httpLimits.headerCountMax) {
    throw new HttpRefusal(
      431,
      'http.header_count',
      `more than ${httpLimits.headerCountMax} headers`,
      {
        headers: { connection: 'close' },
      },
    );
  }
}
