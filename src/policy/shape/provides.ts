import { listOf, mapOf, type NamedMap, record } from './collection.ts';
import { kindKey } from './kind.ts';
import { type LiteralSyntax, literal } from './literal.ts';
import { pointer, pointerKey } from './pointer.ts';
import { choice } from './scalar.ts';
import { byForm, type Located, mapped, type Shape } from './shape.ts';

/** One pointer to values that later calls may use, and on which condition. */
export interface ProvidedSyntax {
  readonly at: Located<string>;
  readonly when: ProvidedWhenSyntax;
}

export type ProvidedWhenSyntax =
  | { readonly type: 'always' }
  | { readonly type: 'named' }
  | { readonly type: 'fields'; readonly fields: NamedMap<LiteralSyntax> };

const condition: Shape<ProvidedWhenSyntax> = byForm('`named`, or `{ /status: sent }`', {
  scalar: mapped(choice(['named']), (): ProvidedWhenSyntax => ({ type: 'named' })),
  map: mapped(
    mapOf(pointerKey, literal, { min: 1 }),
    (fields): ProvidedWhenSyntax => ({ type: 'fields', fields }),
  ),
});

const plain: Shape<ProvidedSyntax> = mapped(
  pointer,
  (at): ProvidedSyntax => ({ at, when: { type: 'always' } }),
);

const conditional: Shape<ProvidedSyntax> = record('`{ at: pointer, when: named }`', (fields) => {
  const at = fields.required('at', pointer, 'Where the value stands, from the root.');
  const when = fields.required(
    'when',
    condition,
    'On which condition it may be used: `named` in the request, or fields of its record with these values.',
  );
  return at === undefined || when === undefined ? undefined : { at, when };
});

const alone = (one: ProvidedSyntax): readonly ProvidedSyntax[] => [one];

const provided: Shape<readonly ProvidedSyntax[]> = byForm('a pointer, a list, or `{ at, when }`', {
  scalar: mapped(plain, alone),
  list: mapped(
    listOf(byForm('a pointer, or `{ at, when }`', { scalar: plain, map: conditional })),
    ({ value }) => value,
  ),
  map: mapped(conditional, alone),
});

export const provides: Shape<NamedMap<readonly ProvidedSyntax[]>> = mapOf(kindKey, provided, {
  min: 1,
});
