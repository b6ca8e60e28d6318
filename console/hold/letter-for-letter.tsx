import { Text } from '../text/text.tsx';
import { disguisesOfField } from './disguised.ts';

/** Below a field, as long as its text isn't what it looks like there: browsers act on such letters in a field, as everywhere. */
export function LetterForLetter({ id, text }: { readonly id: string; readonly text: string }) {
  const disguises = disguisesOfField(text);
  return (
    <div id={id} class="letter-for-letter">
      {/* There before it says something: only then is it heard. */}
      <p role="status" class="warning">
        {disguises !== null &&
          'This isn’t what it looks like in the field: it has disguised letters. Letter for letter it is:'}
      </p>
      {disguises !== null && (
        <p class="shown">
          <Text text={text} marks={disguises} block />
        </p>
      )}
    </div>
  );
}
