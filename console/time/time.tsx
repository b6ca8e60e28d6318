import { useGatewayNow } from './clock.ts';
import { timeLeft, urgency } from './left.ts';

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const ofDay = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const ofYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** In the reader's zone; the whole of it on demand. */
export function When({ atMs }: { readonly atMs: number }) {
  const date = new Date(atMs);
  const today = date.toDateString() === new Date().toDateString();
  return (
    <time dateTime={date.toISOString()} title={exact.format(date)}>
      {(today ? ofDay : ofYear).format(date)}
    </time>
  );
}

export function TimeLeft({ untilMs }: { readonly untilMs: number }) {
  const left = untilMs - useGatewayNow();
  const date = new Date(untilMs);
  return (
    <time class={`left ${urgency(left)}`} dateTime={date.toISOString()} title={exact.format(date)}>
      {timeLeft(left)}
    </time>
  );
}
