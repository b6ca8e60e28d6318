/** What is kept of a hold beside its run's events: enough to find it after a restart, and to perform it without its request. */
import { z } from 'zod';
import type { JsonValue } from '../../content/value.ts';
import type { StateWrite } from '../../store/port.ts';

const statePrefix = 'hold:';

export type HoldState = {
  readonly v: 1;
  readonly run: string;
  /** Whose call it is: the token's id, never its secret. */
  readonly credential: string;
  /** Digest of the tool's definition as it was pinned then. */
  readonly definition: string | null;
  /**
   * Digest of the call as it was read, without what its references stand for: recorded arguments that read to it were
   * recorded whole.
   */
  readonly read: string;
  /** Payload digest of what a person is shown. */
  readonly shown: string;
  /** The agent's own words, redacted. */
  readonly reason: string | null;
  /** Who changed the call last, and the payload of what the agent proposed. */
  readonly edited: { readonly by: string; readonly proposed: string } | null;
};

const text = z.string();

const stateShape: z.ZodType<HoldState> = z.strictObject({
  v: z.literal(1),
  run: text,
  credential: text,
  definition: text.nullable(),
  read: text,
  shown: text,
  reason: text.nullable(),
  edited: z.strictObject({ by: text, proposed: text }).nullable(),
});

export function holdWrite(id: string, state: HoldState): StateWrite {
  return { key: statePrefix + id, value: state };
}

/** With the commit that ends it, or begins the call. */
export function holdDeleted(id: string): StateWrite {
  return { key: statePrefix + id, value: null };
}

/** Null: written by somebody else, so it isn't believed. */
export function parseHoldState(value: JsonValue): HoldState | null {
  return stateShape.safeParse(value).data ?? null;
}

export function holdIdOf(key: string): string {
  return key.slice(statePrefix.length);
}

export const holdStatePrefix: string = statePrefix;
