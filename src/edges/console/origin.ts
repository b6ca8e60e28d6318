/**
 * Who may ask for what. A page of another origin can make a browser send requests here with the person's cookie: it can't
 * say that they come from us, nor set a header of ours without being asked first, and it is never told yes.
 */
import { SallyportError } from '../../content/errors.ts';
import { type Headers, headerOf } from '../http/headers.ts';
import { ConsoleRefusal } from './refusal.ts';

export interface PublicOrigin {
  /** `https://console.example`, as browsers write it. */
  readonly origin: string;
  readonly host: string;
  readonly overTls: boolean;
}

/** @throws {SallyportError} `console.url` for anything but an origin. */
export function publicOriginOf(url: string): PublicOrigin {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const plain =
    parsed !== null &&
    (parsed.protocol === 'https:' || parsed.protocol === 'http:') &&
    parsed.username === '' &&
    parsed.password === '' &&
    parsed.pathname === '/' &&
    parsed.search === '' &&
    parsed.hash === '';
  if (!plain) {
    throw new SallyportError('console.url', `\`${url}\` is no origin`, {
      hint: 'write the scheme, the name and, where it needs one, the port: https://console.example',
    });
  }
  return {
    origin: parsed.origin,
    host: parsed.hostname,
    overTls: parsed.protocol === 'https:',
  };
}

/** Of a console that nobody gave a public origin: by any name of the loopback, if the page came from there too. */
const loopbackHost = /^(?:localhost|127\.0\.0\.1|\[::1\]):\d{1,5}$/i;

export class OriginCheck {
  readonly #public: string | null;

  /** @param publicOrigin - null: it is reached on this machine alone. */
  constructor(publicOrigin: string | null) {
    this.#public = publicOrigin;
  }

  /** Of a request that only reads: what another site's page asks for isn't read to it, and needn't be read at all. */
  checkReading(request: Headers): void {
    const site = headerOf(request, 'sec-fetch-site');
    if (site !== null && site !== 'same-origin' && site !== 'none') throw foreign();
  }

  checkChange(request: Headers): void {
    const site = headerOf(request, 'sec-fetch-site');
    if (site !== null && site !== 'same-origin') throw foreign();
    const origin = headerOf(request, 'origin');
    if (origin === null || !this.#isOurs(origin, request)) throw foreign();
    if (headerOf(request, 'sallyport-console') !== '1') {
      throw new ConsoleRefusal(
        403,
        'console.header',
        'a change is asked for with `Sallyport-Console: 1`',
      );
    }
  }

  #isOurs(origin: string, request: Headers): boolean {
    if (this.#public !== null) return origin === this.#public;
    const host = headerOf(request, 'host') ?? '';
    return loopbackHost.test(host) && origin.toLowerCase() === `http://${host.toLowerCase()}`;
  }
}

function foreign(): ConsoleRefusal {
  return new ConsoleRefusal(403, 'console.origin', 'only the console’s own pages may ask for that');
}
