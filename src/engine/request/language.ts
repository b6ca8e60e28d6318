/**
 * What a language is to the reading of a request: lists of its words, and nothing that runs. A new language is a new
 * file of this form in `languages/`, named in `languages.ts`.
 *
 * All words are in lower case with a straight apostrophe. A *phrase* is words with one space between; `…` in it stands
 * for up to eight words, `a|b` for either word. The second word of a two-word phrase that is a particle
 * (`turn on`) may also stand apart from the first (`turn the alarm on`).
 */
export interface Language {
  /** BCP 47. */
  readonly tag: string;
  /** Words that any longer text of the language has, and that no other language of the list below has. */
  readonly functionWords: readonly string[];
  /** The same for other languages: a text with more of these is not of this language. */
  readonly foreignWords: readonly string[];
  /** By action name: how people ask for it. Verbs are in the form of a command, which is the only one that asks. */
  readonly actions: { readonly [action: string]: ActionFamily };
  /** By object name, which is the same in every language: what people call it, in the singular. */
  readonly objects: { readonly [object: string]: ObjectFamily };
  /** Objects that a person's name stands for: "remove Omar". */
  readonly people: readonly string[];
  /** Verbs that say by themselves what they act on: `email Bob` needs no "mail". */
  readonly implied: { readonly [verb: string]: readonly string[] };
  /** Verbs that ask for an answer and change nothing. */
  readonly readVerbs: readonly string[];
  /** Verbs of what people do themselves: "I want to stay in Paris" asks nothing of an assistant. */
  readonly ownVerbs: readonly string[];
  /** Verbs that ask for an answer, not an action, when one of these words follows: "tell me". */
  readonly answersTo: { readonly verbs: readonly string[]; readonly words: readonly string[] };
  /** Words that are a noun as often as a verb, with what follows them where they are the noun: `order history`. */
  readonly nounOrVerb: { readonly [word: string]: readonly string[] };
  /** What follows any such word where it is the noun: "order is", "transfer of". */
  readonly afterNoun: readonly string[];
  /** Such words are the noun before a long number: "order 10482". */
  readonly nounBeforeNumber: readonly string[];
  readonly plural: (noun: string) => string;
  /** The form of "would you mind *booking*", and the words it stands after. */
  readonly gerund: (verb: string) => readonly string[];
  readonly beforeGerund: readonly string[];
  /** The form of "should be *booked*", and what stands before it. */
  readonly participle: (verb: string) => readonly string[];
  readonly beforeParticiple: readonly string[];
  /** "Should", "ought to": of what is to be done, without saying by whom. */
  readonly obligations: readonly string[];
  /** "The invoice *that* should be paid" tells which, and asks for nothing. */
  readonly relatives: readonly string[];
  /** "Ann should *receive* it" asks that somebody sends it. */
  readonly receiving: { readonly verbs: readonly string[]; readonly means: string };

  /** Words that may stand before a command and change nothing: "please", "also", "kindly". */
  readonly adverbs: readonly string[];
  readonly adverbEnding: string;
  /** Words that open a sentence before it begins: "hello", "thanks". */
  readonly openers: readonly string[];
  readonly please: readonly string[];
  readonly coordinators: readonly string[];
  /** Coordinators that end what a negation governs: "don't send it *but* save it". */
  readonly contrasts: readonly string[];
  /** Begin a clause that only says when or whether: "if", "after". */
  readonly subordinators: readonly string[];
  readonly questionWords: readonly string[];
  /** Words after which a question word begins a question within a sentence: "tell me *what*". */
  readonly beforeQuestion: readonly string[];
  /** Verbs that open a question when they stand first: "is", "did". */
  readonly questionVerbs: readonly string[];
  /** Of those, the ones that are commands too, where no person follows: "do the dishes". */
  readonly questionOrCommand: readonly string[];
  /** Questions by form that are orders: "could you". */
  readonly politeOpenings: readonly string[];
  /** The same where they follow "if": "I'd be glad if you could". */
  readonly politeConditions: readonly string[];
  readonly modals: readonly string[];
  /** "I", "we". */
  readonly firstPerson: readonly string[];
  /** "you": whom the request speaks to. */
  readonly secondPerson: readonly string[];
  /** "to", where a verb follows. */
  readonly infinitive: readonly string[];
  /** Verbs of wishing; they ask only when the first person wishes: "I want to", "I'd like you to". */
  readonly wishes: readonly string[];
  /** First-person forms that hold a wish's beginning: "i'd", "would". */
  readonly wishLeads: readonly string[];
  /** Words before "to" that make what follows a command: "be *sure* to", "don't *forget* to". */
  readonly governors: readonly string[];
  /** "the *task* is to". */
  readonly taskWords: readonly string[];
  /** Verbs that hand a command on: "help me book", "go delete". */
  readonly carriers: readonly string[];
  readonly persons: readonly string[];
  readonly negators: readonly string[];
  /** After a negation these take it back: "don't *forget* to". */
  readonly negationsUndone: readonly string[];
  readonly promises: readonly string[];
  readonly reminders: readonly string[];
  /** "how to", "link to": what follows is asked about, not for. */
  readonly howTo: readonly string[];
  /** Verbs of somebody else's words: "the email *says* to". */
  readonly reports: readonly string[];
  /** Words that may begin a plain statement: "I", "my", "the", "for". */
  readonly subjects: readonly string[];

