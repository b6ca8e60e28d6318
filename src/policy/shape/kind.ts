import { kindNames } from '../../content/kind.ts';
import type { SourcePosition } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Node } from '../source/node.ts';
import {
  type KeyForm,
  keysOf,
  mapOf,
  type NamedMap,
  notEnforcedYet,
  record,
} from './collection.ts';
import { choice, oneOf } from './scalar.ts';
import { byForm, describeNode, type Located, mapped, named, type Shape } from './shape.ts';
import { currencyCode } from './value.ts';

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

export const pointerKey: KeyForm = {
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
export const argument: Shape<ArgumentSyntax> = named('argument', {
  expected: 'a kind, or a map of pointers to kinds',
  read: (node, report) => (hasPointers(node) ? parts : whole).read(node, report),
  schema: (book) => ({ anyOf: [whole.schema(book), parts.schema(book)] }),
});

function hasPointers(node: Node): boolean {
  return keysOf(node).some((key) => key.startsWith('/'));
}
