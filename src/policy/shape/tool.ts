import type { JsonValue } from '../../content/value.ts';
import type { Reach, SourcePosition, Tier } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Node } from '../source/node.ts';
import {
  type KeyForm,
  keysOf,
  type Listed,
  listOf,
  mapOf,
  type NamedMap,
  notEnforcedYet,
  record,
} from './collection.ts';
import { type LiteralSyntax, literal } from './literal.ts';
import {
  choice,
  type ExpressionSyntax,
  expression,
  name,
  oneOf,
  scalar,
  text,
  type Unfit,
  unfit,
  yesOrNo,
} from './scalar.ts';
import { byForm, describeNode, type Located, mapped, named, type Shape } from './shape.ts';
import { currencyCode } from './value.ts';

export interface ToolSyntax {
  readonly at: SourcePosition;
  readonly of: Located<string> | undefined;
  readonly with: NamedMap<LiteralSyntax> | undefined;
  readonly action: Located<string> | undefined;
  readonly tier: Located<TierName> | undefined;
  readonly tierAt: SourcePosition;
  readonly reach: Located<Reach> | undefined;
  readonly args: NamedMap<ArgumentSyntax> | undefined;
  readonly argsAt: SourcePosition;
  readonly hasArgs: boolean;
  readonly hasAction: boolean;
  readonly returns: ReturnsSyntax | undefined;
  readonly idempotent: Located<boolean> | undefined;
  readonly persists: Located<boolean> | undefined;
}

const tierNames = ['read_only', 'reversible', 'consequential', 'irreversible'] as const;
export type TierName = (typeof tierNames)[number];

export const tiers: Readonly<Record<TierName, Tier>> = {
  read_only: 0,
  reversible: 1,
  consequential: 2,
  irreversible: 3,
};

export function tierName(tier: Tier): TierName {
  return tierNames[tier];
}

/** Kinds that a policy may name today; `object.*` comes with records. */
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
export type WrittenKind = (typeof kindNames)[number];

export interface KindSyntax {
  readonly at: SourcePosition;
  readonly name: WrittenKind;
  readonly form: Located<'email' | 'phone' | 'handle' | 'opaque'> | undefined;
  readonly absentIsNone: Located<string> | undefined;
  readonly linksIgnored: Located<string> | undefined;
  readonly unit: Located<'major' | 'cent' | 'minor'> | undefined;
  readonly currency: Located<string> | undefined;
}

export type ArgumentSyntax =
  | { readonly type: 'whole'; readonly at: SourcePosition; readonly kind: KindSyntax }
  | { readonly type: 'parts'; readonly at: SourcePosition; readonly parts: NamedMap<KindSyntax> };

const kindWord: Shape<KindSyntax> = {
  expected: `a kind: ${oneOf(kindNames)}`,
  schema: () => ({ enum: [...kindNames] }),
  read: (node, report) => {
    if (
      node.type === 'scalar' &&
      typeof node.value === 'string' &&
      node.value.startsWith('object.')
    ) {
      notEnforcedYet(node.at, `the kind \`${node.value}\` (records)`, report);
      return undefined;
    }
    const known = kindNames.find((candidate) => node.type === 'scalar' && candidate === node.value);
    if (known !== undefined) return plain(node.at, known);
    if (node.type === 'refused') return undefined;
    const written = node.type === 'scalar' ? String(node.value ?? '') : '';
    report.error(
      'policy.value',
      node.at,
      node.type === 'scalar' && node.value === null
        ? 'there is no kind here'
        : `${describeNode(node)} isn't a kind`,
      {
        expected: oneOf(kindNames),
        mend: didYouMean(written, kindNames) ?? kindHints.get(written) ?? null,
      },
    );
    return undefined;
  },
};

