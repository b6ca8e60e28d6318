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
    ...toldOf(event),
  ]
    .filter((one) => one !== '')
    .join(' ');
}

/** Who, what and where, of events that are about no tool. */
function toldOf(event: JsonObject): string[] {
  switch (event['type']) {
    case 'approval.answered':
    case 'approval.settled':
      return answeredBy(event);
    case 'alert.raised':
      return [String(event['alert']), ...alertedOf(event['details'])];
    case 'notification.sent':
      return [
        `of ${String(event['about'])} to ${String(event['channel'])}`,
        ...(event['ok'] === true ? [] : [`failed: ${String(event['failure'])}`]),
      ];
    default:
      return [];
  }
}

/** Of a held call: whose answer it was, or on whose answers it was settled, or why nobody's. */
function answeredBy({ by, why }: JsonObject): string[] {
  const people = isJsonArray(by) ? by.map(String) : [String(by)];
  return [
    ...(people.length === 0 ? [] : [`by ${people.join(', ')}`]),
    ...(typeof why === 'string' ? [`(${why})`] : []),
  ];
}

function alertedOf(details: JsonValue | undefined): string[] {
  if (!isJsonObject(details)) return [];
  return ['tool', 'agent', 'channel', 'by'].flatMap((name) =>
    typeof details[name] === 'string' ? [`${name} ${details[name]}`] : [],
  );
}

export function objects(value: JsonValue | undefined): JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : [];
}
