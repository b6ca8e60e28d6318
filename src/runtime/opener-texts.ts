/** What whoever opens a run passes in: what may not lie in the record for ever, and what detectors say of the rest. */
import { canonicalJson } from '../content/json.ts';
import { redactText } from '../content/redact.ts';
import { foundIn } from '../content/redact-found.ts';
import type { OpenerRisk } from '../engine/events.ts';
import { openerRisk, textsOfOpener } from '../engine/opener-risk.ts';
import { looksOf } from '../engine/scans.ts';
import type { Policy } from '../policy/model.ts';
import { CallMarks } from './call-marks.ts';
import { RuntimeError } from './errors.ts';
import type { OpenRun } from './port.ts';
import type { RuntimePorts } from './ports.ts';
import { recordsEverything, redactionOf, unrecorded } from './redaction.ts';

export interface OpenerTexts {
  /** The request, as it is written down and compared with. */
  readonly request: string | null;
  readonly risk: OpenerRisk | null;
}

/** @throws {RuntimeError} `run.bad_request`, where something can't be written down and is decided on as it stands. */
export async function screenOpener(
  ports: RuntimePorts,
  policy: Policy,
  { request, case: values, only }: Pick<OpenRun, 'request' | 'case' | 'only'>,
  run: string,
): Promise<OpenerTexts> {
  const held = ports.heldSecrets();
  const holdsHeld = (text: string): boolean => redactText(text, held) !== text;
  if (Object.values(values).some((value) => typeof value === 'string' && holdsHeld(value)))
    throw new RuntimeError('run.bad_request', 'a value of the case holds a secret');
  if (holdsHeld(canonicalJson(only ?? [])))
    throw new RuntimeError('run.bad_request', 'a value of `only` holds a secret');

  const texts = textsOfOpener({ request, case: values });
  const scans = await ports.scan(texts, looksOf(policy), policy.content.detector);
  const wanted = unrecorded(policy);
  if (scans.size < texts.length && !recordsEverything(wanted))
    throw new RuntimeError('run.bad_request', 'the request or the case could not be looked at', {
      hint: 'pass in less, or try again later',
    });
  for (const value of Object.values(values))
    if (wanted.secrets && (scans.get(String(value))?.secrets?.length ?? 0) > 0)
      throw new RuntimeError('run.bad_request', 'a value of the case holds a secret');
  const risk = openerRisk(policy, texts, scans);
  if (request === null) return { request, risk };
  const scan = scans.get(request);
  const found = foundIn(scan === undefined ? scans : new Map([[request, scan]]), wanted);
  const redaction = redactionOf(held, found, () => new CallMarks(ports, run).placeholderKey);
  return { request: redaction.text(request).toWellFormed(), risk };
}
