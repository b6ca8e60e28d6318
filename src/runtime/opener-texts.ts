/** What whoever opens a run passes in: what may not lie in the record for ever, and what detectors say of the rest. */
import { nothingScanned } from '../content/detection/scan.ts';
import type { Scans } from '../content/detection/sighting.ts';
import { canonicalJson } from '../content/json.ts';
import { redactText } from '../content/redact.ts';
import { foundIn, type Wanted } from '../content/redact-found.ts';
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
  if (only !== null && wanted.secrets) {
    const plan = canonicalJson(only);
    const found = (await ports.scan([plan], looksOf(policy), null)).get(plan)?.secrets ?? null;
    if (found === null || found.length > 0)
      throw new RuntimeError('run.bad_request', 'a value of `only` holds a secret');
  }
  const risk = openerRisk(policy, texts, scans);
  if (request === null) return { request, risk };
  return { request: withoutFound(ports, { text: request, scans, wanted, run }), risk };
}

/** What somebody says of a run, as it is written down; where nobody could look at it, that it was something. */
export async function writtenDown(
  ports: RuntimePorts,
  policy: Policy,
  text: string,
  run: string,
): Promise<string> {
  const wanted = unrecorded(policy);
  const scans = recordsEverything(wanted)
    ? nothingScanned
    : await ports.scan([text], looksOf(policy), null);
  if (!recordsEverything(wanted) && !scans.has(text)) return '[… not looked at, not recorded]';
  return withoutFound(ports, { text, scans, wanted, run });
}

function withoutFound(
  ports: RuntimePorts,
  {
    text,
    scans,
    wanted,
    run,
  }: {
    readonly text: string;
    readonly scans: Scans;
    readonly wanted: Wanted;
    readonly run: string;
  },
): string {
  const scan = scans.get(text);
  const found = foundIn(scan === undefined ? scans : new Map([[text, scan]]), wanted);
  const key = (): string => new CallMarks(ports, run).placeholderKey;
  return redactionOf(ports.heldSecrets(), found, key).text(text).toWellFormed();
}
