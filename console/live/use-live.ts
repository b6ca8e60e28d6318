import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { StreamMessage } from '../../src/edges/console/views.ts';
import { type Live, LiveStream } from './stream.ts';

export const Stream = createContext<LiveStream>(new LiveStream());

export function useLive(): Live {
  const stream = useContext(Stream);
  const [live, setLive] = useState(stream.live);
  useEffect(() => {
    setLive(stream.live);
    return stream.watch(() => setLive(stream.live));
  }, [stream]);
  return live;
}

/** @param listener - must stay the same function (`useCallback`). */
export function useMessages(listener: (message: StreamMessage) => void): void {
  const stream = useContext(Stream);
  useEffect(() => stream.listen(listener), [stream, listener]);
}
