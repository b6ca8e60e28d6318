import type { JsonObject } from '../content/value.ts';
import type { Decision } from '../engine/decision.ts';
import type { GatewayEvent } from '../engine/events.ts';

/** What a person must hear of. Recorded always; which of them are sent anywhere is the policy's `alerts`. */
export type AlertName =
  | 'budget_exceeded'
  | 'breaker_open'
  | 'definition_changed'
  | 'indeterminate_call'
  | 'limit_reached'
  | 'run_abandoned'
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
  run: string,
  call: string,
  atMs: number,
): GatewayEvent[] {
  const codes = decision.findings
    .filter((finding) => finding.verdict !== 'note')
    .map((finding) => finding.code);
  const alerts: GatewayEvent[] = [];
  if (codes.some((code) => budgetCodes.has(code)))
    alerts.push(alertEvent('budget_exceeded', run, call, atMs, { codes }));
  else if (codes.some((code) => code.startsWith('limits.')))
    alerts.push(alertEvent('limit_reached', run, call, atMs, { codes }));
  if (
    decision.enforcement === 'warn' &&
    decision.verdict !== 'allow' &&
    decision.effect === 'allow'
  ) {
    alerts.push(alertEvent('would_refuse', run, call, atMs, { codes }));
  }
  return alerts;
}

export function breakerAlerts(events: readonly GatewayEvent[]): GatewayEvent[] {
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
