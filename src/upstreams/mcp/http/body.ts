/** Readers of response bodies, each with its bound. */
import { createParser } from 'eventsource-parser';
import { GatheredBytes } from '../../../content/gathered-bytes.ts';
import { upstreamLimits } from '../../limits.ts';
import type { AnswerHolder } from './held.ts';
import type { Take } from './send.ts';

export interface WholeBody {
  readonly take: (chunk: Uint8Array) => Take;
  readonly bytes: () => Uint8Array;
}

export function wholeBody(holder: AnswerHolder): WholeBody {
  const gathered = new GatheredBytes();
  return {
    take: (chunk) => {
      if (
        gathered.length + chunk.length > upstreamLimits.messageBytesMax ||
        !holder.keep(chunk.length)
      )
        return 'too_large';
      gathered.add(chunk);
      return 'more';
    },
    bytes: () => gathered.take(),
  };
}

/** For a body that nobody wants. */
export function ignoredBody(): (chunk: Uint8Array) => Take {
  let size = 0;
  return (chunk) => {
    size += chunk.length;
    return size > upstreamLimits.messageBytesMax ? 'too_large' : 'more';
  };
}

/** What a broken stream leaves behind: where it was, and how long to wait before asking for the rest. */
export interface StreamPosition {
  lastEventId: string | null;
  retryMs: number | null;
}

export function eventStream(
  limits: { readonly eventBytesMax: number; readonly streamBytesMax: number },
  position: StreamPosition,
  onData: (data: string) => 'more' | 'enough',
  holder: AnswerHolder = alone,
): (chunk: Uint8Array) => Take {
  const decoder = new TextDecoder();
  /** A line that isn't complete. */
  const begun = new GatheredBytes();
  let size = 0;
  let took: Take = 'more';
  const parser = createParser({
    maxBufferSize: limits.eventBytesMax,
    onId: (id) => {
      position.lastEventId = id === '' ? null : id.slice(0, upstreamLimits.cursorCharactersMax);
    },
    onRetry: (retryMs) => {
      position.retryMs = retryMs;
    },
    onEvent: (event) => {
      size += upstreamLimits.messageCostBytes;
      holder.letGo();
      // An event without data only marks the place in the stream.
      if (took === 'more' && event.data !== '') took = onData(event.data);
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') took = 'too_large';
    },
  });
  return (chunk) => {
    size += chunk.length;
    if (size > limits.streamBytesMax) return 'too_large';
    if (took !== 'more') return took;
    if (!holder.keep(chunk.length)) return 'too_large';
    const end = Math.max(chunk.lastIndexOf(lineFeed), chunk.lastIndexOf(carriageReturn)) + 1;
    begun.add(chunk.subarray(0, end));
    if (end > 0) parser.feed(decoder.decode(begun.take(), { stream: true }));
    begun.add(chunk.subarray(end));
    return begun.length > limits.eventBytesMax ? 'too_large' : took;
  };
}

/** For a stream whose own bounds are small enough. */
const alone: AnswerHolder = { keep: () => true, letGo: () => undefined };

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
