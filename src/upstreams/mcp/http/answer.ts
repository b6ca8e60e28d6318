/** Reads the answer to one question from whatever HTTP brings. */
import type { JsonObject } from '../../../content/value.ts';
import { upstreamLimits } from '../../limits.ts';
import type { Exchange, Failure, Question } from '../channel.ts';
import { type Incoming, readMessages } from '../message.ts';
import { progressOf } from '../progress.ts';
import { isCertainRefusal } from '../protocol.ts';
import { eventStream, ignoredBody, type StreamPosition, wholeBody } from './body.ts';
import { retryAfterMs } from './headers.ts';
import type { AnswerHolder } from './held.ts';
import type { HttpEnd, HttpHead, Take } from './send.ts';
import { readStatus } from './status.ts';

const json = 'application/json';

export class AnswerReader {
  readonly position: StreamPosition = { lastEventId: null, retryMs: null };
  readonly #id: number;
  readonly #question: Question;
  readonly #inSession: boolean;
  readonly #holder: AnswerHolder;
  readonly #onRequest: (message: Extract<Incoming, { type: 'request' }>) => void;
  #answer: Exchange | null = null;
  #atEnd: () => Exchange = () => lost('the answer ended before it was complete');

  constructor(
    id: number,
    question: Question,
    inSession: boolean,
    holder: AnswerHolder,
    onRequest: (message: Extract<Incoming, { type: 'request' }>) => void,
  ) {
    this.#id = id;
    this.#question = question;
    this.#inSession = inSession;
    this.#holder = holder;
    this.#onRequest = onRequest;
  }

  read(head: HttpHead): (chunk: Uint8Array) => Take {
    const type = mediaType(head);
    if (head.status === 200 && type === 'text/event-stream') return this.#stream();
    const body = wholeBody(this.#holder);
    if (head.status !== 200) {
      const retry = retryAfterMs(
        head.header('retry-after'),
        Date.now(),
        upstreamLimits.retryAfterMaxMs,
      );
      this.#atEnd = () =>
        readStatus(head.status, this.#errorIn(body.bytes()), {
          inSession: this.#inSession,
          retryAfterMs: retry,
        });
    } else if (type === json && head.header('content-encoding') === null) {
      this.#atEnd = () => this.#onlyMessage(body.bytes());
    } else {
      this.#atEnd = () => ({
        type: 'failed',
        reason: 'bad_answer',
        performed: 'maybe',
        detail: 'its answer is neither JSON nor an event stream',
        httpStatus: head.status,
      });
    }
    return body.take;
  }

  /** The rest of a stream that broke off. An answer other than a stream means that there is no rest to be had. */
  readRest(head: HttpHead): (chunk: Uint8Array) => Take {
    if (head.status === 200 && mediaType(head) === 'text/event-stream') return this.#stream();
    this.position.lastEventId = null;
    return ignoredBody();
  }

  conclude(end: HttpEnd): Exchange {
    const exchange = this.#conclude(end);
    this.#holder.letGo();
    return exchange;
  }

  #conclude(end: HttpEnd): Exchange {
    if (this.#answer !== null) return this.#answer;
    if (end.type === 'complete') return this.#atEnd();
    return {
      type: 'failed',
      reason: end.reason,
      performed: end.started ? 'maybe' : 'no',
      detail: end.detail,
    };
  }

  #stream(): (chunk: Uint8Array) => Take {
    this.#atEnd = () => lost('the stream ended without an answer');
    const limits = {
      eventBytesMax: upstreamLimits.messageBytesMax,
      streamBytesMax: upstreamLimits.streamBytesMax,
    };
    const onData = (data: string): 'more' | 'enough' => {
      for (const message of readMessages(data)) this.#receive(message);
      return this.#answer === null ? 'more' : 'enough';
    };
    return eventStream(limits, this.position, onData, this.#holder);
  }

  #receive(message: Incoming): void {
    // The first answer counts; what follows it is nobody's.
    if (this.#answer !== null) return;
    if (message.type === 'request') this.#onRequest(message);
    else if (message.type === 'notification') this.#notice(message.params, message.method);
    else this.#answer = this.#exchange(message);
  }

  #notice(params: JsonObject, method: string): void {
    const progress = method === 'notifications/progress' ? progressOf(params) : null;
    if (progress?.token === this.#id)
      this.#question.onProgress?.(progress.progress, progress.total);
  }

  #onlyMessage(bytes: Uint8Array): Exchange {
    const messages = readMessages(bytes);
    const [message] = messages;
    if (message === undefined || messages.length !== 1)
      return badAnswer('it answered more or less than one message');
    return this.#exchange(message);
  }

  #exchange(message: Incoming): Exchange {
    if (message.type === 'result' && message.id === this.#id)
      return { type: 'result', result: message.result };
    if (message.type === 'error' && (message.id === this.#id || message.id === null)) {
      return {
        type: 'error',
        code: message.code,
        message: message.message,
        data: message.data,
        refused: isCertainRefusal(message.code),
      };
    }
    return badAnswer('it answered something else than it was asked');
  }

  #errorIn(bytes: Uint8Array): Extract<Incoming, { type: 'error' }> | null {
    const [message] = readMessages(bytes);
    return message?.type === 'error' ? message : null;
  }
}

function mediaType(head: HttpHead): string {
  const declared = head.header('content-type') ?? '';
  if (declared === json) return json;
  return declared.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function badAnswer(detail: string): Failure {
  return { type: 'failed', reason: 'bad_answer', performed: 'maybe', detail };
}

function lost(detail: string): Failure {
  return { type: 'failed', reason: 'connection_lost', performed: 'maybe', detail };
}
