import topLevelDomains from 'tlds' with { type: 'json' };
import type { Span } from './found-value.ts';

const known: ReadonlySet<string> = new Set(topLevelDomains);

/** Seen behind a name, they leave no doubt; `report.md`, `deploy.sh` and a missing space (`done.In`) do. */
const unmistakable: ReadonlySet<string> = new Set(
  'ai au biz br ca ch cn co com de dev edu es eu fr gov int io jp kr mil net nl org pl ru se uk us'.split(
    ' ',
  ),
);

/** The dot, and those that international names take for one. */
const dot = /[.\u3002\uff0e\uff61]/;

const dotInside = /[.\u3002\uff0e\uff61](?=[\p{L}\p{N}_-])/gu;
const hostRun = /[\p{L}\p{N}\p{M}._\u3002\uff0e\uff61-]+/uy;

/** Longer than any name of a host. Of a longer run its end is looked at, where it isn't alone. */
const runLengthMax = 300;

/** Runs of characters that look like the name of a host, written without a scheme. */
export function* hostRunsIn(text: string): Generator<Span> {
  const dots = new RegExp(dotInside);
  let done = 0;
  for (let match = dots.exec(text); match !== null; match = dots.exec(text)) {
    let start = match.index;
    while (start > done && match.index - start < runLengthMax && mayBeHost(text, start - 1))
      start -= 1;
    hostRun.lastIndex = match.index;
    done = match.index + (hostRun.exec(text)?.[0].length ?? 1);
    dots.lastIndex = done;
    let end = done;
    while (end > start && /^[._-]$/.test(text.charAt(end - 1))) end -= 1;
    start = Math.max(start, end - runLengthMax);
    while (start < end && /^[._-]$/.test(text.charAt(start))) start += 1;
    if (dot.test(text.slice(start, end))) yield { start, end };
  }
}

function mayBeHost(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return /^[a-z0-9._-]$/i.test(String.fromCharCode(unit));
  return /^[\p{L}\p{N}\p{M}\p{Cs}\u3002\uff0e\uff61]$/u.test(String.fromCharCode(unit));
}

/** `www.` and something behind it: everybody takes that for a host. */
export function isWww(name: string): boolean {
  return /^www\.[^.]+\./i.test(name);
}

/** Ends in a top-level domain that exists, and in a name that could be registered there: `user_file.name` couldn't. */
export function hasKnownEnd(name: string): boolean {
  const [registered = '', last = ''] = name.split(dot).slice(-2);
  const top = last.toLowerCase();
  return (known.has(top) || top.startsWith('xn--')) && !registered.includes('_');
}

/** Ends in one that nobody takes for the end of a file's name or for a word. */
export function hasUnmistakableEnd(name: string): boolean {
  return unmistakable.has((name.split(dot).at(-1) ?? '').toLowerCase());
}