/** What JSON Schema calls it, and what it may mean. */
const kindHints: ReadonlyMap<string, string> = new Map([
  ['string', 'say what the text means: `identifier`, `content`, `path`, `query` …'],
  ['text', 'say what the text means: `content`, `title`, `query` …'],
  ['integer', 'write `number`'],
  ['boolean', 'write `flag`'],
  ['bool', 'write `flag`'],
  ['email', 'write `recipient` for somebody who is written to, `query` for a filter'],
  ['address', 'write `recipient` for somebody who is written to, `query` for a filter'],
  ['file', 'write `path`'],
  ['id', 'write `identifier`'],
  ['array', 'say what its values mean: a list of recipients is `recipient`'],
  ['object', 'name its parts by pointer: `{ /to: recipient }`'],
]);

function plain(at: SourcePosition, kind: WrittenKind): KindSyntax {
  const none = undefined;
  return {
    at,
    name: kind,
    form: none,
    absentIsNone: none,
    linksIgnored: none,
    unit: none,
    currency: none,
  };
}

const kindLongForm: Shape<KindSyntax> = record(
  'a kind in its long form: `{ is: recipient, form: opaque }`',
  (fields) => {
    const is = fields.required('is', kindWord, 'The kind.');
    const form = fields.optional(
      'form',
      choice(['email', 'phone', 'handle', 'opaque']),
      'Of a recipient or sender: how its values are written. `opaque` is compared exactly.',
    );
    const absentIsNone = fields.optional(
      'absent',
      choice(['none']),
      '`none`: leaving the argument out, or null, names nothing.',
    );
    const linksIgnored = fields.optional(
      'links',
      choice(['ignore']),
      '`ignore`: URLs in this content are data, not destinations.',
    );
    const unit = fields.optional(
      'unit',
      choice(['major', 'cent', 'minor']),
      "Of an amount: what its number counts. `major` is the currency's own unit, `cent` a hundredth, `minor` its smallest unit.",
    );
    const currency = fields.optional('currency', currencyCode, 'Of an amount that names none.');
    return is === undefined
      ? undefined
      : { at: fields.at, name: is.name, form, absentIsNone, linksIgnored, unit, currency };
  },
  { description: 'A kind and how its values are read.' },
);

/** What an argument or result field means. */
export const kind: Shape<KindSyntax> = named(
  'kind',
  byForm(kindWord.expected, { scalar: kindWord, map: kindLongForm }),
);

const pointerKey: KeyForm = {
  expected: 'a pointer: `/to`, `/*/path`, `/labels/*~keys`',
  // `""` is the whole: an item may be plain text.
  pattern: /^(\/[^/]*)*$/,
  mend: (key) => (key.startsWith('/') ? null : `write \`/${key.replaceAll('.', '/')}\``),
};

const parts: Shape<ArgumentSyntax> = mapped(
  mapOf(pointerKey, kind, { min: 1 }),
  (map): ArgumentSyntax => ({ type: 'parts', at: map.at, parts: map }),
);

const whole: Shape<ArgumentSyntax> = mapped(kind, (read): ArgumentSyntax | undefined =>
  read === undefined ? undefined : { type: 'whole', at: read.at, kind: read },
);

/** Keys that are pointers make it an argument with parts; the two forms share no key. */
const argument: Shape<ArgumentSyntax> = named('argument', {
  expected: 'a kind, or a map of pointers to kinds',
  read: (node, report) => (hasPointers(node) ? parts : whole).read(node, report),
  schema: (book) => ({ anyOf: [whole.schema(book), parts.schema(book)] }),
});

function hasPointers(node: Node): boolean {
  return keysOf(node).some((key) => key.startsWith('/'));
}

const anyKey: KeyForm = {
  expected: 'the name of an argument',
  pattern: /^[^\u0000-\u001f]{1,200}$/,
  mend: () => null,
};

const pointer: Shape<Located<string>> = scalar({
  expected: 'a pointer: `/messages`, `/*/id`, `""` for the whole',
  schema: { type: 'string', pattern: '^(\\/[^/]*)*$' },
  parse: ({ value, written }): string | Unfit => {
    if (typeof value === 'string' && /^(\/[^/]*)*$/.test(value)) return value;
    return unfit(written.startsWith('/') ? null : `write \`/${written.replaceAll('.', '/')}\``);
  },
});

