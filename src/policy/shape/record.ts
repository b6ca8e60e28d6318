import type { SourcePosition } from '../model.ts';
import {
  type Fields,
  type KeyForm,
  type Listed,
  listOf,
  mapOf,
  type NamedMap,
  record,
} from './collection.ts';
import { type KindSyntax, kindAndUnits } from './kind.ts';
import { pointer } from './pointer.ts';
import { name } from './scalar.ts';
import { byForm, type Located, mapped, type Shape } from './shape.ts';

/** What a result says of the things in it: an order, a file. */
export interface RecordSyntax {
  readonly object: Located<string> | undefined;
  readonly id: Located<string> | undefined;
  readonly owner: Located<string> | undefined;
  readonly fields: NamedMap<RecordFieldSyntax> | undefined;
  readonly names: Listed<Located<string>> | undefined;
  readonly order: Listed<Located<string>> | undefined;
  readonly keyAt: (key: string) => SourcePosition;
}

export interface RecordFieldSyntax {
  readonly at: Located<string>;
  readonly kind: KindSyntax | undefined;
}

/** Where a rule speaks of a record, these say how a value is compared, or whose it is. */
export const reservedFields: ReadonlySet<string> = new Set([
  'owner',
  'is',
  'only',
  'max',
  'min',
  'otherwise',
]);

/** Expressions name it: `ref.order_id.status`. */
export const fieldKey: KeyForm = {
  expected: 'the name of a field: small letters, digits and `_`, beginning with a letter',
  pattern: /^[a-z][a-z0-9_]{0,63}$/,
  mend: (key) => {
    const mended = key
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .toLowerCase()
      .replace(/^\/+/, '')
      .replace(/[^a-z0-9_]+/g, '_');
    return /^[a-z][a-z0-9_]{0,63}$/.test(mended) ? `write \`${mended}\`` : null;
  },
};

const field: Shape<RecordFieldSyntax> = byForm('a pointer, or `{ at: pointer, is: kind }`', {
  scalar: mapped(pointer, (at): RecordFieldSyntax => ({ at, kind: undefined })),
  map: record('`{ at: pointer, is: kind }`', (fields): RecordFieldSyntax | undefined => {
    const at = fields.required('at', pointer, 'Where the field stands in the record.');
    const kind = kindAndUnits(fields);
    return at === undefined || kind === undefined ? undefined : { at, kind };
  }),
});

/** The keys of a record, which stand among those of `returns`. */
export function recordFields(fields: Fields): RecordSyntax {
  return {
    object: fields.optional(
      'object',
      name('an object'),
      'What each item is, or the result where there are no items: `order`, `file`.',
    ),
    id: fields.optional('id', pointer, 'Of a record, where its id stands.'),
    owner: fields.optional('owner', pointer, 'Of a record, whose it is.'),
    fields: fields.optional(
      'fields',
      mapOf(fieldKey, field, { min: 1 }),
      'Of a record, what rules may ask: `{ status: /status, total: { at: /total, is: amount, unit: cent } }`.',
    ),
    names: fields.optional(
      'names',
      listOf(pointer),
      'Of a record, what a person calls it by: `[/filename]`.',
    ),
    order: fields.optional(
      'order',
      listOf(pointer),
      'Of a record, what "largest" and "latest" of a request pick it by: `[/size]`.',
    ),
    keyAt: fields.keyAt,
  };
}
