/**
 * Takes out of a text what acts on whoever shows or reads it without being seen. What is said is left: what hidden text
 * says is the screen's matter.
 */
import { applyEdits, type Edited } from './edits.ts';
import { type IsTrusted, linkEdits, unlinked } from './shown-links.ts';
import { unseenEdits } from './unseen.ts';

/** More looks than this no text needs that anybody wrote to be read. */
const looksMax = 4;

export interface Sanitising {
  readonly trust: 'trusted' | 'untrusted';
  /** Null: links and images stay as they are. */
  readonly isTrustedUrl: IsTrusted | null;
}

/** Without control characters, terminal escapes, and of untrusted text what is invisible. */
export function withoutUnseen(text: string, { trust }: Sanitising): Edited {
  return applyEdits(text, unseenEdits(text, trust));
}

/** Images that nothing loads, and links that say where they lead. */
export function withLinksShown(text: string, { trust, isTrustedUrl }: Sanitising): Edited {
  if (trust === 'trusted' || isTrustedUrl === null) return applyEdits(text, []);
  let edited: Edited = applyEdits(text, linkEdits(text, isTrustedUrl));
  for (let look = 2; edited.text !== text; look += 1) {
    const before: Edited = edited;
    const edits = linkEdits(before.text, isTrustedUrl);
    if (edits.length === 0) break;
    const again = applyEdits(before.text, look > looksMax ? unlinked(before.text) : edits);
    edited = {
      text: again.text,
      placeOf: (at, side) => again.placeOf(before.placeOf(at, side), side),
    };
    if (look > looksMax) break;
  }
  return edited;
}

/** Both. Twice is once. */
export function sanitised(text: string, sanitising: Sanitising): string {
  return withLinksShown(withoutUnseen(text, sanitising).text, sanitising).text;
}
