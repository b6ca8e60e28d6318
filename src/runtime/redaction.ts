/** What must not be written down: every secret that Sallyport holds, and what the policy keeps out of the record besides. */
import type { Scans } from '../content/detection/sighting.ts';
import { redactText, redactValues } from '../content/redact.ts';
import { FoundRedaction, type FoundValues, foundIn, type Wanted } from '../content/redact-found.ts';
import type { JsonValue } from '../content/value.ts';
import type { HiddenText } from '../engine/hidden-texts.ts';
import type { Policy } from '../policy/model.ts';

export interface Redaction {
  value(value: JsonValue): JsonValue;
  /** Of what rules took down in a form of their own. */
  valueInAnyForm(value: JsonValue): JsonValue;
  text(text: string): string;
}

const noTypes: ReadonlySet<string> = new Set();
const madeOf = new WeakMap<Policy, Wanted>();

/** What a policy keeps out of the ledger of that which detectors find. */
export function unrecorded(policy: Policy): Wanted {
  const known = madeOf.get(policy);
  if (known !== undefined) return known;
  const { pii, secrets } = policy.content;
  const wanted = {
    pii: pii?.in.has('ledger') === true ? pii.redact : noTypes,
    secrets: secrets.in.has('ledger'),
  };
  madeOf.set(policy, wanted);
  return wanted;
}

export function recordsEverything({ pii, secrets }: Wanted): boolean {
  return pii.size === 0 && !secrets;
}

const heldOnly = new WeakMap<readonly string[], Redaction>();

/** Of the secrets that Sallyport holds alone. */
export function heldRedaction(held: readonly string[]): Redaction {
  const known = heldOnly.get(held);
  if (known !== undefined) return known;
  const value = (json: JsonValue): JsonValue => redactValues(json, held);
  const redaction = {
    value,
    valueInAnyForm: value,
    text: (text: string) => redactText(text, held),
  };
  heldOnly.set(held, redaction);
  return redaction;
}

/** @param key - of the run's placeholders: made where something was found. */
export function redactionOf(
  held: readonly string[],
  found: FoundValues,
  key: () => string,
): Redaction {
  const secrets = heldRedaction(held);
  if (found.size === 0) return secrets;
  const values = new FoundRedaction(found, key());
  return {
    value: (value) => values.value(secrets.value(value)),
    valueInAnyForm: (value) => values.valueInAnyForm(secrets.value(value)),
    text: (text) => values.text(secrets.text(text)),
  };
}

/** Whether the texts that hide something hold what may not be recorded where nobody finds it by value. */
export function holdsUnrecorded(
  hidden: readonly HiddenText[],
  scans: Scans,
  wanted: Wanted,
): boolean {
  return hidden.some(({ text, in: where }) => {
    const scan = scans.get(text);
    if (scan === undefined) return false;
    // What stands in the text as it is, also stands in what it says besides.
    const values = [...foundIn(new Map([[text, scan]]), wanted).keys()];
    return values.some((value) => timesIn(text, value) > timesIn(where, value));
  });
}

function timesIn(text: string, value: string): number {
  return text.split(value).length - 1;
}
