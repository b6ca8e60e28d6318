/** One call as it was recorded, for a person: each event, and below it each reason with what it looked at. */
import { printable } from '../content/escape.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import { codes } from '../engine/codes.ts';
import type { PassedChecks } from '../engine/events.ts';
import { findingsOfChecks } from '../engine/passed-checks.ts';
import { eventCells, objects } from './event-table.ts';
import { layerLine } from './layer-line.ts';

const marks: Readonly<Record<string, string>> = { note: '+', hold: '?', deny: '-' };

/**
 * @param call - its id, or the number of one of its events.
 * @param events - of its run, oldest first.
 */
export function recordedCall(call: string, events: readonly JsonObject[]): readonly string[] {
  const numbered = events.find((event) => String(event['seq']) === call)?.['call'];
  return events
    .filter((event) => event['call'] !== undefined && event['call'] === (numbered ?? call))
    .flatMap((event) => [
      eventCells(event['seq'], event).join('  '),
      ...layersOf(event),
      ...objects(event['findings']).flatMap(findingLines),
      ...findingsOfChecks(passedOf(event['passed'])).flatMap(findingLines),
    ]);
}

function layersOf(event: JsonObject): string[] {
  const line = layerLine(event['layers']);
  return line === '' ? [] : [`  layers: ${line}`];
}

function findingLines({ stage, code, verdict, at, details }: JsonObject): string[] {
  const name = String(code);
  const place = at == null ? '' : `  ${String(at)}`;
  const lines = [`  ${marks[String(verdict)] ?? ' '} ${name}${place}`];
  // A check that passed is told by its place; what was seen in a text, by what it is.
  const seen = stage === 'inputs' || stage === 'outputs';
  if (verdict === 'note' && !seen) return lines.map((line) => printable(line));
  const meant = Object.entries(codes).find(([known]) => known === name);
  if (meant !== undefined) lines.push(`      ${meant[1].operator}`);
  if (isJsonObject(details)) lines.push(...detailLines(details, '      '));
  return lines.map((line) => printable(line));
}

function passedOf(passed: JsonValue | undefined): PassedChecks {
  if (!isJsonObject(passed)) return {};
  return Object.fromEntries(
    Object.entries(passed).map(([file, checks]) => [
      file,
      isJsonArray(checks) ? checks.map(String) : [],
    ]),
  );
}

function detailLines(details: JsonObject, indent: string): string[] {
  return Object.entries(details).flatMap(([name, value]) => {
    const listed = objects(value);
    if (listed.length > 0)
      return [`${indent}${name}:`, ...listed.map((one) => `${indent}  ${listedLine(one)}`)];
    return [`${indent}${name}: ${isJsonObject(value) ? plainly(value) : shown(value)}`];
  });
}

function listedLine(one: JsonObject): string {
  return one['detector'] === undefined ? plainly(one) : sightingLine(one);
}

/** `injection v2  override  /body 12..40  score 0.95` */
function sightingLine({
  detector,
  version,
  type,
  at,
  start,
  end,
  score,
  ...more
}: JsonObject): string {
  const rest = plainly(more);
  return [
    version === undefined ? shown(detector ?? '') : `${shown(detector ?? '')} v${shown(version)}`,
    ...(type === undefined ? [] : [shown(type)]),
    `${shown(at ?? '')} ${shown(start ?? '')}..${shown(end ?? '')}`,
    `score ${shown(score ?? '')}`,
    ...(rest === '' ? [] : [rest]),
  ].join('  ');
}

function plainly(value: JsonObject): string {
  return Object.entries(value)
    .map(([name, member]) => `${name} ${shown(member)}`)
    .join(', ');
}

function shown(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
