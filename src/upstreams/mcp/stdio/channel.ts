/** MCP over the pipes of a spawned server: one line, one message. Many questions are in flight at once, told apart by id. */
import type { JsonObject } from '../../../content/value.ts';
import { upstreamLimits } from '../../limits.ts';
import type { Channel, Exchange, Failure, Question } from '../channel.ts';
import { LineSplitter } from '../lines.ts';
import { type Incoming, idAtEdge, looksMeant, readMessages } from '../message.ts';
import { progressOf } from '../progress.ts';
import {
  type Agreement,
  buildRequest,
  type ClientInfo,
  isCertainRefusal,
  modernVersion,
  rpcCodes,
} from '../protocol.ts';
import { FloodGauge } from './flood.ts';
import { LostAnswers } from './lost-answers.ts';
import { type Command, KeptProcess } from './process.ts';
import { StderrTail } from './stderr.ts';

interface Pending {
  readonly settle: (exchange: Exchange) => void;
  readonly onProgress: ((progress: number, total: number | null) => void) | undefined;
}

export class StdioChannel implements Channel {
  readonly ended: Promise<string>;
  readonly #process: KeptProcess;
  readonly #clientInfo: ClientInfo;
  readonly #stderr: StderrTail;
  readonly #pending = new Map<number, Pending>();
  readonly #lost = new LostAnswers();
  #nextId = 1;
  #usable = true;
  #answered = 0;
  readonly #unasked = new FloodGauge();
  #flooded = false;
  #onNotification: (method: string) => void = () => {};

