import type { Clause, ReadClause } from './clauses.ts';
import { byFirstWord, type Lexicon } from './lexicon.ts';
import { type Phrase, phraseEnd } from './phrases.ts';
import type { Token } from './tokens.ts';

/** "Do the tasks in the email from Ann": the request hands the work to a document. */
export interface Delegation {
  readonly clause: Clause;
  /** What the request says of the document, in its own words. */
  readonly document: string;
  /** What the document may be called: objects of its noun; empty for a file name or "it". */
  readonly objects: readonly string[];
  /** Of those words, the quoted values, addresses, file names and links. */
  readonly states: readonly string[];
}

const reachWordsMax = 12;

interface Ready {
  readonly verbs: ReadonlyMap<string, readonly Phrase[]>;
  readonly work: ReadonlySet<string>;
  readonly links: ReadonlySet<string>;
  readonly documents: ReadonlySet<string>;
  readonly whatever: ReadonlySet<string>;
  readonly speaks: ReadonlySet<string>;
}

const made = new WeakMap<Lexicon['language'], Ready>();

export function delegationOf(
  request: string,
  clauses: readonly ReadClause[],
  lexicon: Lexicon,
): Delegation | null {
  const ready = readyOf(lexicon);
  for (const read of clauses) {
    for (const command of read.commands) {
      for (const phrase of ready.verbs.get(command.verb) ?? []) {
        const end = phraseEnd(phrase, read.tokens, command.at, read.tokens.length);
        const document = end < 0 ? -1 : documentAfter(read.tokens, end, ready);
        if (document >= 0) return delegation(request, read, document, lexicon);
      }
    }
  }
  return null;
}

function readyOf(lexicon: Lexicon): Ready {
  const known = made.get(lexicon.language);
  if (known !== undefined) return known;
  const { delegation, plural } = lexicon.language;
  const both = (words: readonly string[]) => new Set(words.flatMap((word) => [word, plural(word)]));
  const ready: Ready = {
    verbs: byFirstWord(delegation.verbs, lexicon.particles),
    work: both(delegation.work),
    links: new Set(delegation.links),
    documents: both(delegation.documents),
    whatever: new Set(delegation.whatever),
    speaks: new Set(delegation.speaks),
  };
  made.set(lexicon.language, ready);
  return ready;
}

/** Where the document's words begin, or -1: "the tasks … in *the email*", "what *the email* says", "*the email's* steps". */
function documentAfter(tokens: readonly Token[], from: number, ready: Ready): number {
  const end = Math.min(tokens.length, from + reachWordsMax);
  let work = -1;
  let linked = -1;
  let document = -1;
  for (let at = from; at < end; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    const word = token.fold;
    const possessive = word.endsWith("'s") ? word.slice(0, -2) : null;
    if (possessive !== null && ready.documents.has(possessive)) document = at;
    if (work < 0 && (ready.work.has(word) || ready.whatever.has(word))) {
      if (document >= 0 && tokens[document]?.fold !== word) return document;
      work = at;
      continue;
    }
    const isDocument = ready.documents.has(word) || token.type === 'file' || token.type === 'url';
    const quotedFile = token.type === 'quote';
    // "specified in the email", but "in that email".
    const links = linked < 0 || (linked === at && !ready.whatever.has(word));
    if (work >= 0 && links && ready.links.has(word)) {
      linked = at + 1;
      continue;
    }
    if (isDocument || (quotedFile && linked >= 0)) {
      if (linked >= 0) return linked;
      if (work >= 0 && ready.whatever.has(tokens[work]?.fold ?? '')) {
        return speaksAfter(tokens, at, ready) ? work + 1 : -1;
      }
      document = at;
    }
  }
  return -1;
}

function speaksAfter(tokens: readonly Token[], at: number, ready: Ready): boolean {
  const end = Math.min(tokens.length, at + reachWordsMax);
  for (let place = at + 1; place < end; place += 1) {
    if (ready.speaks.has(tokens[place]?.fold ?? '')) return true;
  }
  return false;
}

function delegation(
  request: string,
  read: ReadClause,
  from: number,
  lexicon: Lexicon,
): Delegation | null {
  const part = read.tokens.slice(from);
  const first = part[0];
  const last = part.at(-1);
  if (first === undefined || last === undefined) return null;
  const noun = part.find((token) => lexicon.nouns.has(token.fold));
  const objects =
    lexicon.nouns.get(noun?.fold ?? '')?.find((phrase) => phrase.words.length === 1)?.objects ?? [];
  const states = part
    .filter((token) => ['quote', 'address', 'file', 'url'].includes(token.type))
    .map((token) => (token.type === 'quote' ? token.fold : request.slice(token.start, token.end)));
  return Object.freeze({
    clause: read.clause,
    document: request.slice(first.start, last.end),
    objects: Object.freeze([...objects]),
    states: Object.freeze(states),
  });
}
