import type { SourcePosition } from '../model.ts';
import { type Listed, listOf, mapOf, type NamedMap, record } from './collection.ts';
import { type KindSyntax, kind, kindNamed } from './kind.ts';
import { pointer, pointerKey } from './pointer.ts';
import { type ProvidedSyntax, provides } from './provides.ts';
import { type RecordSyntax, recordFields } from './record.ts';
import { choice, type ExpressionSyntax, expression, name, text } from './scalar.ts';
import { byForm, type Located, mapped, named, type Shape } from './shape.ts';

export interface ReturnsSyntax {
  readonly at: SourcePosition;
  readonly trust: Located<'trusted' | 'untrusted'> | undefined;
  readonly classes: Listed<Located<string>> | undefined;
  readonly subject: SubjectSyntax | undefined;
  readonly items: Located<string> | undefined;
  readonly hasItems: boolean;
  readonly each: NamedMap<EachSyntax> | undefined;
  readonly counts: Listed<Located<string>> | undefined;
  readonly provides: NamedMap<readonly ProvidedSyntax[]> | undefined;
  readonly record: RecordSyntax;
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
    const isKind = node.type === 'scalar' && String(node.value).startsWith('object.');
    if (
      isKind ||
      (node.type === 'scalar' && kindNamed(node.value) !== null) ||
      node.type === 'map'
    ) {
      const read = kind.read(node, report);
      return read === undefined ? undefined : { type: 'kind', kind: read };
    }
    const attribute = name('a kind, or the name of an attribute').read(node, report);
    return attribute === undefined ? undefined : { type: 'attribute', name: attribute };
  },
};

export const returns: Shape<ReturnsSyntax> = named(
  'returns',
  record(
    'what the tool returns',
    (fields) => {
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
          provides,
          'Values that later calls may use, by kind; pointers start at the root.',
        ),
        record: recordFields(fields),
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