  constructor(command: Command, clientInfo: ClientInfo, redact: (text: string) => string) {
    this.#clientInfo = clientInfo;
    this.#stderr = new StderrTail(redact);
    this.#process = new KeptProcess(command);
    this.#process.stderr.on('data', (chunk: Uint8Array) => this.#stderr.push(chunk));
    const lines = new LineSplitter(
      upstreamLimits.messageBytesMax,
      (line) => this.#receiveLine(line),
      (head, tail) =>
        this.#giveUp(
          idAtEdge(head, tail),
          looksMeant(head, tail),
          'too_large',
          `it answered more than ${upstreamLimits.messageBytesMax} bytes`,
        ),
    );
    this.#process.stdout.on('data', (chunk: Uint8Array) => {
      this.#countUnasked(chunk.length);
      if (!this.#flooded) lines.push(chunk);
    });
    // Before its end is reported, as a rule; a server that lives on without it can answer nobody any more.
    this.#process.stdout.once('end', () => {
      setTimeout(() => {
        if (!this.#usable) return;
        this.#abandonAll('it closed its standard output');
        void this.#process.close();
      }, upstreamLimits.stopGraceMs).unref();
    });
    this.ended = this.#process.ended.then((how) => this.#end(how));
  }

  ask(question: Question): Promise<Exchange> {
    if (!this.#usable) return Promise.resolve(notPerformed('the process has ended'));
    if (this.#pending.size >= upstreamLimits.callsInFlightMax)
      return Promise.resolve(notPerformed('too many calls are in flight'));
    if (this.#stuck()) return Promise.resolve(notPerformed('it does not read what it is sent'));
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#lost.timedOut(id);
        this.#pending.get(id)?.settle({
          type: 'failed',
          reason: 'timeout',
          performed: 'maybe',
          detail: `no answer within ${question.timeoutMs} ms`,
        });
        this.#cancel(id, question);
      }, question.timeoutMs);
      this.#pending.set(id, {
        onProgress: question.onProgress,
        settle: (exchange) => {
          clearTimeout(timer);
          this.#pending.delete(id);
          resolve(exchange);
          this.#failUnanswerable(this.#lost.answered(id));
        },
      });
      this.#write(
        buildRequest(id, question.method, question.params, {
          modernAs:
            question.agreement?.era === 'modern'
              ? question.agreement.version
              : (question.probeVersion ?? null),
          clientInfo: this.#clientInfo,
          progress: question.onProgress !== undefined,
        }),
      );
    });
  }

  tell(method: string, params: JsonObject): Promise<void> {
    if (this.#usable) this.#write({ jsonrpc: '2.0', method, params });
    return Promise.resolve();
  }

  /** A legacy server says by itself what changed; a modern one only to who subscribed. */
  listen(agreement: Agreement, onNotification: (method: string) => void): void {
    this.#onNotification = onNotification;
    if (agreement.era === 'legacy' || !this.#usable) return;
    const id = this.#nextId++;
    // Its answer comes when the subscription ends, which is when the process does: nobody waits for it.
    this.#write(
      buildRequest(
        id,
        'subscriptions/listen',
        { notifications: { toolsListChanged: true } },
        { modernAs: modernVersion, clientInfo: this.#clientInfo, progress: false },
      ),
    );
  }

  /** There is no finishing for a process: it is closed because it has ended, or with the gateway. */
  async close(): Promise<void> {
    await this.#process.close();
  }

  #receiveLine(line: Uint8Array): void {
    if (this.#flooded || line.length === 0) return;
    const answeredBefore = this.#answered;
    for (const message of readMessages(line)) this.#receive(message);
    this.#countUnasked(
      this.#answered > answeredBefore ? -line.length : upstreamLimits.messageCostBytes,
    );
  }

  #countUnasked(bytes: number): void {
    if (!this.#unasked.add(bytes, performance.now()) || this.#flooded) return;
    this.#flooded = true;
    this.#abandonAll('it wrote without end');
    void this.#process.close();
  }

  #receive(message: Incoming): void {
    switch (message.type) {
      case 'result':
        this.#settle(message.id, { type: 'result', result: message.result });
        return;
      case 'error': {
        const { id, code, data } = message;
        this.#settle(id, {
          type: 'error',
          code,
          message: message.message,
          data,
          refused: isCertainRefusal(code),
        });
        return;
      }
      case 'request':
        this.#answer(message.id, message.method);
        return;
      case 'notification':
        this.#notice(message.method, message.params);
        return;
      case 'invalid':
        this.#giveUp(
          message.id,
          message.meant,
          'bad_answer',
          'its answer is not a message that Sallyport takes',
        );
        return;
    }
  }

  /** An id that isn't waited for any more: an answer that came too late, or twice. The first one counted. */
  #settle(id: number | null, exchange: Exchange): void {
    if (id === null || id >= this.#nextId || id < 1)
      this.#giveUp(null, true, 'bad_answer', 'it answered a question that nobody asked');
    else if (this.#pending.has(id)) {
      this.#answered += 1;
      this.#pending.get(id)?.settle(exchange);
    }
  }

  #notice(method: string, params: JsonObject): void {
    if (method !== 'notifications/progress') {
      this.#onNotification(method);
      return;
    }
    const progress = progressOf(params);
    if (progress !== null)
      this.#pending.get(progress.token)?.onProgress?.(progress.progress, progress.total);
  }

  /** What an upstream may ask of us: whether we are there. */
  #answer(id: string | number, method: string): void {
    if (!this.#usable || this.#stuck()) return;
    if (method === 'ping') this.#write({ jsonrpc: '2.0', id, result: {} });
    else
      this.#write({
        jsonrpc: '2.0',
        id,
        error: { code: rpcCodes.methodNotFound, message: 'Method not found' },
      });
  }

  /** @param meant - it was to be somebody's answer, even where nobody can tell whose. */
  #giveUp(
    id: number | null,
    meant: boolean,
    reason: 'bad_answer' | 'too_large',
    detail: string,
  ): void {
    const failure: Failure = { type: 'failed', reason, performed: 'maybe', detail };
    if (id !== null) this.#pending.get(id)?.settle(failure);
    else if (meant) this.#failUnanswerable(this.#lost.lost(this.#pending.keys()), failure);
  }

  #failUnanswerable(ids: readonly number[], failure: Failure = unanswerable): void {
    for (const id of ids) this.#pending.get(id)?.settle(failure);
  }

  #abandonAll(detail: string): void {
    this.#usable = false;
    const failure: Failure = {
      type: 'failed',
      reason: 'connection_lost',
      performed: 'maybe',
      detail,
    };
    for (const pending of [...this.#pending.values()]) pending.settle(failure);
  }

  /** Tells the server that nobody waits any more. What it has done by then stays unknown. */
  #cancel(id: number, question: Question): void {
    // `initialize` must not be cancelled, and nobody was told a version before it.
    if (!this.#usable || question.agreement === null) return;
    this.#write({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: id, reason: 'timed out' },
    });
  }

  #stuck(): boolean {
    return this.#process.stdin.writableLength > upstreamLimits.stdinBacklogBytesMax;
  }

  #write(message: object): void {
    this.#process.stdin.write(`${oneLine(message)}\n`);
  }

  #end(how: string): string {
    this.#abandonAll(`the process ${how}`);
    if (this.#flooded) return 'it wrote without end, and was ended';
    const said = this.#stderr.lastWords();
    return said === null ? how : `${how}; it last said: ${said}`;
  }
}

/**
 * To some readers of lines these end one too: whoever writes an argument with one in it would cut our message in two, and
 * break the server for everybody. Escaped, it is the same value.
 */
const lineEnds = /[\u0085\u2028\u2029]/g;

function oneLine(message: object): string {
  return JSON.stringify(message).replaceAll(
    lineEnds,
    (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const unanswerable: Failure = {
  type: 'failed',
  reason: 'bad_answer',
  performed: 'maybe',
  detail: 'its answer was among those that could not be read',
};

function notPerformed(detail: string): Failure {
  return { type: 'failed', reason: 'down', performed: 'no', detail };
}
