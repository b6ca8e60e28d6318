/**
 * Who may be addressed and from where. A web page that rebinds its own name to our address reaches this socket with
 * the browser's help; it can't choose what the browser writes into `Host` and `Origin`.
 */
import { SallyportError } from '../../content/errors.ts';
import { type Headers, headerOf } from './headers.ts';
import { HttpRefusal } from './refusal.ts';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];
const everyInterface = new Set(['0.0.0.0', '::', '[::]']);

export type HostCheck = (request: Headers) => void;

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
      const host = hostName(said);
      if (host === null || !names.has(host)) throw unknownHost();
      good = said;
    }
    const origin = headerOf(request, 'origin');
    if (origin === null) return;
    const [, scheme, place = ''] = /^(https?:\/\/)(.*)$/s.exec(origin) ?? [];
    const originHost = scheme === undefined ? null : hostName(place);
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

/**
 * The name in `Host`, in lower case, without its port. As it stands, never through a reader of URLs: to one of those
 * `127.1`, `0x7f.1`, `local%68ost` and `localhost#` are names of ours, and to another they are not.
 */
function hostName(host: string): string | null {
  const [, name] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?$/i.exec(host) ?? [];
  return name?.toLowerCase() ?? null;
}

function bracketed(name: string): string {
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
}
