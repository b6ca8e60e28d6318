import type { Scans } from '../content/detection/sighting.ts';
import type { JsonValue } from '../content/value.ts';
import type { Mediation } from '../engine/events.ts';
import type { DeclaredLooks, Facts } from '../engine/facts.ts';
import type { DetectorDeclaration, Policy, Tool } from '../policy/model.ts';
import type { Store } from '../store/port.ts';
import type { Upstream } from '../upstreams/port.ts';

/** What the runtime needs of the world; `gateway.ts` brings it. */
export interface RuntimePorts {
  readonly store: Store;
  /** The policy in force now: a reload swaps it between two calls, never within one. */
  readonly policy: () => Policy;
  readonly upstream: (name: string) => Upstream | undefined;
  /** What the upstream lists now, against the pin. */
  readonly definitionOf: (tool: Tool) => Facts['definition'];
  /** How far Sallyport stands between this agent and this upstream; never better than what was proven. */
  readonly mediation: (agent: string, upstream: string) => Mediation;
  /** Every secret that Sallyport holds, by value: they never reach a record. */
  readonly heldSecrets: () => readonly string[];
  readonly scan: Scan;
  /** Durable when it resolves: where a refusal goes that the store couldn't take. */
  readonly spool: (refusal: JsonValue) => Promise<void>;
  /** 144 random bits, base64url. */
  readonly randomId: () => string;
  /** 32 bytes that run handles are sealed with; as durable as the runs. */
  readonly handleKey: Uint8Array;
  readonly log: (line: LogLine) => void;
}

/**
 * What detectors say of these texts: at once where that takes a moment, and where no model is asked. It never fails: a text
 * that it says nothing of was not looked at.
 *
 * @param detector - the policy's model, for texts that it is to score too.
 */
export type Scan = (
  texts: readonly string[],
  looks: DeclaredLooks,
  detector: DetectorDeclaration | null,
) => Scans | Promise<Scans>;

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly [detail: string]: JsonValue;
}
