/**
 * Who may be addressed and from where. A web page that rebinds its own name to our address reaches this socket with
 * the browser's help; it can't choose what the browser writes into `Host` and `Origin`.
 */
import type { IncomingMessage } from 'node:http';
import { SallyportError } from '../../content/errors.ts';
import { headerOf } from './headers.ts';
import { HttpRefusal } from './refusal.ts';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];
const everyInterface = new Set(['0.0.0.0', '::', '[::]']);

export type HostCheck = (request: IncomingMessage) => void;

/**
 * @param listening the address that the server is bound to
 * @param allowed further names that clients may use for it, without ports
 * @throws {SallyportError} `http.allowed_hosts` when it listens everywhere and nobody said under which names
 */
export function hostCheck(listening: string, allowed: readonly string[]): HostCheck {
  if (everyInterface.has(listening) && allowed.length === 0) {
    throw new SallyportError(
      'http.allowed_hosts',
      `listening on \`${listening}\` needs the host names that clients use`,
      {
        hint: 'list them as allowed hosts, or listen on 127.0.0.1',
      },
    );
  }
  const names = new Set(
    [...loopbackNames, bracketed(listening), ...allowed.map(bracketed)].map((name) =>
      name.toLowerCase(),
    ),
  );

  /** The one that was last found good: a client says the same each time. */
  let good: string | null = null;
  return (request) => {
    const said = headerOf(request, 'host');
    if (said === null) {
      throw new HttpRefusal(400, 'http.host', 'a request names its host', {
        headers: { connection: 'close' },
      });
    }
    if (said !== good) {
      const host = hostName(`http://${said}`);
      if (host === null || !names.has(host)) throw unknownHost();
      good = said;
    }
    const origin = headerOf(request, 'origin');
    if (origin === null) return;
    const originHost = /^https?:\/\//.test(origin) ? hostName(origin) : null;
    if (originHost === null || !names.has(originHost)) {
      throw new HttpRefusal(403, 'http.origin', 'requests from that origin are not answered');
    }
  };
}

function unknownHost(): HttpRefusal {
  return new HttpRefusal(403, 'http.host', 'this server is not known by that name', {
    hint: 'add the name to the allowed hosts',
  });
}

/** The host of a URL that says nothing else, in lower case: no user, path or query hides in it. */
function hostName(url: string): string | null {
  const parsed = URL.parse(url);
  // `localhost#` and `localhost?` read as if nothing stood behind the name.
  if (parsed === null || /[?#\\\s]/.test(url) || parsed.username !== '' || parsed.password !== '')
    return null;
  if (parsed.pathname !== '/' || parsed.search !== '' || parsed.hash !== '' || url.endsWith('/'))
    return null;
  return parsed.hostname.toLowerCase();
}

function bracketed(name: string): string {
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
}
