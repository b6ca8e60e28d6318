/** Kinds that a policy may name today; `object.<name>` comes with records. */
export const kindNames = [
  'recipient',
  'sender',
  'url',
  'account',
  'amount',
  'path',
  'folder',
  'query',
  'command',
  'content',
  'attachment',
  'reference',
  'identifier',
  'number',
  'date',
  'title',
  'flag',
  'secret',
  'idempotency_key',
] as const;

/**
 * What an argument or a result field means. The policy speaks of these, never of one tool's argument names.
 *
 * `sender` is for results only; `idempotency_key` is filled by the runtime, never by the agent.
 */
export type KindName = (typeof kindNames)[number] | `object.${string}`;

export type RecipientForm = 'email' | 'phone' | 'handle' | 'opaque';

export interface Kind {
  readonly name: KindName;
  /** Of a `recipient` or `sender`: how its values are written. */
  readonly form: RecipientForm;
  /** `absent: none`: an argument left out (or null) names nothing, and counts as an empty list. */
  readonly absentIsNone: boolean;
  /** `links: ignore`: URLs in this content are data, not destinations. */
  readonly linksIgnored: boolean;
  /** Of a `query`: the language that it is read as. Null: text, which nobody here reads. */
  readonly dialect: 'postgresql' | null;
  /** Of an `amount`: how many decimal places one unit of the argument is below the currency's major unit (`cent`: 2). */
  readonly unitDigits: number | null;
  /** Of an `amount`: ISO 4217, upper case. */
  readonly currency: string | null;
}

/**
 * One value after parsing. `key` is what is compared: two values of one kind are the same thing exactly
 * when their keys are equal.
 */
export type Parsed =
  | {
      readonly type: 'address';
      readonly key: string;
      readonly domain: string;
      readonly domainAndParents: readonly string[];
    }
  | {
      readonly type: 'url';
      readonly key: string;
      readonly scheme: string;
      readonly host: string;
      readonly port: number;
      readonly path: string;
    }
  | {
      readonly type: 'path';
      readonly key: string;
      readonly segments: readonly string[];
      readonly absolute: boolean;
    }
  /** `words` is null when the command holds an operator, expansion or redirection: it equals nothing. */
  | { readonly type: 'command'; readonly key: string; readonly words: readonly string[] | null }
  /** `minor` counts the currency's smallest unit. */
  | {
      readonly type: 'amount';
      readonly key: string;
      readonly minor: number;
      readonly currency: string;
    }
  | { readonly type: 'number'; readonly key: string; readonly number: number }
  | { readonly type: 'flag'; readonly key: string; readonly flag: boolean }
  /** Everything compared as text: folder, account, identifier, query, content, date, title, reference, handles, object ids. */
  | { readonly type: 'text'; readonly key: string };

/** A value that its kind can't read. It is denied wherever its kind matters: what doesn't parse can't be judged. */
export interface Unparsable {
  readonly type: 'unparsable';
  /** A fixed phrase, safe to show to an agent: it never quotes the value. */
  readonly reason: string;
}
