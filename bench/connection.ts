/**
 * One HTTP/1.1 connection that is kept, with one request under way: as little as a client can be, because what it costs
 * is taken from those it measures. The same for every lane.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const answerMs = 30_000;

/** Servers close what nobody uses after five seconds, some after six: what is written at that very moment is lost. */
const idleMsMax = 3_500;

export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export class Connection {
  readonly #url: string;
  #socket: Socket;
  #received = '';
  #usedMs = performance.now();
  #settle: { resolve(answer: Answer): void; reject(error: Error): void } | null = null;

  private constructor(url: string, socket: Socket) {
    this.#url = url;
    this.#socket = socket;
    this.#listen();
  }

  static async open(url: string): Promise<Connection> {
    return new Connection(url, await connected(url));
  }

  /**
   * @param head - what `requestHead` made.
   * @param body - ASCII, so that its length is its bytes.
   */
  post(head: string, body: string): Promise<Answer> {
    const nowMs = performance.now();
    const isIdle = nowMs - this.#usedMs > idleMsMax;
    this.#usedMs = nowMs;
    if (isIdle || this.#socket.destroyed)
      return this.#reconnected().then(() => this.post(head, body));
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(`${head}${body.length}\r\n\r\n${body}`, 'latin1');
    });
  }

  close(): void {
    this.#settle = null;
    this.#socket.destroy();
  }

  async #reconnected(): Promise<void> {
    this.#socket
      .removeAllListeners()
      .on('error', () => undefined)
      .destroy();
    this.#socket = await connected(this.#url);
    this.#usedMs = performance.now();
    this.#listen();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.setEncoding('latin1');
    socket.setTimeout(answerMs, () => socket.destroy(new Error('no answer came')));
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  #take(text: string): void {
    this.#received += text;
    const answer = answerIn(this.#received);
    if (answer === null) return;
    this.#received = '';
    const settle = this.#settle;
    this.#settle = null;
    settle?.resolve(answer);
  }

  #fail(error: Error): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.reject(error);
  }
}

async function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Everything of a request up to the length of its body. */
export function requestHead(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `POST ${path} HTTP/1.1\r\nhost: ${new URL(url).host}\r\ncontent-type: application/json\r\n` +
    `accept: application/json, text/event-stream\r\n${lines.join('')}content-length: `
  );
}

/** Null while some of it is still to come. */
function answerIn(text: string): Answer | null {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return null;
  const head = text.slice(0, headEnd);
  const status = Number(text.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const rest = text.slice(headEnd + 4);
  if (length !== undefined)
    return rest.length < Number(length) ? null : { status, head, body: rest };
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { status, head, body: '' };
  return rest.endsWith('\r\n0\r\n\r\n') ? { status, head, body: chunksOf(rest) } : null;
}

function chunksOf(text: string): string {
  let body = '';
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf('\r\n', at);
    const length = Number.parseInt(text.slice(at, lineEnd), 16);
    if (!(length > 0)) return body;
    body += text.slice(lineEnd + 2, lineEnd + 2 + length);
    at = lineEnd + 4 + length;
  }
}
