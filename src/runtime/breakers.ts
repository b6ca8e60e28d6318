/**
 * Circuit breakers, one for each operation of an upstream (a tool and its variants share it), shared by all runs: while a tool's upstream keeps failing, calls are refused instead of
 * piling up. Only what the upstream's *machinery* does counts (transport, time-outs, 5xx, 429): never its own refusals
 * or our denials, or one hostile argument would close the tool for everybody.
 */
import { z } from 'zod';
import type { GatewayEvent } from '../engine/events.ts';
import type { BreakerFact } from '../engine/facts.ts';
import { shapeOf } from '../engine/tool-shape.ts';
import type { BreakerSettings, Tool } from '../policy/model.ts';
import type { StateWrite, Store, StoreReader } from '../store/port.ts';
import type { FailureReason, UpstreamOutcome } from '../upstreams/port.ts';

const statePrefix = 'breaker:';
const stateShape = z.strictObject({
  failures: z.number().int(),
  openUntilMs: z.number().nullable(),
});

type State = z.infer<typeof stateShape> & {
  /** The call that finds out whether the tool is back. Of this process: after a restart another may try. */
  probe: string | null;
};

const machineryFailures: ReadonlySet<FailureReason> = new Set<FailureReason>([
  'down',
  'timeout',
  'connection_lost',
  'server_error',
  'rate_limited',
]);

export interface BreakerChange {
  readonly changed: boolean;
  readonly events: readonly GatewayEvent[];
}

const unchanged: BreakerChange = { changed: false, events: [] };

export function breakerOf(tool: Tool): string {
  return shapeOf(tool).operation;
}

export interface OpenBreaker {
  readonly tool: string;
  readonly state: 'open' | 'half_open';
  readonly untilMs: number;
}

export async function openBreakers(
  store: Pick<StoreReader, 'listState'>,
  nowMs: number,
): Promise<OpenBreaker[]> {
  return (await store.listState(statePrefix)).flatMap(({ key, value }) => {
    const untilMs = stateShape.safeParse(value).data?.openUntilMs ?? null;
    const tool = key.slice(statePrefix.length);
    return untilMs === null
      ? []
      : [{ tool, state: nowMs < untilMs ? 'open' : 'half_open', untilMs }];
  });
}

export class Breakers {
  readonly #states = new Map<string, State>();

  static async open(store: Store): Promise<Breakers> {
    const breakers = new Breakers();
    for (const { key, value } of await store.listState(statePrefix)) {
      breakers.#states.set(key.slice(statePrefix.length), {
        ...stateShape.parse(value),
        probe: null,
      });
    }
    return breakers;
  }

  /** As `call` sees it: its own probe doesn't stand in its way. */
  fact(tool: string, call: string, nowMs: number): BreakerFact {
    const state = this.#states.get(tool);
    if (state === undefined || state.openUntilMs === null) return { state: 'closed' };
    if (nowMs < state.openUntilMs) return { state: 'open', untilMs: state.openUntilMs };
    return { state: 'half_open', probing: state.probe !== null && state.probe !== call };
  }

  /** The call was let through: while the breaker is half-open it is the one probe. */
  started(tool: string, call: string, nowMs: number): void {
    const state = this.#states.get(tool);
    if (state?.openUntilMs != null && nowMs >= state.openUntilMs && state.probe === null)
      state.probe = call;
  }

  /** The call isn't let through after all, or has ended without a word: the probe is free again. */
  withdrawn(tool: string, call: string): void {
    const state = this.#states.get(tool);
    if (state?.probe === call) state.probe = null;
  }

  /** What is to be kept of it, as it stands at the moment of writing: commits are in order, outcomes needn't be. */
  written(tool: string): StateWrite {
    const state = this.#states.get(tool);
    const kept =
      state === undefined ? null : { failures: state.failures, openUntilMs: state.openUntilMs };
    return { key: statePrefix + tool, value: kept };
  }

  /** What an outcome changes; `written` is to be committed together with it. */
  settle(
    tool: string,
    call: string,
    outcome: UpstreamOutcome & { readonly retryAfterMs?: number },
    settings: BreakerSettings,
    nowMs: number,
  ): BreakerChange {
    const state = this.#states.get(tool) ?? { failures: 0, openUntilMs: null, probe: null };
    const probed = state.probe === call;
    const failed =
      outcome.type !== 'result' &&
      outcome.type !== 'error' &&
      machineryFailures.has(outcome.reason);
    if (!failed) {
      // A late success of a call from before it opened says nothing: only the probe closes.
      if (state.openUntilMs !== null && !probed) return unchanged;
      if (state.failures === 0 && state.openUntilMs === null) return unchanged;
      this.#states.delete(tool);
      const wasOpen = state.openUntilMs !== null;
      return {
        changed: true,
        events: wasOpen ? [{ v: 1, type: 'breaker.closed', atMs: nowMs, tool }] : [],
      };
    }
    const failures = state.failures + 1;
    const opens =
      probed ||
      (failures >= settings.failures &&
        (state.openUntilMs === null || nowMs >= state.openUntilMs)) ||
      outcome.retryAfterMs !== undefined;
    const openUntilMs = opens
      ? // What one answer asked for, a later and milder one doesn't take back.
        Math.max(
          state.openUntilMs ?? 0,
          nowMs + Math.max(settings.resetMs, outcome.retryAfterMs ?? 0),
        )
      : state.openUntilMs;
    this.#states.set(tool, { failures, openUntilMs, probe: probed ? null : state.probe });
    return {
      changed: true,
      events:
        opens && openUntilMs !== null
          ? [{ v: 1, type: 'breaker.opened', atMs: nowMs, tool, failures, untilMs: openUntilMs }]
          : [],
    };
  }
}
