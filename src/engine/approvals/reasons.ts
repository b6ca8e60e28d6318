import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { askOf } from '../asks.ts';
import { codes, type FindingCode } from '../codes.ts';
import type { Finding } from '../decision.ts';
import type { ShownFinding, ShownReason } from '../hold-facts.ts';
import type { HeldResult } from './held-call.ts';
import { beginning, type Listed } from './listed.ts';
import type { Redacting } from './redacting.ts';

/** Why it waits: what was found, one for each ask, in the asks' order. */
export function reasonsOf(
  { context, findings, asks }: Pick<HeldResult, 'context' | 'findings' | 'asks'>,
  values: readonly Listed[],
  redaction: Redacting,
): readonly ShownReason[] {
  const found = new Map<string, Finding>();
  for (const finding of findings) {
    const key = finding.verdict === 'note' ? undefined : askOf(context, finding)?.key;
    if (key !== undefined && !found.has(key)) found.set(key, finding);
  }
  return asks.map(({ key, code, by, quorum }) => {
    // Asked about once more, a reason has another key: whoever agreed to it may not answer any more.
    const again = (one: Finding): boolean => one.code === code && one.verdict !== 'note';
    const finding = found.get(key) ?? findings.find(again);
    const position = finding?.at ?? null;
    return {
      ...shownFinding(code, finding?.details ?? {}, redaction),
      key,
      pointer: finding === undefined ? null : pointerOf(finding, values),
      at:
        position === null || position.file === ''
          ? null
          : `${position.file}:${position.line}:${position.column}`,
      by,
      quorum,
    };
  });
}

/** Of the code a sentence, and of the details what tells a person something. */
export function shownFinding(
  code: string,
  details: JsonObject,
  redaction: Redacting,
): ShownFinding {
  const told = Object.fromEntries(Object.entries(details).filter(([name]) => name !== 'remember'));
  // Findings tell values as they are compared: an address in small letters, an account without its blanks.
  const redacted = redaction.valueInAnyForm(told);
  return {
    code,
    text: isCode(code) ? codes[code].operator : '',
    details: isJsonObject(redacted) ? shortObject(redacted) : {},
  };
}

function isCode(code: string): code is FindingCode {
  return Object.hasOwn(codes, code);
}

/** `to/0`: the argument, and the place in it. */
function pointerOf({ details }: Finding, values: readonly Listed[]): string | null {
  const { argument } = details;
  if (typeof argument !== 'string') return null;
  const named = values.filter((one) => `${one.argument}${one.pointer}` === argument);
  const [only] = named;
  return only !== undefined && named.length === 1 ? only.shownPlace : null;
}

const detailUnitsMax = 256;
const detailItemsMax = 10;
const detailNamesMax = 32;

function short(value: JsonValue): JsonValue {
  if (typeof value === 'string') return beginning(value.toWellFormed(), detailUnitsMax);
  if (isJsonArray(value)) return value.slice(0, detailItemsMax).map(short);
  return isJsonObject(value) ? shortObject(value) : value;
}

function shortObject(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, detailNamesMax)
      .map(([name, member]) => [beginning(name.toWellFormed(), detailUnitsMax), short(member)]),
  );
}
