/** Readers of response bodies, each with its bound. */
import { createParser } from 'eventsource-parser';
import { upstreamLimits } from '../../limits.ts';
import type { Take } from './send.ts';

export interface WholeBody {
  readonly take: (chunk: Uint8Array) => Take;
  readonly bytes: () => Uint8Array;
}

export function wholeBody(): WholeBody {
  const parts: Uint8Array[] = [];
  let size = 0;
  return {
    take: (chunk) => {
      size += chunk.length;
      if (size > upstreamLimits.messageBytesMax) return 'too_large';
      parts.push(chunk);
      return 'more';
    },
    bytes: () => Buffer.concat(parts),
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
): (chunk: Uint8Array) => Take {
  const decoder = new TextDecoder();
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
    if (took === 'more') parser.feed(decoder.decode(chunk, { stream: true }));
    return took;
  };
}
