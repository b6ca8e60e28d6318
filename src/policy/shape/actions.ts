import { type Listed, listOf, mapOf, type NamedMap, nameKey, record } from './collection.ts';
import { text } from './scalar.ts';
import { type Located, named, type Shape } from './shape.ts';

/** Words by which a request asks for an action, beyond those that ship with the product. */
export type ActionWordsSyntax = NamedMap<Listed<Located<string>>>;

const word = text('a word as a dictionary has it: `send`, `sign off`', {
  pattern: /^[^\s"'`.,;:!?(){}[\]/\\]+( [^\s"'`.,;:!?(){}[\]/\\]+){0,3}$/,
  mend: (value) => {
    const mended = value.trim().replace(/\s+/g, ' ');
    return mended === value || mended === '' ? null : `write \`${mended}\``;
  },
});

export const actions: Shape<ActionWordsSyntax> = named(
  'actions',
  mapOf(
    nameKey('an action'),
    record('`{ words: [send] }`', (fields) =>
      fields.required(
        'words',
        listOf(word),
        'Words by which a request asks for it, in their base form; they join those that ship with the product.',
      ),
    ),
    { min: 1 },
  ),
);
