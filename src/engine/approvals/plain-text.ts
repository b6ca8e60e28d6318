/** What a person is shown of a hold, in lines: for a terminal, a mail, a chat. */
import { printable, printableJson } from '../../content/escape.ts';
import type { JsonObject, JsonValue } from '../../content/value.ts';
import type { Approver } from '../hold.ts';
import type {
  HoldFacts,
  ResultOrigin,
  ShownFinding,
  ShownReason,
  ShownValue,
  ValueOrigin,
} from '../hold-facts.ts';
import { beginning } from './listed.ts';

export interface PlainTextOptions {
  /** False: no value of an argument, and no detail of a reason, which may have one. */
  readonly values: boolean;
}

/** No line is longer, and there are no more of them: what is left out is said to be. */
export const plainTextLineUnitsMax = 320;
export const plainTextLinesMax = 160;

const valueUnitsMax = 160;
const detailUnitsMax = 200;
const tiers = ['read only', 'reversible', 'consequential', 'irreversible'] as const;

/** Lines without any character that a terminal acts on or a reader doesn't see. Whoever renders markup escapes it. */
export function plainText(facts: HoldFacts, { values }: PlainTextOptions): readonly string[] {
  const { tool, reasons, result } = facts;
  const title = tool.title === null ? '' : `, which calls itself ${quoted(tool.title)}`;
  const lines = [
    values ? facts.summary : facts.outline,
    `  tool: ${tool.name}${title}`,
    `  ${tiers[tool.tier]}, ${tool.reach}, action ${tool.action}`,
    'Why it waits:',
    ...reasons.flatMap((reason, at) => reasonLines(reason, at + 1, values)),
  ];
  if (result !== null)
    lines.push('Found in the result:', ...result.found.flatMap((one) => findingLines(one, values)));
  if (values) {
    lines.push('Its values:', ...facts.values.flatMap(valueLines));
    if (facts.omitted > 0)
      lines.push(
        `  … and ${facts.omitted} more ${facts.omitted === 1 ? "value, which isn't" : "values, which aren't"} listed`,
      );
  }
  const left = lines.length - plainTextLinesMax;
  const kept = left > 0 ? lines.slice(0, plainTextLinesMax - 1) : lines;
  return [...kept, ...(left > 0 ? [`… ${left + 1} more lines`] : [])].map(line);
}

function line(text: string): string {
  // Escapes take more room than what they stand for.
  const shown = printable(text, Number.POSITIVE_INFINITY);
  return shown.length <= plainTextLineUnitsMax
    ? shown
    : `${beginning(shown, plainTextLineUnitsMax - 1)}…`;
}

function reasonLines(reason: ShownReason, number: number, values: boolean): readonly string[] {
  const { by, quorum, at } = reason;
  const [first = '', ...rest] = findingLines(reason, values);
  return [
    `  ${number}. ${first.trimStart()}`,
    ...rest,
    `     answered by ${whoAnswers(by)}${quorum > 1 ? `, ${quorum} people` : ''}${at === null ? '' : ` (${at})`}`,
  ];
}

function findingLines({ code, text, details }: ShownFinding, values: boolean): readonly string[] {
  const told = values ? detailsIn(details) : '';
  return [`     ${code}: ${text}`, ...(told === '' ? [] : [`     ${told}`])];
}

function detailsIn(details: JsonObject): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}: ${shortened(value, detailUnitsMax)}`)
    .join(', ');
}

function whoAnswers(by: Approver): string {
  switch (by.type) {
    case 'role':
      return `the role ${by.role}`;
    case 'user':
      return 'the person it works for';
    case 'break_glass':
      return `the person it works for, who says why; the role ${by.role} is told`;
  }
}

function valueLines(shown: ShownValue): readonly string[] {
  const { pointer, kind, value, cut, origin, also, firstUse, ascii, disguised } = shown;
  const more = cut === 0 ? '' : ` (and ${cut} more character${cut === 1 ? '' : 's'})`;
  const remarks = [
    originIn(origin, value),
    ...also.map((one) => `also ${resultIn(one, value)}`),
    ...(firstUse === true ? ['used for the first time'] : []),
    ...(ascii === null ? [] : [`in plain letters ${quoted(ascii)}`]),
    ...[...new Set(disguised.map(({ as }) => as))].map((as) => disguises[as]),
  ];
  const name = kind === null ? pointer : `${pointer} (${kind})`;
  return [`  ${name}: ${shortened(value, valueUnitsMax)}${more}`, `     ${remarks.join('; ')}`];
}

const disguises = {
  invisible: 'has characters that nobody sees',
  bidi: 'has characters that turn the direction of others',
  confusable: 'has letters that look like others',
} as const;

function originIn(origin: ValueOrigin, value: JsonValue): string {
  switch (origin.type) {
    case 'policy':
      return 'filled in by the policy or the schema';
    case 'approver':
      return `changed by ${quoted(origin.by)}`;
    case 'case':
      return `from the case (${origin.name})`;
    case 'request':
      return 'from the request';
    case 'untrusted_request':
      return 'from an untrusted request';
    case 'result':
      return resultIn(origin, value);
    case 'agent':
      return "the agent's own";
    case 'unknown':
      return 'nobody can say where it comes from';
  }
}

function resultIn(origin: ResultOrigin, value: JsonValue): string {
  const { tool, call, trust, provided, field, sender, spans } = origin;
  const where = field === null || field === '' ? '' : ` at ${field}`;
  const who = sender === null ? '' : `, written by ${quoted(sender)}`;
  const isPart =
    typeof value === 'string' && spans.some(({ start, end }) => end - start < value.length);
  const what = provided ? 'provided by' : isPart ? 'parts of it stood in' : 'stood in';
  return `${what} ${trust} data of ${tool}${where}${who} (${call})`;
}

function quoted(text: string): string {
  return shortened(text, valueUnitsMax);
}

/** As JSON, so that a value is told from what is said about it, whatever it says. */
function shortened(value: JsonValue, unitsMax: number): string {
  const cut =
    typeof value === 'string' && value.length > unitsMax ? `${beginning(value, unitsMax)}…` : value;
  const json = printableJson(JSON.stringify(cut));
  return json.length <= 2 * unitsMax ? json : `${beginning(json, 2 * unitsMax)}…`;
}
