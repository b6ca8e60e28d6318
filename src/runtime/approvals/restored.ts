import { canonicalJson } from '../../content/json.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../../content/value.ts';

/**
 * What a person left as it was shown is what it was: they see it redacted, and it isn't theirs to know or to lose.
 *
 * @param shown - the original as it is recorded.
 */
export function restored(edited: JsonValue, shown: JsonValue, original: JsonValue): JsonValue {
  if (canonicalJson(edited) === canonicalJson(shown)) return original;
  if (isJsonArray(edited) && isJsonArray(shown) && isJsonArray(original))
    return edited.map((item, at) => {
      const was = shown[at];
      const is = original[at];
      return was === undefined || is === undefined ? item : restored(item, was, is);
    });
  if (isJsonObject(edited) && isJsonObject(shown) && isJsonObject(original))
    return Object.fromEntries(
      Object.entries(edited).map(([name, member]) => {
        const was = Object.hasOwn(shown, name) ? shown[name] : undefined;
        const is = Object.hasOwn(original, name) ? original[name] : undefined;
        return [name, was === undefined || is === undefined ? member : restored(member, was, is)];
      }),
    );
  return edited;
}

const placeholders = /\[(?:redacted|\w+ #[a-z2-7]{6})\]/g;

/**
 * Whether something stands in it still that only stood for what isn't shown: a text of which a part was changed, or that was
 * moved. Made so, the call would carry the placeholder, and it looks on the page as if it carried the value.
 *
 * @param changed - after `restored`.
 */
export function isRedactedStill(
  changed: JsonValue,
  shown: JsonValue,
  original: JsonValue,
): boolean {
  const own = canonicalJson(original);
  const text = canonicalJson(changed);
  const found = canonicalJson(shown).match(placeholders) ?? [];
  return found.some((placeholder) => !own.includes(placeholder) && text.includes(placeholder));
}