export interface ReturnsSyntax {
  readonly at: SourcePosition;
  readonly trust: Located<'trusted' | 'untrusted'> | undefined;
  readonly classes: Listed<Located<string>> | undefined;
  readonly subject: SubjectSyntax | undefined;
  readonly items: Located<string> | undefined;
  readonly hasItems: boolean;
  readonly each: NamedMap<EachSyntax> | undefined;
  readonly counts: Listed<Located<string>> | undefined;
  readonly provides: NamedMap<ProvidesSyntax> | undefined;
  readonly parse: Located<'json' | 'yaml'> | undefined;
  readonly content: Listed<Located<string>> | undefined;
  readonly success: ExpressionSyntax | undefined;
}

export type SubjectSyntax =
  | { readonly type: 'pointers'; readonly pointers: readonly Located<string>[] }
  | { readonly type: 'arg'; readonly arg: Located<string> };

export type EachSyntax =
  | { readonly type: 'kind'; readonly kind: KindSyntax }
  | { readonly type: 'attribute'; readonly name: Located<string> };

/** Kept as written for the flow rules; its pointers are checked all the same. */
export interface ProvidesSyntax {
  readonly at: SourcePosition;
  readonly pointers: readonly Located<string>[];
  readonly plain: JsonValue;
}

const subject: Shape<SubjectSyntax> = byForm('a pointer, a list of them, or `{ arg: name }`', {
  scalar: mapped(pointer, (value): SubjectSyntax => ({ type: 'pointers', pointers: [value] })),
  list: mapped(
    listOf(pointer),
    ({ value }): SubjectSyntax => ({ type: 'pointers', pointers: value }),
  ),
  map: record('`{ arg: name }`', (fields): SubjectSyntax | undefined => {
    const arg = fields.required(
      'arg',
      text('the name of an argument'),
      'The argument that names whose data it is.',
    );
    return arg === undefined ? undefined : { type: 'arg', arg };
  }),
});

const each: Shape<EachSyntax> = {
  expected: 'a kind, or the name of an attribute',
  schema: (book) => ({ anyOf: [kind.schema(book), name('an attribute').schema(book)] }),
  read: (node, report) => {
    const isKind = kindNames.some((known) => node.type === 'scalar' && known === node.value);
    if (isKind || node.type === 'map') {
      const read = kind.read(node, report);
      return read === undefined ? undefined : { type: 'kind', kind: read };
    }
    const attribute = name('a kind, or the name of an attribute').read(node, report);
    return attribute === undefined ? undefined : { type: 'attribute', name: attribute };
  },
};

const providedWhen: Shape<JsonValue> = byForm<JsonValue, JsonValue, JsonValue>(
  '`named`, or `{ /status: sent }`',
  {
    scalar: mapped(choice(['named']), ({ value }) => value),
    map: mapped(mapOf(pointerKey, literal, { min: 1 }), (map) =>
      Object.fromEntries(map.value.map((entry) => [entry.name, entry.value?.value ?? null])),
    ),
  },
);

const providedPointer: Shape<ProvidesSyntax> = mapped(
  pointer,
  (value): ProvidesSyntax => ({
    at: value.at,
    pointers: [value],
    plain: value.value,
  }),
);

const providedWith: Shape<ProvidesSyntax> = record('`{ at: pointer, when: named }`', (fields) => {
  const at = fields.required('at', pointer, 'Where the value stands.');
  const when = fields.required('when', providedWhen, 'On which condition it may be used.');
  if (at === undefined || when === undefined) return undefined;
  return { at: fields.at, pointers: [at], plain: { at: at.value, when } };
});

const provided: Shape<ProvidesSyntax> = byForm('a pointer, a list, or `{ at, when }`', {
  scalar: providedPointer,
  list: mapped(
    listOf(byForm('a pointer, or `{ at, when }`', { scalar: providedPointer, map: providedWith })),
    (list): ProvidesSyntax => ({
      at: list.at,
      pointers: list.value.flatMap((entry) => entry?.pointers ?? []),
      plain: list.value.map((entry) => entry?.plain ?? null),
    }),
  ),
  map: providedWith,
});

const kindKey: KeyForm = {
  expected: oneOf(kindNames),
  pattern: new RegExp(`^(${kindNames.join('|')})$`),
  mend: (key) => didYouMean(key, kindNames),
};

