/**
 * What a call carries, looked at: for its decision, and, where it could not be read, for its record alone. An agent's
 * credential in a misspelt argument must not lie in the ledger for ever.
 */
import { nothingScanned } from '../content/detection/scan.ts';
import type { Scans } from '../content/detection/sighting.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../content/value.ts';
import type { Reading } from '../engine/context.ts';
import type { ScanRequest } from '../engine/facts.ts';
import { type HiddenText, hiddenTexts } from '../engine/hidden-texts.ts';
import { looksOf } from '../engine/scans.ts';
import type { Tool } from '../policy/model.ts';
import type { Attempt } from './attempt.ts';
import { refusedArguments } from './payloads.ts';
import type { RuntimePorts } from './ports.ts';
import { cutText } from './record.ts';
import { recordsEverything, unrecorded } from './redaction.ts';

export interface CallTexts {
  readonly texts: readonly string[];
  /** Those of them that the call doesn't say outright: in Base64, or in pieces. */
  readonly hidden: readonly HiddenText[];
  /** Of those that somebody looked at. */
  readonly scans: Scans | Promise<Scans>;
}

const nothing: CallTexts = { texts: [], hidden: [], scans: nothingScanned };

/** @param asked - what the decision is to know. */
export function scanCall(
  ports: RuntimePorts,
  { policy, proposal }: Attempt,
  tool: Tool | null,
  reading: Reading | null,
  asked: ScanRequest | null,
): CallTexts {
  if (asked !== null) {
    const detector = tool?.reach === 'external' ? policy.content.detector : null;
    const hidden = reading?.ok === true ? reading.read.texts.hidden : [];
    return {
      texts: asked.texts,
      hidden,
      scans: ports.scan(asked.texts, asked.looks, detector),
    };
  }
  if (reading?.ok === true || recordsEverything(unrecorded(policy))) return nothing;
  const written = textsIn(refusedArguments(tool, proposal.args));
  if (tool === null) written.add(cutText(proposal.tool));
  const hidden = hiddenTexts([...written]);
  const texts = [...new Set([...written, ...hidden.map(({ text }) => text)])];
  return { texts, hidden, scans: ports.scan(texts, looksOf(policy), null) };
}

/** No detector knows anything shorter. */
const unitsMin = 4;

/** Bounded by what is recorded of refused arguments. */
function textsIn(value: JsonValue, texts: Set<string> = new Set()): Set<string> {
  if (typeof value === 'string' || typeof value === 'number') {
    const text = String(value);
    if (text.length >= unitsMin) texts.add(text);
  } else if (isJsonArray(value)) for (const item of value) textsIn(item, texts);
  else if (isJsonObject(value))
    for (const [key, member] of Object.entries(value)) {
      textsIn(key, texts);
      textsIn(member, texts);
    }
  return texts;
}
