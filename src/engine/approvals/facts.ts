/**
 * What a person decides on: Sallyport's facts about a call that waits, made when it is held and kept with it. Nothing of
 * it is a sentence that an agent or an upstream wrote, but the values themselves, which are told as values.
 */
import { disguisesIn } from '../../content/disguises.ts';
import { printable } from '../../content/escape.ts';
import type { Tool } from '../../policy/model.ts';
import { firstUseKey } from '../counters.ts';
import { isRemark } from '../findings.ts';
import type { HoldFacts, ResultOrigin, ShownValue, ValueOrigin } from '../hold-facts.ts';
import { limits } from '../limits.ts';
import type { HeldCall, HeldResult } from './held-call.ts';
import { beginning, type Listed, listed } from './listed.ts';
import { type Origin, originsOf } from './origins.ts';
import { reasonsOf, shownFinding } from './reasons.ts';
import { type Redacting, redactedText } from './redacting.ts';
import { sentencesOf } from './summary.ts';

/** As they are recorded: everything that was written by others has passed the redaction. */
export function holdFacts(held: HeldCall, redaction: Redacting): HoldFacts {
  const { context, read, used } = held;
  const { tool } = read;
  const { values, omitted } = listed(read, redaction);
  const origins = originsOf(held, values);
  const known = values.map((value, at) => {
    const key = firstUseKey(context.run.agent, tool, value);
    const wasUsed = key === null ? undefined : used[key];
    return {
      ...value,
      ...(origins[at] ?? { origin: { type: 'unknown' } as const, also: [] }),
      firstUse: wasUsed === undefined ? null : !wasUsed,
    };
  });
  return {
    v: 1,
    ...sentencesOf(tool, known, redaction),
    tool: toolOf(tool),
    values: known.map((value) => shownValue(value, redaction)),
    omitted,
    reasons: reasonsOf({ context, ...held.decision }, values, redaction),
    result: null,
  };
}

/** Of a result that a person may release: what was found in it. Which values brought it is told by the arguments. */
export function resultFacts(held: HeldResult, redaction: Redacting): HoldFacts {
  const { read, findings, asks, context } = held;
  const { tool } = read;
  const sentence = printable(`Hand over what ${tool.name} returned`, limits.heldSummaryUnitsMax);
  return {
    v: 1,
    summary: sentence,
    outline: sentence,
    tool: toolOf(tool),
    values: [],
    omitted: read.values.length,
    reasons: reasonsOf({ context, findings, asks }, [], redaction),
    result: {
      found: findings
        .filter((finding) => isRemark(finding) || finding.verdict !== 'note')
        .map(({ code, details }) => shownFinding(code, details, redaction)),
    },
  };
}

const titleUnitsMax = 128;

function toolOf({ name, pin, action, tier, reach }: Tool): HoldFacts['tool'] {
  const title = pin?.title ?? null;
  return {
    name,
    title: title === null ? null : beginning(title.toWellFormed(), titleUnitsMax),
    action,
    tier,
    reach,
  };
}

interface Known extends Listed, Origin {
  readonly firstUse: boolean | null;
}

function shownValue(value: Known, redaction: Redacting): ShownValue {
  const { kind, shownPlace, recorded, isWhole, text, cut, origin, also, firstUse } = value;
  const ascii = isWhole ? asciiOf(value) : null;
  return {
    pointer: shownPlace,
    kind,
    value: recorded,
    cut,
    origin: shownOrigin(origin, isWhole, redaction),
    also: also.map((one) => shownResult(one, isWhole, redaction)),
    firstUse,
    ascii: ascii === null ? null : redactedText(redaction, ascii),
    disguised: isWhole && text !== null ? disguisesIn(text).map((one) => ({ ...one })) : [],
  };
}

function shownOrigin(origin: ValueOrigin, isWhole: boolean, redaction: Redacting): ValueOrigin {
  return origin.type === 'result' ? shownResult(origin, isWhole, redaction) : origin;
}

function shownResult(origin: ResultOrigin, isWhole: boolean, redaction: Redacting): ResultOrigin {
  const { sender, field, spans } = origin;
  return {
    ...origin,
    sender: sender === null ? null : redactedText(redaction, sender),
    field: field === null ? null : beginning(redactedText(redaction, field), fieldUnitsMax),
    spans: isWhole ? spans : [],
  };
}

const fieldUnitsMax = 256;

/** What is written in letters of other scripts, and is a name of plain ones to every machine. */
function asciiOf({ value, text }: Listed): string | null {
  if (text === null || /^\p{ASCII}*$/u.test(text)) return null;
  switch (value.type) {
    case 'address':
      return value.key;
    case 'url':
      return value.host;
    default:
      return null;
  }
}
