import { type KindName, kindNames } from '../../content/kind.ts';
import type { SourcePosition } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Node } from '../source/node.ts';
import { type Fields, type KeyForm, keysOf, mapOf, type NamedMap, record } from './collection.ts';
import { pointerKey } from './pointer.ts';
import { choice, oneOf } from './scalar.ts';
import { byForm, describeNode, type Located, mapped, named, type Shape } from './shape.ts';
import { currencyCode } from './value.ts';

/** The thing that an id names: `object.order`. */
const objectPattern = /^object\.[a-z][a-z0-9_-]{0,63}$/;

function isObjectKind(name: string): name is `object.${string}` {
  return objectPattern.test(name);
}

export function kindNamed(written: unknown): KindName | null {
  if (typeof written !== 'string') return null;
  return kindNames.find((known) => known === written) ?? (isObjectKind(written) ? written : null);
}

export interface KindSyntax {
  readonly at: SourcePosition;
  readonly name: KindName;
  readonly form: Located<'email' | 'phone' | 'handle' | 'opaque'> | undefined;
  readonly absentIsNone: Located<string> | undefined;
  readonly linksIgnored: Located<string> | undefined;
  readonly dialect: Located<'postgresql'> | undefined;
  readonly unit: Located<'major' | 'cent' | 'minor'> | undefined;
  readonly currency: Located<string> | undefined;
}

export type ArgumentSyntax =
  | { readonly type: 'whole'; readonly at: SourcePosition; readonly kind: KindSyntax }
  | { readonly type: 'parts'; readonly at: SourcePosition; readonly parts: NamedMap<KindSyntax> };

/** As an error lists them. */
const writtenKinds: readonly string[] = [...kindNames, 'object.<name>'];

const kindWord: Shape<KindSyntax> = {
  expected: `a kind: ${oneOf(writtenKinds)}`,
  schema: () => ({
    anyOf: [{ enum: [...kindNames] }, { type: 'string', pattern: objectPattern.source }],
  }),
  read: (node, report) => {
    const known = node.type === 'scalar' ? kindNamed(node.value) : null;
    if (known !== null) return plain(node.at, known);
    if (node.type === 'refused') return undefined;
    const written = node.type === 'scalar' ? String(node.value ?? '') : '';
    report.error(
      'policy.value',
      node.at,
      node.type === 'scalar' && node.value === null
        ? 'there is no kind here'
        : `${describeNode(node)} isn't a kind`,
      {
        expected: oneOf(writtenKinds),
        mend: kindMend(written),
      },
    );
    return undefined;
  },
};

function kindMend(written: string): string | null {
  const [, object] = /^object\.(.+)$/s.exec(written) ?? [];
  if (object !== undefined) {
    const name = object.toLowerCase().replace(/[^a-z0-9_-]+/g, '_');
    return isObjectKind(`object.${name}`) ? `write \`object.${name}\`` : null;
  }
  return didYouMean(written, kindNames) ?? kindHints.get(written) ?? null;
}

/** Of a map by kind. */
export const kindKey: KeyForm = {
  expected: oneOf(writtenKinds),
  pattern: new RegExp(`^(${kindNames.join('|')})$|${objectPattern.source}`),
  mend: kindMend,
};

/** What JSON Schema calls it, and what it may mean. */
const kindHints: ReadonlyMap<string, string> = new Map([
  ['string', 'say what the text means: `identifier`, `content`, `path`, `query` …'],
  ['text', 'say what the text means: `content`, `title`, `query` …'],
  ['integer', 'write `number`'],
  ['boolean', 'write `flag`'],
  ['bool', 'write `flag`'],
  ['sql', 'write `{ is: query, dialect: postgresql }`'],
  ['email', 'write `recipient` for somebody who is written to, `query` for a filter'],
  ['address', 'write `recipient` for somebody who is written to, `query` for a filter'],
  ['file', 'write `path`'],
  ['id', 'write `identifier`'],
  ['array', 'say what its values mean: a list of recipients is `recipient`'],
  [
    'object',
    'name its parts by pointer: `{ /to: recipient }`; for the id of a thing: `object.order`',
  ],
]);

function plain(at: SourcePosition, kind: KindName): KindSyntax {
  const none = undefined;
  return {
    at,
    name: kind,
    form: none,
    absentIsNone: none,
    linksIgnored: none,
    dialect: none,
    unit: none,
    currency: none,
  };
}

/** A kind, and how its values are written: what an argument and a field of a record have in common. */
export function kindAndUnits(fields: Fields): KindSyntax | undefined {
  const is = fields.required('is', kindWord, 'The kind.');
  const form = fields.optional(
    'form',
    choice(['email', 'phone', 'handle', 'opaque']),
    'Of a recipient or sender: how its values are written. `opaque` is compared exactly.',
  );
  const unit = fields.optional(
    'unit',
    choice(['major', 'cent', 'minor']),
    "Of an amount: what its number counts. `major` is the currency's own unit, `cent` a hundredth, `minor` its smallest unit.",
  );
  const currency = fields.optional('currency', currencyCode, 'Of an amount that names none.');
  return is === undefined ? undefined : { ...is, at: fields.at, form, unit, currency };
}

const kindLongForm: Shape<KindSyntax> = record(
  'a kind in its long form: `{ is: recipient, form: opaque }`',
  (fields) => {
    const read = kindAndUnits(fields);
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
    const dialect = fields.optional(
      'dialect',
      choice(['postgresql']),
      'Of a `query`: it is a statement of this SQL, and read as one. A `read_only` tool gets only what purely reads, and what can not be read is refused.',
    );
    return read === undefined ? undefined : { ...read, absentIsNone, linksIgnored, dialect };
  },
  { description: 'A kind and how its values are read.' },
);

/** What an argument or result field means. */
export const kind: Shape<KindSyntax> = named(
  'kind',
  byForm(kindWord.expected, { scalar: kindWord, map: kindLongForm }),
);

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
