/** Times as people say them. */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long is left: the nearer the end, the finer. */
export function timeLeft(ms: number): string {
  if (ms <= 0) return 'over';
  if (ms >= day) return `${whole(ms, day)} d ${whole(ms % day, hour)} h`;
  if (ms >= hour) return `${whole(ms, hour)} h ${whole(ms % hour, minute)} min`;
  if (ms >= 10 * minute) return `${whole(ms, minute)} min`;
  if (ms >= minute) return `${whole(ms, minute)} min ${whole(ms % minute, second)} s`;
  return `${Math.ceil(ms / second)} s`;
}

export function urgency(ms: number): 'now' | 'soon' | 'later' {
  if (ms < 2 * minute) return 'now';
  return ms < 10 * minute ? 'soon' : 'later';
}

export function durationText(ms: number): string {
  if (ms < second) return `${Math.round(ms)} ms`;
  if (ms < minute) return `${(ms / second).toFixed(1)} s`;
  if (ms < hour) return `${whole(ms, minute)} min ${whole(ms % minute, second)} s`;
  return `${whole(ms, hour)} h ${whole(ms % hour, minute)} min`;
}

/** Millionths of a dollar, exactly, with at least cents. */
export function usdText(microUsd: number): string {
  const fraction = String(Math.abs(microUsd) % 1_000_000).padStart(6, '0');
  const cents = fraction.slice(0, 2) + fraction.slice(2).replace(/0+$/, '');
  return `${microUsd < 0 ? '−' : ''}$${whole(Math.abs(microUsd), 1_000_000)}.${cents}`;
}

function whole(value: number, unit: number): number {
  return Math.floor(value / unit);
}
