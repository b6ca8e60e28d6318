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
const dots = ['.', '\u3002', '\uff0e', '\uff61'];

const hostRun = /[\p{L}\p{N}\p{M}._\u3002\uff0e\uff61-]+/gu;

/** Longer than any name of a host: what has no dots cannot be one. */
const runLengthMax = 1_000;

/** Runs of characters that look like the name of a host, written without a scheme. */
export function* hostRunsIn(text: string): Generator<Span> {
  for (const { 0: run, index } of text.matchAll(hostRun)) {
    if (run.length > runLengthMax) continue;
    const leading = /^[._-]*/.exec(run)?.[0].length ?? 0;
    const start = index + leading;
    let end = index + run.length;
    while (end > start && /^[._-]$/.test(text.charAt(end - 1))) end -= 1;
    if (/[.\u3002\uff0e\uff61]/.test(text.slice(start, end))) yield { start, end };
  }
}

/** `www.` and something behind it: everybody takes that for a host. */
export function isWww(name: string): boolean {
  return /^www\.[^.]+\./i.test(name);
}

/** Ends in a top-level domain that exists. */
export function hasKnownEnd(name: string): boolean {
  const label = lastLabel(name);
  return known.has(label) || label.startsWith('xn--');
}

/** Ends in one that nobody takes for the end of a file's name or for a word. */
export function hasUnmistakableEnd(name: string): boolean {
  return unmistakable.has(lastLabel(name));
}

function lastLabel(name: string): string {
  const dot = Math.max(...dots.map((one) => name.lastIndexOf(one)));
  return name.slice(dot + 1).toLowerCase();
}
