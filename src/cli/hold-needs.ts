import { isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import { span } from '../policy/check/describe.ts';
import { objects } from './event-table.ts';

/** What an answer has to be, beyond coming from whom the reasons name, and what else it does. */
export function needsOf(asks: JsonValue | undefined): readonly string[] {
  return objects(asks).flatMap(({ code, quorum, freshMs, grants }) => {
    const needs = [
      ...(typeof quorum === 'number' && quorum > 1 ? [`quorum: ${quorum} different people`] : []),
      ...(typeof freshMs === 'number' ? [`fresh: signed in within ${span(freshMs)}`] : []),
      ...(isJsonObject(grants) ? givenBy(grants) : []),
    ];
    return needs.length === 0 ? [] : [`${String(code)}: ${needs.join('; ')}`];
  });
}

function givenBy(grants: JsonObject): readonly string[] {
  return Object.entries(grants).map(([name, amount]) => {
    const given = Number(amount);
    switch (name) {
      case 'durationMs':
        return `agreeing gives the run ${span(given)} more`;
      case 'costMicroUsd':
        return `agreeing gives the run ${given / 1_000_000} USD more`;
      case 'toolCalls':
        return `agreeing gives the run ${given} more tool call${given === 1 ? '' : 's'}`;
      default:
        return `agreeing gives the run ${given} more ${given === 1 ? name.replace(/s$/, '') : name}`;
    }
  });
}
