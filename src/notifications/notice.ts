/** What of the record people are to hear of. */
import { hash } from 'node:crypto';
import { canonicalJson } from '../content/canonical.ts';
import type { Event } from '../engine/events.ts';
import type { Ask } from '../engine/hold.ts';
import type { CommittedEvent } from '../store/feed.ts';

export type HoldNotice = {
  readonly type: 'hold';
  readonly seq: number;
  readonly event: string;
  readonly run: string;
  readonly call: string;
  readonly of: 'call' | 'result';
  readonly agent: string;
  readonly user: string | null;
  readonly tool: string;
  readonly tier: 0 | 1 | 2 | 3;
  readonly asks: readonly Ask[];
  /** Payload digest of the facts that a person is shown. */
  readonly facts: string;
  readonly editedBy: string | null;
  readonly atMs: number;
  readonly expiresAtMs: number;
};

export type AlertNotice = {
  readonly type: 'alert';
  readonly seq: number;
  readonly event: string;
  readonly alert: string;
  readonly run: string | null;
  readonly call: string | null;
  readonly details: Extract<Event, { type: 'alert.raised' }>['details'];
  readonly atMs: number;
};

export type Notice = HoldNotice | AlertNotice;

/** Null: nobody is told of it. */
export function noticeOf({ seq, event }: CommittedEvent): Notice | null {
  if (event.type === 'call.held') {
    return {
      type: 'hold',
      of: 'call',
      ...calledBy(event),
      seq,
      event: digestOf(event),
      asks: event.asks,
      facts: event.shown,
      editedBy: event.edited?.by ?? null,
      expiresAtMs: event.expiresAtMs,
    };
  }
  if (event.type === 'call.finished' && event.withheld !== undefined) {
    return {
      type: 'hold',
      of: 'result',
      ...calledBy(event),
      seq,
      event: digestOf(event),
      asks: event.withheld.asks,
      facts: event.withheld.facts,
      editedBy: null,
      expiresAtMs: event.withheld.expiresAtMs,
    };
  }
  if (event.type !== 'alert.raised') return null;
  const { alert, run, call, details, atMs } = event;
  return { type: 'alert', seq, event: digestOf(event), alert, run, call, details, atMs };
}

type Called = Extract<Event, { type: 'call.held' | 'call.finished' }>;

function calledBy({
  run,
  call,
  agent,
  user,
  tool,
  tier,
  atMs,
}: Called): Pick<HoldNotice, 'run' | 'call' | 'agent' | 'user' | 'tool' | 'tier' | 'atMs'> {
  return { run, call, agent, user, tool, tier, atMs };
}

/** `call.held`, or the name of the alert. */
export function aboutOf(notice: Notice): string {
  return notice.type === 'hold' ? 'call.held' : notice.alert;
}

/** The same for an event and a channel on each try and after each restart: by it, receivers know a repeat. */
export function noticeId(channel: string, notice: Notice): string {
  return idOf([channel, String(notice.seq), notice.event]);
}

/** Of several at once; of one, its own. */
export function messageId(ids: readonly string[]): string {
  const [only] = ids;
  return ids.length === 1 && only !== undefined ? only : idOf(ids);
}

function idOf(parts: readonly string[]): string {
  return `ntf_${hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 24)}`;
}

function digestOf(event: Event): string {
  return hash('sha256', canonicalJson(event), 'base64url');
}
