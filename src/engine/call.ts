import type { KindName, Parsed, Unparsable } from '../content/kind.ts';
import type { JsonObject, JsonValue } from '../content/value.ts';
import type { Tool } from '../policy/model.ts';
import type { HiddenText } from './hidden-texts.ts';

/** One proposed use of a tool, as an edge hands it over: arguments already through the strict reader. */
export interface ProposedCall {
  readonly id: string;
  readonly tool: string;
  readonly args: JsonObject;
  /** Null when the framework doesn't say. */
  readonly step: number | null;
  readonly dryRun: boolean;
}

/** A call whose arguments were read: defaults and fixed arguments filled, each value parsed by its kind. */
export interface ReadCall {
  readonly tool: Tool;
  /** What is decided is what is sent: the upstream gets exactly this object. */
  readonly args: JsonObject;
  /** Their RFC 8785 form: it is digested, and kept. */
  readonly canonical: string;
  readonly values: readonly ArgumentValue[];
  /** What its references stand for, as far as it was looked at: digests, by argument and id. */
  readonly references: ReadonlyMap<string, string>;
  /**
   * `sha256:<hex>` over the RFC 8785 form of [tool, definition digest, args without idempotency keys]; where references were
   * looked at, over that and what they stand for.
   */
  readonly digest: string;
  readonly texts: ArgumentTexts;
}

/** What detectors look at: taken once, so that what was named to be looked at and what is decided are the same. */
export interface ArgumentTexts {
  /** Each once. */
  readonly written: readonly string[];
  readonly hidden: readonly HiddenText[];
  /** Of both, those that are long enough for any detector: each once. */
  readonly asked: readonly string[];
}

export interface ArgumentValue {
  readonly argument: string;
  readonly kind: KindName;
  /** RFC 6901, from the argument's own root. */
  readonly pointer: string;
  /** What stands there. */
  readonly written: JsonValue;
  readonly value: Parsed | Unparsable;
}
