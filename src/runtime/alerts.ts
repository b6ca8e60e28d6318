import type { JsonObject } from '../content/value.ts';
import type { FindingCode } from '../engine/codes.ts';
import type { Decision, Finding } from '../engine/decision.ts';
import type { GatewayEvent } from '../engine/events.ts';
import { limits } from '../engine/limits.ts';
import type { Run } from '../engine/run.ts';

/** What a person must hear of. Recorded always; which of them are sent anywhere is the policy's `alerts`. */
export type AlertName =
  | 'budget_exceeded'
  | 'approval_expired'
  | 'approval_flood'
  | 'break_glass'
  | 'breaker_open'
  | 'definition_changed'
  | 'indeterminate_call'
  | 'injection_detected'
  | 'limit_reached'
  | 'notify_failed'
  | 'run_abandoned'
  | 'secret_found'
  | 'would_refuse';

export function alertEvent(
  alert: AlertName,
  run: string | null,
  call: string | null,
  atMs: number,
  details: JsonObject,
): GatewayEvent {
  return { v: 1, type: 'alert.raised', atMs, alert, run, call, details };
}

const budgetCodes: ReadonlySet<string> = new Set([
  'limits.steps',
  'limits.tool_calls',
  'limits.duration',
  'limits.tokens',
  'limits.cost',
]);

/** The alerts that a decision calls for. `warn` lets a call through that strict would refuse, and says so. */
export function decisionAlerts(
  decision: Decision,
  tool: string,
  run: string,
  call: string,
  atMs: number,
): readonly GatewayEvent[] {
  const seen = contentAlerts(decision.findings, tool, run, call, atMs);
  if (decision.verdict === 'allow') return seen;
  const alerts = [...seen];
  const codes = decision.findings
    .filter((finding) => finding.verdict !== 'note')
    .map((finding) => finding.code);
  if (codes.some((code) => budgetCodes.has(code)))
    alerts.push(alertEvent('budget_exceeded', run, call, atMs, { codes }));
  else if (codes.some((code) => code.startsWith('limits.')))
    alerts.push(alertEvent('limit_reached', run, call, atMs, { codes }));
  if (codes.includes('approvals.flood'))
    alerts.push(alertEvent('approval_flood', run, call, atMs, { tool }));
  if (decision.enforcement === 'warn' && decision.effect === 'allow') {
    alerts.push(alertEvent('would_refuse', run, call, atMs, { codes }));
  }
  return alerts;
}

const contentAlertOf: ReadonlyMap<FindingCode, AlertName> = new Map([
  ['inputs.injection', 'injection_detected'],
  ['inputs.secret', 'secret_found'],
  ['outputs.injection', 'injection_detected'],
  ['outputs.secret', 'secret_found'],
]);

function isOfContent({ code }: Finding): boolean {
  return contentAlertOf.has(code);
}

const none: readonly GatewayEvent[] = [];

/** What detectors saw in a call's arguments or in its result. Where, says the record of the call. */
export function contentAlerts(
  findings: readonly Finding[],
  tool: string,
  run: string,
  call: string,
  atMs: number,
): readonly GatewayEvent[] {
  if (!findings.some(isOfContent)) return none;
  return findings.flatMap(({ code }) => {
    const alert = contentAlertOf.get(code);
    return alert === undefined ? [] : [alertEvent(alert, run, call, atMs, { code, tool })];
  });
}

/** As many reasons are remembered; an older one that recurs is told once more. */
const reasonsMax = 10_000;

/**
 * One alert a reason: a loop that hits a limit a thousand times is one alert, not a thousand. An implicit run has no
 * end, so there a day makes the same reason news again.
 */
export class RaisedAlerts {
  readonly #raised = new Map<string, { readonly call: string; readonly atMs: number }>();

  /** Those of these that weren't raised yet. Asked again for the same call, the same: its decision may be written late. */
  fresh(alerts: readonly GatewayEvent[], run: Run, call: string): readonly GatewayEvent[] {
    if (alerts.length === 0) return alerts;
    return alerts.filter((event) => {
      if (event.type !== 'alert.raised') return true;
      const key = JSON.stringify([run.id, event.alert, event.details]);
      const before = this.#raised.get(key);
      const stale =
        run.implicit && before !== undefined && event.atMs - before.atMs >= limits.implicitMemoryMs;
      if (before !== undefined && before.call !== call && !stale) return false;
      this.#raised.set(key, { call, atMs: event.atMs });
      const [oldest] = this.#raised.keys();
      if (this.#raised.size > reasonsMax && oldest !== undefined) this.#raised.delete(oldest);
      return true;
    });
  }

  /** What was to be raised for this call was not written: the next call with that reason raises it. */
  withdraw(alerts: readonly GatewayEvent[], run: Run, call: string): void {
    for (const event of alerts) {
      if (event.type !== 'alert.raised') continue;
      const key = JSON.stringify([run.id, event.alert, event.details]);
      if (this.#raised.get(key)?.call === call) this.#raised.delete(key);
    }
  }
}

export function breakerAlerts(events: readonly GatewayEvent[]): readonly GatewayEvent[] {
  if (events.length === 0) return none;
  return events.flatMap((event) =>
    event.type === 'breaker.opened'
      ? [
          alertEvent('breaker_open', null, null, event.atMs, {
            tool: event.tool,
            failures: event.failures,
          }),
        ]
      : [],
  );
}
