/** One event in a line, as lists and the stream show it. */
import type { Event, RecordedFinding } from '../../engine/events.ts';
import { findingsOfChecks } from '../../engine/passed-checks.ts';
import type { EventRow } from './views.ts';

export function eventRow(seq: number, event: Event, sealed: boolean): EventRow {
  return {
    seq,
    atMs: event.atMs,
    type: event.type,
    run: 'run' in event ? event.run : null,
    agent: 'agent' in event ? event.agent : null,
    user: 'user' in event ? event.user : null,
    call: 'call' in event ? event.call : null,
    tool: 'tool' in event ? event.tool : null,
    outcome: outcomeOf(event),
    codes: codesOf(event),
    durationMs: 'durationMs' in event ? event.durationMs : null,
    costMicroUsd: 'costMicroUsd' in event ? event.costMicroUsd : null,
    trust: 'labels' in event ? event.labels.trust : null,
    classes: 'labels' in event ? event.labels.classes : [],
    budgetLeft: 'budgetLeft' in event ? event.budgetLeft : null,
    sealed,
  };
}

/** Of what stopped or held something, each code once. */
export function codesOf(event: Event): readonly string[] {
  switch (event.type) {
    case 'identity.refused':
      return [event.code];
    case 'edge.refused':
      return [...new Set(event.refusals.map(({ code }) => code))];
    case 'approval.settled':
      return event.why === null ? [] : [event.why];
    default:
      return [
        ...new Set(
          findingsIn(event)
            .filter(({ verdict }) => verdict !== 'note')
            .map(({ code }) => code),
        ),
      ];
  }
}

/** What was found of a call, and then the checks that it passed. */
export function findingsOf(event: Event): readonly RecordedFinding[] {
  const passed = 'passed' in event ? findingsOfChecks(event.passed ?? {}) : [];
  return [...findingsIn(event), ...passed];
}

function findingsIn(event: Event): readonly RecordedFinding[] {
  return 'findings' in event ? event.findings : [];
}

/** Of a decision its effect, of an end its outcome, of an alert what it is about. */
function outcomeOf(event: Event): string | null {
  switch (event.type) {
    case 'call.started':
    case 'call.denied':
    case 'call.held':
      return event.effect;
    case 'call.finished':
    case 'approval.settled':
      return event.outcome;
    case 'approval.answered':
      return event.answer;
    case 'run.closed':
      return event.as;
    case 'alert.raised':
      return event.alert;
    case 'catalog.changed':
      return event.change;
    case 'notification.sent':
      return event.ok ? 'delivered' : 'failed';
    default:
      return null;
  }
}
