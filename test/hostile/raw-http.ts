/** HTTP as an attacker writes it: bytes on a socket, and the answers that come back. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { RunningServer } from '../../src/edges/http/listener.ts';
import { agentToken } from '../edges/stand-in.ts';

export type Pieces = Iterable<string | Buffer>;

export interface Spoken {
  /** `413 http.body_too_large`: a status, and the code that the body names; a status alone where it names none. */
  readonly answers: readonly string[];
  readonly text: string;
  /** The most that this process held at any time, beyond what it held before. */
  readonly heldBytes: number;
}

const heldNow = (): number => process.memoryUsage().arrayBuffers;

/** Writes until everything is said, or nobody listens any more; hears `count` answers, or all until the other side closes. */
export async function speak(
  server: RunningServer,
  pieces: Pieces,
  count = Number.POSITIVE_INFINITY,
): Promise<Spoken> {
  const before = heldNow();
  let heldBytes = 0;
  let text = '';
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  // Whoever is refused in mid-sentence may find the line dead.
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    if (answersIn(text).length >= count) socket.destroy();
  });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await Promise.race([once(socket, 'connect'), closed]);
  for (const piece of pieces) {
    if (!socket.writable) break;
    if (!socket.write(piece, 'latin1')) await Promise.race([once(socket, 'drain'), closed]);
    heldBytes = Math.max(heldBytes, heldNow() - before);
  }
  await closed;
  return { answers: answersIn(text), text, heldBytes };
}

/** Complete answers, one after the other. */
function answersIn(text: string): string[] {
  const answers: string[] = [];
  let rest = text;
  for (;;) {
    const [head] = /^HTTP\/1\.1 \d{3}.*?\r\n\r\n/s.exec(rest) ?? [];
    if (head === undefined) return answers;
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    const body = rest.slice(head.length, head.length + length);
    if (body.length < length) return answers;
    rest = rest.slice(head.length + length);
    const status = head.slice(9, 12);
    if (status !== '100') answers.push(`${status} ${codeIn(body)}`.trim());
  }
}

/** Of an error of ours, its code; of a result, nothing. */
function codeIn(body: string): string {
  return (
    /"message":"([a-z_]+\.[a-z_.]+): /.exec(body)?.[1] ?? /"code":"([^"]+)"/.exec(body)?.[1] ?? ''
  );
}

export const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

/** A request's text. A header that is null is left out; `more` stands after the headers as it is. */
export function post(
  body: string,
  headers: Readonly<Record<string, string | null>> = {},
  more = '',
  line = 'POST /mcp HTTP/1.1',
): string {
  const all: Readonly<Record<string, string | null>> = {
    host: 'localhost',
    authorization: `Bearer ${agentToken}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body, 'latin1')),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}\r\n`],
  );
  return `${line}\r\n${lines.join('')}${more}\r\n${body}`;
}

export function chunked(...chunks: readonly string[]): string {
  return post('', { 'content-length': null, 'transfer-encoding': 'chunked' }) + chunks.join('');
}

export function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}
