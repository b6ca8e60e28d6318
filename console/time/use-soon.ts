import { useCallback, useEffect, useRef } from 'preact/hooks';

/** Does it once in a while, however often it is asked for meanwhile. @param work - must stay the same function. */
export function useSoon(work: () => void, ms: number): () => void {
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    if (timer.current !== 0) return;
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      work();
    }, ms);
  }, [work, ms]);
}
