/** What an agent is told: fixed sentences of the catalogue, and nothing of the findings' details but what it wrote itself. */
import { isJsonArray, isJsonObject, type JsonValue } from '../content/value.ts';
import { codes } from './codes.ts';
import type { Finding, Remedy } from './decision.ts';

/** More reasons than this help no model. */
const reasonsMax = 6;
const problemsMax = 5;

/**
 * The text of a refusal. It begins with the code and is complete on its own: many clients show a model nothing else.
 */
export function refusalText(findings: readonly Finding[]): string {
  const reasons = refusals(findings);
  const [first, ...others] = reasons;
  if (first === undefined) return `engine.fault: ${codes['engine.fault'].agent}`;
  const lines = [`${first.code}: ${codes[first.code].agent}`];
  for (const other of others.slice(0, reasonsMax - 1)) {
    lines.push(`Also ${other.code}: ${codes[other.code].agent}`);
  }
  for (const remedy of remediesOf(findings)) lines.push(`What to do: ${remedy.text}`);
  return lines.join('\n');
}

/** One remedy a code, and one a text, in the order of the findings. */
export function remediesOf(findings: readonly Finding[]): Remedy[] {
  const remedies: Remedy[] = [];
  const said = new Set<string>();
  for (const finding of refusals(findings).slice(0, reasonsMax)) {
    const { remedy } = codes[finding.code];
    if (remedy === null) continue;
    const text = `${remedy}${finding.code === 'schema.invalid' ? problemsOf(finding) : ''}`;
    if (said.has(text)) continue;
    said.add(text);
    remedies.push({ code: finding.code, text });
  }
  return remedies;
}

/** Denials first, then holds; each code once. */
function refusals(findings: readonly Finding[]): readonly Finding[] {
  const byCode = new Map<string, Finding>();
  for (const verdict of ['deny', 'hold'] as const) {
    for (const finding of findings) {
      if (finding.verdict === verdict && !byCode.has(finding.code)) {
        byCode.set(finding.code, finding);
      }
    }
  }
  return [...byCode.values()];
}

/** What the pinned schema says of the arguments: the agent has that schema, and the messages quote no value. */
function problemsOf(finding: Finding): string {
  const problems = finding.details['problems'];
  if (!isJsonArray(problems)) return '';
  return problems
    .slice(0, problemsMax)
    .filter(isJsonObject)
    .map(({ pointer, message }) => ` ${placeOf(said(pointer))} ${said(message)}.`)
    .join('');
}

function placeOf(pointer: string): string {
  return pointer === '' ? 'The arguments' : `\`${pointer}\``;
}

function said(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
