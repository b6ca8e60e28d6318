import { type Listed, listOf, mapOf, type NamedMap, nameKey, record } from './collection.ts';
import { text } from './scalar.ts';
import { type Located, named, type Shape } from './shape.ts';

/** Words by which a request asks for an action, beyond those that ship with the product. */
export type ActionWordsSyntax = NamedMap<Listed<Located<string>>>;

const punctuation = /["'`.,;:!?(){}[\]/\\]/.source.slice(1, -1);
const oneWord = `[^\\s${punctuation}]+`;
const wordPattern = new RegExp(`^${oneWord}( ${oneWord}){0,3}$`);

const word = text('a word as a dictionary has it: `send`, `sign off`', {
  pattern: wordPattern,
  mend: (value) => {
    const mended = value.replace(new RegExp(`[\\s${punctuation}]+`, 'g'), ' ').trim();
    return wordPattern.test(mended) ? `write \`${mended}\`` : null;
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
