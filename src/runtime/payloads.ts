import { hash } from 'node:crypto';
import { digestOfText } from '../content/digest.ts';
import { canonicalJson } from '../content/json.ts';
import { redactValues } from '../content/redact.ts';
import type { JsonObject, JsonValue } from '../content/value.ts';
import { excessOf } from '../engine/bounds.ts';
import type { Tool } from '../policy/model.ts';

/** Collects what events refer to by digest, redacted before it is digested: the ledger never holds a secret. */
export class Payloads {
  readonly bytes: Map<string, Uint8Array> = new Map();
  readonly #secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** @returns `sha256:<hex>` over the payload's RFC 8785 form. */
  keep(value: JsonValue): string {
    const bytes = Buffer.from(canonicalJson(redactValues(value, this.#secrets)), 'utf8');
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
  const recorded: Record<string, JsonValue> = { ...args };
  for (const argument of tool.args.values()) {
    if (
      Object.hasOwn(recorded, argument.name) &&
      argument.parts.some((part) => part.kind.name === 'secret')
    )
      recorded[argument.name] = '[redacted]';
  }
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
