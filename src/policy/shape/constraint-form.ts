import { type Listed, listOf, record } from './collection.ts';
import { type OtherwiseSyntax, otherwiseField } from './hold.ts';
import { byForm, mapped, type Shape } from './shape.ts';

export interface OnlyExcept<T> {
  readonly only: Listed<T> | undefined;
  readonly except: Listed<T> | undefined;
}

export interface Limited<T> {
  readonly value: T;
  readonly otherwise: OtherwiseSyntax | undefined;
}

/** `[a, b]`, short for `{ only: [a, b] }`; the long form takes an `otherwise`. */
export function onlyList<T>(item: Shape<T>, description: string): Shape<Limited<readonly T[]>> {
  const list = listOf(item);
  return byForm(list.expected, {
    list: mapped(list, ({ value }) => ({ value, otherwise: undefined })),
    map: record(`\`{ only: […], otherwise: … }\``, (fields) => {
      const only = fields.required('only', list, description);
      const other = otherwiseField(fields);
      return only === undefined ? undefined : { value: only.value, otherwise: other };
    }),
    mend: 'write a list: `[…]`',
  });
}

/** `10`, short for `{ max: 10 }`; the long form takes an `otherwise`. */
export function single<T>(
  key: 'max' | 'is',
  inner: Shape<T>,
  description: string,
  mend: string,
): Shape<Limited<T>> {
  return byForm(inner.expected, {
    scalar: mapped(inner, (value): Limited<T> => ({ value, otherwise: undefined })),
    map: record(`\`{ ${key}: …, otherwise: … }\``, (fields): Limited<T> | undefined => {
      const value = fields.required(key, inner, description);
      const other = otherwiseField(fields);
      return value === undefined ? undefined : { value, otherwise: other };
    }),
    mend,
  });
}

/** `{ only, except }`, or a list for `only`. */
export function onlyExcept<T>(
  item: Shape<T>,
  options: { readonly exclusive: boolean; readonly hold: boolean },
): Shape<Limited<OnlyExcept<T>>> {
  const list = listOf(item);
  return byForm(`a list, or \`{ only, except }\``, {
    list: mapped(list, (only) => ({ value: { only, except: undefined }, otherwise: undefined })),
    map: record(
      '`{ only: […] }` or `{ except: […] }`',
      (fields) => ({
        value: {
          only: fields.optional('only', list, 'Nothing but these.'),
          except: fields.optional('except', list, 'None of these.'),
        },
        otherwise: options.hold ? otherwiseField(fields) : undefined,
      }),
      options.exclusive ? { min: 1, max: 1 } : { min: 1 },
    ),
    mend: 'write a list: `[…]`',
  });
}