const returns: Shape<ReturnsSyntax> = named(
  'returns',
  record(
    'what the tool returns',
    (fields) => {
      for (const key of ['object', 'id', 'owner', 'fields', 'names', 'order']) {
        fields.later(key, 'records.', `\`returns.${key}\` (records)`);
      }
      return {
        at: fields.at,
        trust: fields.optional(
          'trust',
          choice(['trusted', 'untrusted']),
          '`trusted`: nobody outside writes what is in it. `untrusted` where nothing is said.',
        ),
        classes: fields.optional(
          'classes',
          listOf(name('a class of data')),
          'What the result holds: `[customer_data]`.',
        ),
        subject: fields.optional(
          'subject',
          subject,
          'Whose data it is: a pointer, a list of them, or `{ arg: name }`.',
        ),
        items: fields.optional('items', pointer, 'Where the items are; a grant may filter them.'),
        hasItems: fields.has('items'),
        each: fields.optional(
          'each',
          mapOf(pointerKey, each, { min: 1 }),
          'What stands in an item: pointers to kinds or attribute names.',
        ),
        counts: fields.optional(
          'counts',
          listOf(pointer),
          'Numbers that would give a filtered list away: each is set to the number of items left.',
        ),
        provides: fields.optional(
          'provides',
          mapOf(kindKey, provided, { min: 1 }),
          'Values that later calls may use, by kind. Recorded now; the flow rules will read it.',
        ),
        parse: fields.optional(
          'parse',
          choice(['json', 'yaml']),
          'The text of the result carries data.',
        ),
        content: fields.optional(
          'content',
          listOf(choice(['image', 'audio', 'resource', 'resource_link'])),
          'Media that may pass. Text always may.',
        ),
        success: fields.optional(
          'success',
          expression,
          "CEL on `result`: whether the call did what it says. Else the upstream's own `isError` decides.",
        ),
      };
    },
    { description: 'What the tool returns.' },
  ),
);

export const tool: Shape<ToolSyntax> = named(
  'tool',
  record(
    'the facts of a tool: `{ action, tier, reach, args }`',
    (fields) => {
      fields.later('undo', 'how to undo a call.', '`undo` (undo and transactions)');
      fields.later('on', 'the object that the tool acts on.', '`on` (flow)');
      fields.later('resolve', 'how to read what an argument names.', '`resolve`');
      fields.later('memory', 'the tool returns what runs wrote into it.', '`memory`');
      fields.later('fresh', 'how old a record may be.', '`fresh` (records)');
      return {
        at: fields.at,
        of: fields.optional(
          'of',
          text('a tool: `upstream.operation`'),
          'Of a variant: the tool that it is a second meaning of.',
        ),
        with: fields.optional(
          'with',
          mapOf(anyKey, literal, { min: 1 }),
          'Of a variant: arguments that are filled in and hidden.',
        ),
        action: fields.optional(
          'action',
          name('an action'),
          'What the tool does, in the words of a permission: `read`, `send`.',
        ),
        tier: fields.optional(
          'tier',
          choice(tierNames),
          'What a call can do at worst. `irreversible` where nothing is said.',
        ),
        tierAt: fields.keyAt('tier'),
        reach: fields.optional(
          'reach',
          choice(['internal', 'external']),
          '`external`: what goes in may leave the organisation. `external` where nothing is said.',
        ),
        args: fields.optional(
          'args',
          mapOf(anyKey, argument),
          'Every argument of the pinned schema, and what it means.',
        ),
        argsAt: fields.keyAt('args'),
        hasArgs: fields.has('args'),
        hasAction: fields.has('action'),
        returns: fields.optional('returns', returns, 'What the tool returns.'),
        idempotent: fields.optional(
          'idempotent',
          yesOrNo,
          'Doing it twice is doing it once, so Sallyport may try again.',
        ),
        persists: fields.optional(
          'persists',
          yesOrNo,
          'It makes rules, schedules, shares or credentials: tier `consequential` at least.',
        ),
      };
    },
    { description: 'Facts about one tool, told once and used by every rule.' },
  ),
);
