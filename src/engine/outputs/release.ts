/** The last hands on a result: cut to its size, its marks written out, framed. In that order nothing cuts a frame. */
import { frameKey, frameText, markingBy } from '../../content/frame.ts';
import { jsonLiterals, withLiterals } from '../../content/json-literals.ts';
import { mapList, mapStrings } from '../../content/map-json.ts';
import { holdsMarks, type Marking, writeMarks } from '../../content/marks-in-text.ts';
import { truncateResult } from '../../content/truncate.ts';
import { isJsonObject, type JsonObject } from '../../content/value.ts';
import type { Decision, Finding } from '../decision.ts';
import { note } from '../findings.ts';
import type { Marks } from './marks.ts';
import { othersOf, type ToolResult, withParts } from './result.ts';

export interface Released {
  readonly result: ToolResult;
  /** The same without its frame: what is kept of it. */
  readonly kept: ToolResult;
  /** The boundary of the frame; null: it stands in none. */
  readonly frame: string | null;
  readonly findings: readonly Finding[];
  readonly changed: boolean;
  /** Texts that would be shown and that nobody looked at. */
  readonly unscanned: number;
}

export interface ReleaseContext {
  /** By its name. */
  readonly tool: string;
  readonly decision: Decision;
  /** Null: where results are only watched nothing is marked or cut, and characters like marks are the upstream's own. */
  readonly marks: Marks | null;
}

export function release(result: ToolResult, { tool, decision, marks }: ReleaseContext): Released {
  let maxBytes: number | null = null;
  for (const one of decision.obligations)
    if (one.type === 'truncate') maxBytes = Math.min(maxBytes ?? one.maxBytes, one.maxBytes);
  const cut = truncated(result, maxBytes);
  if (marks === null)
    return {
      result,
      kept: result,
      frame: null,
      findings: cutNote(maxBytes, cut.bytesCut),
      changed: false,
      unscanned: 0,
    };
  const writer = new MarkWriter(marks.boundary);
  const written = writer.written(cut.result);
  // The last block of what was cut is Sallyport's own word.
  const others = written.content.length - (cut.bytesCut > 0 ? 1 : 0);
  const kept = writer.marked > 0 ? withBoundary(written, marks.boundary) : written;
  const shown = decision.obligations.some(({ type }) => type === 'frame')
    ? framed(kept, tool, marks.boundary, others)
    : kept;
  const isFramed = shown !== kept;
  const bytesCut = cut.bytesCut + writer.bytesCut;
  return {
    result: shown,
    kept,
    frame: isFramed ? marks.boundary : null,
    findings: cutNote(maxBytes, bytesCut),
    changed: bytesCut > 0 || isFramed || writer.marked > 0,
    unscanned: writer.unscanned,
  };
}

/**
 * A result that was kept as it is handed over.
 *
 * @param blocks how many of its blocks are of others
 */
export function framed(
  kept: ToolResult,
  tool: string,
  boundary: string,
  blocks: number = kept.content.length,
): ToolResult {
  const content = mapList(kept.content, (block, index) =>
    index < blocks ? withFrame(block, tool, boundary) : block,
  );
  return content === kept.content ? kept : withBoundary({ ...kept, content }, boundary);
}

function cutNote(maxBytes: number | null, bytesCut: number): readonly Finding[] {
  return bytesCut === 0 ? [] : [note('outputs', 'outputs.truncated', { maxBytes, bytesCut }, null)];
}

/** Data with its marks written out: what a client will hold against the tool's schema. */
export function markedData(data: JsonObject, { boundary }: Marks): JsonObject {
  return new MarkWriter(boundary).data(data);
}

function truncated(
  result: ToolResult,
  maxBytes: number | null,
): { readonly result: ToolResult; readonly bytesCut: number } {
  if (maxBytes === null) return { result, bytesCut: 0 };
  const { content, structuredContent, bytesCut } = truncateResult(result, maxBytes);
  if (bytesCut === 0) return { result, bytesCut };
  return {
    result:
      structuredContent === null
        ? { ...result, content }
        : { ...result, content, structuredContent },
    bytesCut,
  };
}

function withBoundary(result: ToolResult, boundary: string): ToolResult {
  const meta = result['_meta'];
  return { ...result, _meta: { ...(isJsonObject(meta) ? meta : {}), [frameKey]: boundary } };
}

function withFrame(block: JsonObject, tool: string, boundary: string): JsonObject {
  const { text, resource } = block;
  if (typeof text === 'string')
    return isBlank(text) ? block : { ...block, text: frameText(text, tool, boundary) };
  if (!isJsonObject(resource)) return block;
  const within = resource['text'];
  if (typeof within !== 'string' || isBlank(within)) return block;
  return { ...block, resource: { ...resource, text: frameText(within, tool, boundary) } };
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

/** Writes out what stands in texts as single characters, in each string for itself. */
class MarkWriter {
  readonly #boundary: string;
  /** Made for the first text that has a mark. */
  #marking: Marking | null = null;
  marked = 0;
  bytesCut = 0;
  unscanned = 0;

  constructor(boundary: string) {
    this.#boundary = boundary;
  }

  written(result: ToolResult): ToolResult {
    const content = mapList(result.content, (block) => mapStrings(block, this.#write));
    const { structuredContent } = result;
    const others = othersOf(result);
    const besides = this.data(others);
    return withParts(result, {
      content,
      structuredContent: structuredContent && this.data(structuredContent),
      others: besides === others ? null : besides,
    });
  }

  data(value: JsonObject): JsonObject {
    return mapStrings(value, this.#write);
  }

  /** A mark that was cut open is closed within the string that it stands in, so JSON stays JSON. */
  readonly #write = (text: string): string => {
    if (!holdsMarks(text)) return text;
    const literals = jsonLiterals(text);
    return literals === null
      ? this.#plain(text)
      : withLiterals(text, literals, ({ value }) => this.#plain(value));
  };

  #plain(text: string): string {
    if (!holdsMarks(text)) return text;
    this.#marking ??= markingBy(this.#boundary);
    const written = writeMarks(text, this.#marking);
    this.marked += written.marks;
    this.bytesCut += written.bytesCut;
    if (written.isUnscanned) this.unscanned += 1;
    return written.text;
  }
}
