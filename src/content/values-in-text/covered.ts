import type { Span } from './found-value.ts';

/** Whether a place lies in one of the spans (in order, none in another). Asked with rising places it is linear. */
export function coveredBy(spans: readonly Span[]): (at: number) => boolean {
  let next = 0;
  return (at) => {
    while (next < spans.length && (spans[next]?.end ?? 0) <= at) next += 1;
    return (spans[next]?.start ?? Number.POSITIVE_INFINITY) <= at;
  };
}
