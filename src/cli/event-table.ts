import { printable } from '../content/escape.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';

export const eventHead = ['SEQ', 'AT', 'EVENT', 'TOOL', 'OUTCOME'] as const;

/** One event for people: what happened, to which tool, and how it ended. */
export function eventCells(seq: JsonValue | undefined, event: JsonObject): string[] {
  return [
    String(seq),
    new Date(Number(event['atMs'])).toISOString(),
    printable(String(event['type'])),
    printable(String(event['tool'] ?? '')),
    printable(outcomeOf(event)),
  ];
}

function outcomeOf(event: JsonObject): string {
  const codes = objects(event['findings']).flatMap((finding) =>
    finding['verdict'] === 'note' ? [] : [String(finding['code'])],
  );
  return [
    event['outcome'] ?? event['effect'] ?? event['answer'] ?? '',
    ...new Set(codes),
    ...answeredBy(event),
  ].join(' ');
}

/** Of a held call: whose answer it was, or on whose answers it was settled. */
function answeredBy({ type, by }: JsonObject): string[] {
  if (type !== 'approval.answered' && type !== 'approval.settled') return [];
  const people = isJsonArray(by) ? by.map(String) : [String(by)];
  return people.length === 0 ? [] : [`by ${people.join(', ')}`];
}

export function objects(value: JsonValue | undefined): JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : [];
}
