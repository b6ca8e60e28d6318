import type { IncomingMessage } from 'node:http';
import { headerOf } from '../http/headers.ts';

/**
 * The session's cookie. Over TLS no other host and no other path can set or shadow it (`__Host-`). Without TLS a browser
 * gives it to every port of the same machine: consoles of two gateways are told apart by the port in its name.
 */
export class SessionCookie {
  readonly #name: string;
  readonly #attributes: string;

  constructor(origin: { readonly origin: string; readonly overTls: boolean }) {
    const { port } = new URL(origin.origin);
    this.#name = origin.overTls ? '__Host-sallyport_console' : `sallyport_console_${port || '80'}`;
    this.#attributes = `Path=/; HttpOnly; SameSite=Strict${origin.overTls ? '; Secure' : ''}`;
  }

  set(secret: string, maxAgeS: number): string {
    return `${this.#name}=${secret}; ${this.#attributes}; Max-Age=${Math.max(0, Math.floor(maxAgeS))}`;
  }

  clear(): string {
    return `${this.#name}=; ${this.#attributes}; Max-Age=0`;
  }

  /** Two of one name are none: one of them isn't ours. */
  read(request: IncomingMessage): string | null {
    const own = (headerOf(request, 'cookie') ?? '')
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part.startsWith(`${this.#name}=`));
    const [cookie] = own;
    return own.length === 1 && cookie !== undefined ? cookie.slice(this.#name.length + 1) : null;
  }
}
