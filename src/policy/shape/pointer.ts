import type { KeyForm } from './collection.ts';
import { scalar, type Unfit, unfit } from './scalar.ts';
import type { Located, Shape } from './shape.ts';

// `""` is the whole: an item may be plain text.
const pattern = /^(\/[^/]*)*$/;

export const pointer: Shape<Located<string>> = scalar({
  expected: 'a pointer: `/messages`, `/*/id`, `""` for the whole',
  schema: { type: 'string', pattern: pattern.source },
  parse: ({ value, written }): string | Unfit => {
    if (typeof value === 'string' && pattern.test(value)) return value;
    return unfit(mend(written));
  },
});

export const pointerKey: KeyForm = {
  expected: 'a pointer: `/to`, `/*/path`, `/labels/*~keys`',
  pattern,
  mend,
};

function mend(written: string): string | null {
  return written.startsWith('/') ? null : `write \`/${written.replaceAll('.', '/')}\``;
}