  /** "it", "them": whatever is spoken of. */
  readonly pronouns: readonly string[];
  /** After these a noun is where something comes from, not what is acted on: "based on the email". */
  readonly sources: readonly string[];
  /** After these a noun is acted on again: "add a line about costs *to* the plan". */
  readonly targets: readonly string[];
  readonly particles: readonly string[];
  /** After these a noun without an article is a name: "post it in *release*". */
  readonly beforeNames: readonly string[];
  readonly stopWords: readonly string[];
  /** Nouns so common that none of them alone is the name of anything. */
  readonly commonNouns: readonly string[];
  /** After which a full stop ends no sentence. */
  readonly abbreviations: readonly string[];

  /** Words that say that a quoted value is a title: "titled". */
  readonly titleWords: readonly string[];
  /** Of those, the ones that name the object too: a "subject" is a mail's. */
  readonly titleObjects: { readonly [word: string]: string };
  /** Words that may stand between such a word and the quote. */
  readonly titleLinks: readonly string[];

  /** January first, each with its short forms. */
  readonly months: readonly (readonly string[])[];
  /** Of those, the ones that are ordinary words too: these need a day or a preposition beside them. */
  readonly ambiguousMonths: readonly string[];
  readonly dayEndings: readonly string[];
  /** "of", "the": between a day and its month. */
  readonly dayLinks: readonly string[];
  readonly rangeLinks: readonly string[];
  readonly beforeMonth: readonly string[];
  /** "tomorrow", "Monday", "next week". */
  readonly relativeDays: readonly string[];

  readonly superlatives: { readonly [word: string]: Superlative };
  /** "most expensive": the direction of the first, the measure of the second word. */
  readonly comparisons: { readonly [word: string]: 'max' | 'min' };
  readonly measures: { readonly [word: string]: Measure };
  /** "first" and "last" are superlatives only before a noun of an object. */
  readonly ordinals: readonly string[];
  /** Before these they are none: "first name". */
  readonly afterOrdinal: readonly string[];

  /** "Do the *following*": what is to be done is said by what follows. */
  readonly announcements: readonly string[];
  readonly delegation: {
    readonly verbs: readonly string[];
    readonly work: readonly string[];
    readonly links: readonly string[];
    readonly documents: readonly string[];
    /** "do what the email *says*". */
    readonly whatever: readonly string[];
    readonly speaks: readonly string[];
  };
}

export interface ActionFamily {
  readonly verbs: readonly string[];
  /** Verbs that ask for the action only with a noun of its object, or "it": "send" pays where money is spoken of. */
  readonly general: readonly string[];
  /** What people wish for when they wish for the action: "I'd like a refund". */
  readonly nouns: readonly string[];
}

export interface ObjectFamily {
  readonly nouns: readonly string[];
  /** Never understood from a word nobody knows: money and rights must be spoken of as such, or by a pronoun. */
  readonly named?: true;
}

export type Measure = 'size' | 'time' | 'price' | 'rating' | 'length' | 'distance' | 'count';

export interface Superlative {
  readonly direction: 'max' | 'min';
  readonly measure: Measure | null;
}
