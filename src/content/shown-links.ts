/**
 * Markdown and HTML of others, so that a reader sees where it leads and a renderer loads nothing of it: an image's address
 * is how a model that was talked into it tells a stranger what it has read.
 *
 * Both languages are read greedily, as the most generous program would; what only one of them takes for a link is one.
 */
import type { Edit } from './edits.ts';
import { htmlLinkEdits } from './shown-links-html.ts';
import { markdownLinkEdits } from './shown-links-markdown.ts';

/** Whether an address may stay as it is. */
export type IsTrusted = (url: string) => boolean;

/** In order. What they leave may hold others once more: asked again until there are none, or for good by `unlinked`. */
export function linkEdits(text: string, isTrusted: IsTrusted): readonly Edit[] {
  if (!mayHoldLink.test(text)) return [];
  const edits: Edit[] = [];
  let end = 0;
  const found = [...markdownLinkEdits(text, isTrusted), ...htmlLinkEdits(text, isTrusted)];
  for (const edit of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
    // What stands within another is left for the next look.
    if (edit.start < end) continue;
    edits.push(edit);
    end = Math.max(end, edit.end);
  }
  return edits;
}

/** Breaks whatever is left: for a text that was made to need more looks than anybody takes. */
export function unlinked(text: string): readonly Edit[] {
  const edits: Edit[] = [];
  for (const { 0: mark, index } of text.matchAll(/\](?=[([:])|<(?=[a-z/!])/gi))
    edits.push({ start: index, end: index + 1, replacement: mark === '<' ? '‹' : '] ' });
  return edits;
}

const mayHoldLink = /\]\(|\]:|<[a-z]/i;
