import type { JsonObject } from '../content/value.ts';
import type { SourcePosition } from '../policy/model.ts';
import type { FindingCode } from './codes.ts';
import type { Asked, Finding, StageName, Verdict } from './decision.ts';

const rank = { note: 0, allow: 0, hold: 1, deny: 2 } as const;
const verdicts = ['allow', 'hold', 'deny'] as const;

/** Any deny wins over any hold. */
export function worst(findings: readonly Finding[]): Verdict {
  let found = 0;
  // By index, as wherever there are some for each check: over lists of which many are empty, an iterator makes an object
  // for each of its steps.
  for (let at = 0; at < findings.length; at += 1)
    found = Math.max(found, rank[findings[at]?.verdict ?? 'deny']);
  return verdicts[found] ?? 'deny';
}

export function badness(verdict: Verdict): number {
  return rank[verdict];
}

export function deny(
  stage: StageName,
  code: FindingCode,
  details: JsonObject = {},
  at: SourcePosition | null = null,
): Finding {
  return { stage, code, verdict: 'deny', details, at, approver: null };
}

export function hold(
  stage: StageName,
  code: FindingCode,
  details: JsonObject,
  at: SourcePosition | null,
  approver: Asked | null,
): Finding {
  return { stage, code, verdict: 'hold', details, at, approver };
}

/** Remarked on, and no reason to stop. */
export function note(
  stage: StageName,
  code: FindingCode,
  details: JsonObject,
  at: SourcePosition | null,
): Finding {
  return { stage, code, verdict: 'note', details, at, approver: null };
}

/** Whether it says something about what is carried; elsewhere a note is a check that was passed. */
export function isRemark({ verdict, stage }: Finding): boolean {
  return verdict === 'note' && (stage === 'inputs' || stage === 'outputs');
}

/** A stage that throws is a bug of ours and a refusal of the call. The message stays out: it may quote a value. */
export function fault(error: unknown): Finding {
  return deny('engine', 'engine.fault', {
    error: error instanceof Error ? error.name : typeof error,
  });
}
