import { hash } from 'node:crypto';
import { digestOfText } from '../content/digest.ts';
import { canonicalJson } from '../content/json.ts';
import type { JsonObject, JsonValue } from '../content/value.ts';
import { excessOf } from '../engine/bounds.ts';
import type { ReadCall } from '../engine/call.ts';
import { shapeOf } from '../engine/tool-shape.ts';
import type { Tool } from '../policy/model.ts';
import type { Redaction } from './redaction.ts';

/** Collects what events refer to by digest, redacted before it is digested: the ledger never holds a secret. */
export class Payloads {
  readonly bytes: Map<string, Uint8Array> = new Map();

  /**
   * @param larger - what to keep instead of what is longer than so many units in that form.
   * @returns `sha256:<hex>` over the payload's RFC 8785 form.
   */
  keep(
    value: JsonValue,
    redaction: Redaction,
    larger: { readonly unitsMax: number; readonly instead: () => JsonValue } | null = null,
  ): string {
    const whole = canonicalJson(redaction.value(value));
    return this.#put(
      larger === null || whole.length <= larger.unitsMax
        ? whole
        : canonicalJson(redaction.value(larger.instead())),
    );
  }

  /** Arguments, of which the canonical form is known where they are those of the call as it was read. */
  keepArguments(args: JsonObject, read: ReadCall | null, redaction: Redaction): string {
    const redacted = redaction.value(args);
    return this.#put(redacted === read?.args ? read.canonical : canonicalJson(redacted));
  }

  /** The same of what rules took down in a form of their own. */
  keepTaken(value: JsonValue, redaction: Redaction): string {
    return this.#put(canonicalJson(redaction.valueInAnyForm(value)));
  }

  /** Made of what is recorded, it has nothing left to take out. */
  keepRecorded(value: JsonValue): string {
    return this.#put(canonicalJson(value));
  }

  #put(text: string): string {
    const bytes = Buffer.from(text, 'utf8');
    const digest = `sha256:${hash('sha256', bytes)}`;
    this.bytes.set(digest, bytes);
    return digest;
  }
}

/** Refused arguments beyond this are told by their length and digest: refusing must not fill the disk. */
const refusedBytesMax = 65_536;

/** Arguments as recorded: those of kind `secret` are what they are so that nobody reads them, in the ledger either. */
export function recordedArguments(tool: Tool | null, args: JsonObject): JsonObject {
  if (tool === null) return args;
  const { secretArguments } = shapeOf(tool);
  if (secretArguments.length === 0) return args;
  const recorded: Record<string, JsonValue> = { ...args };
  for (const name of secretArguments)
    if (Object.hasOwn(recorded, name)) recorded[name] = '[redacted]';
  return recorded;
}

/** The arguments of a call that nobody could read, or that was refused: whatever the agent chose to send. */
export function refusedArguments(tool: Tool | null, args: JsonObject): JsonObject {
  const excess = excessOf(args);
  if (excess !== null) return { 'dev.sallyport/unrecorded': excess };
  const recorded = recordedArguments(tool, args);
  const text = canonicalJson(recorded);
  if (text.length <= refusedBytesMax) return recorded;
  return {
    'dev.sallyport/unrecorded': 'too_large',
    characters: text.length,
    digest: digestOfText(text),
  };
}
