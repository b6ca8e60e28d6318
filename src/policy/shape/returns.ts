import { kindNames } from '../../content/kind.ts';
import type { JsonValue } from '../../content/value.ts';
import type { SourcePosition } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import { type KeyForm, type Listed, listOf, mapOf, type NamedMap, record } from './collection.ts';
import { type KindSyntax, kind, pointerKey } from './kind.ts';
import { literal } from './literal.ts';
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
} from './scalar.ts';
import { byForm, type Located, mapped, named, type Shape } from './shape.ts';

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

export const returns: Shape<ReturnsSyntax> = named(
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
