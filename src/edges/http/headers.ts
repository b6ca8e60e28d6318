import type { IncomingMessage } from 'node:http';
import { httpLimits } from './limits.ts';
import { HttpRefusal } from './refusal.ts';

/** What of a request its headers are read from. */
export type Headers = Pick<IncomingMessage, 'rawHeaders'>;

/**
 * The one value of a header, or null. Of the headers as they came: nobody needs them all in a map for the few we read.
 *
 * Two headers of one name are refused rather than joined or dropped: whoever stands between us and the client may
 * have read the other one.
 */
export function headerOf(request: Headers, name: string): string | null {
  const { rawHeaders } = request;
  let value: string | null = null;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const written = rawHeaders[at];
    if (written?.length !== name.length || written.toLowerCase() !== name) continue;
    if (value !== null)
      throw new HttpRefusal(400, 'http.header', `the header \`${name}\` is given more than once`);
    value = rawHeaders[at + 1] ?? '';
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
