/**
 * Globs: `*` is anything but `/`, `**` anything, `?` one character but `/`. Everything else is itself, and the whole
 * value has to match.
 */
export interface CompiledGlob {
  readonly text: string;
  readonly matches: (value: string) => boolean;
  /** Whether it matches a path or a folder above it: who excepts a folder means what is in it, too. */
  readonly covers: (path: string) => boolean;
}

type Part =
  | { readonly type: 'char'; readonly char: string }
  | { readonly type: 'any' }
  | { readonly type: 'star' }
  | { readonly type: 'globstar' };

/** Patterns are written by people; anything longer is a mistake. */
export const globLengthMax = 1_024;

/**
 * Matching looks at each character once, whatever either says: at all places of the pattern together, a bit each, never
 * backtracking. An agent sends a megabyte where a policy has a glob.
 */
export function compileGlob(text: string): CompiledGlob {
  const whole = machineOf(partsOf(text));
  // What is excepted with all that it holds (`/srv/private/**`) isn't to be listed either.
  const folder = text.replace(/(?:\/\*\*)+$/, '');
  const above = folder === '' ? whole : machineOf(partsOf(folder));
  return {
    text,
    matches: (value) => matches(whole, value, false),
    // `*/**` matches `/`, which holds no folder `*`.
    covers: (path) =>
      matches(above, path, true) || (folder !== text && matches(whole, path, false)),
  };
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  for (const char of text
    .replace(/\*{3,}/g, '**')
    .split(/(\*\*|.)/su)
    .filter((piece) => piece !== '')) {
    if (char === '**') parts.push({ type: 'globstar' });
    else if (char === '*') parts.push({ type: 'star' });
    else if (char === '?') parts.push({ type: 'any' });
    else parts.push({ type: 'char', char });
  }
  return parts;
}

/** Sets of places in a pattern, a bit each. */
interface Machine {
  readonly end: number;
  readonly words: number;
  /** Where this character is what is wanted; of any other, `others`. */
  readonly wanted: ReadonlyMap<string, Uint32Array>;
  readonly others: Uint32Array;
  /** Where a character may be passed over without going on: of any but `/`, and of `/`. */
  readonly stays: Uint32Array;
  readonly staysAtSlash: Uint32Array;
  /** `**` that stands alone before a slash: where a segment begins, it may be nothing together with it. */
  readonly alone: Uint32Array;
  /** For one value at a time: where it is, and where its next character leads. */
  readonly scratch: readonly [Uint32Array, Uint32Array];
}

function machineOf(parts: readonly Part[]): Machine {
  const words = (parts.length >>> 5) + 1;
  const places = (isOne: (part: Part, place: number) => boolean): Uint32Array => {
    const set = new Uint32Array(words);
    for (const [place, part] of parts.entries()) if (isOne(part, place)) add(set, place);
    return set;
  };
  const isSlash = (part: Part | undefined): boolean => part?.type === 'char' && part.char === '/';
  const chars = new Set(parts.flatMap((part) => (part.type === 'char' ? [part.char] : [])));
  const wanted = new Map<string, Uint32Array>();
  for (const char of chars.add('/')) {
    wanted.set(
      char,
      places((part) =>
        part.type === 'char' ? part.char === char : part.type === 'any' && char !== '/',
      ),
    );
  }
  return {
    end: parts.length,
    words,
    wanted,
    others: places(({ type }) => type === 'any'),
    stays: places(({ type }) => type === 'star' || type === 'globstar'),
    staysAtSlash: places(({ type }) => type === 'globstar'),
    alone: places(
      ({ type }, place) =>
        type === 'globstar' &&
        (place === 0 || isSlash(parts[place - 1])) &&
        isSlash(parts[place + 1]),
    ),
    scratch: [new Uint32Array(words), new Uint32Array(words)],
  };
}

/** @param folders - whether what ends where a segment ends is enough */
function matches(machine: Machine, value: string, folders: boolean): boolean {
  const { end, words, wanted, others, stays, staysAtSlash } = machine;
  let [places, next] = machine.scratch;
  places.fill(0);
  add(places, 0);
  passStars(machine, places, true);
  let isFirst = true;
  for (const char of value) {
    const atSlash = char === '/';
    if (folders && atSlash && !isFirst && has(places, end)) return true;
    isFirst = false;
    const goesOn = wanted.get(char) ?? others;
    const remains = atSlash ? staysAtSlash : stays;
    let carried = 0;
    let any = 0;
    for (let word = 0; word < words; word += 1) {
      const here = places[word] ?? 0;
      const moving = here & (goesOn[word] ?? 0);
      const set = (moving << 1) | carried | (here & (remains[word] ?? 0));
      carried = moving >>> 31;
      next[word] = set;
      any |= set;
    }
    if (any === 0) return false;
    [places, next] = [next, places];
    passStars(machine, places, atSlash);
  }
  return has(places, end);
}

/**
 * A star may also be nothing; and a `**` that stands alone between slashes may be nothing together with its slash, so
 * that `**` + `/x` covers `x`. Only where a segment begins: else it would cover `yx` too.
 */
function passStars(
  { words, stays, alone }: Machine,
  places: Uint32Array,
  segmentBegins: boolean,
): void {
  for (let grown = true; grown; ) {
    grown = false;
    let carried = 0;
    for (let word = 0; word < words; word += 1) {
      const before = places[word] ?? 0;
      let here = (before | carried) >>> 0;
      const star = here & (stays[word] ?? 0);
      here = (here | (star << 1)) >>> 0;
      const both = segmentBegins ? here & (alone[word] ?? 0) : 0;
      here = (here | (both << 2)) >>> 0;
      carried = (star >>> 31) | (both >>> 30);
      if (here !== before) {
        places[word] = here;
        grown = true;
      }
    }
  }
}

function add(set: Uint32Array, place: number): void {
  set[place >>> 5] = (set[place >>> 5] ?? 0) | (1 << (place & 31));
}

function has(set: Uint32Array, place: number): boolean {
  return (((set[place >>> 5] ?? 0) >>> (place & 31)) & 1) === 1;
}
