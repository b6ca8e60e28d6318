/** Refusals as edges say them: the same words and machine part on every edge. */
import { codes, type FindingCode } from '../engine/codes.ts';
import type { Decision, Finding } from '../engine/decision.ts';
import { refusalText, remediesOf } from '../engine/refusal.ts';
import type { Refusal } from './port.ts';

/** The refusal of a call that was decided against. */
export function refusalOf(decision: Decision, call: string, run: string): Refusal {
  return refusalFrom(decision.findings, decision.verdict === 'hold' ? 'hold' : 'deny', call, run);
}

/** A refusal for one reason that no stage found: a stolen handle, a lost outcome, a fault of ours. */
export function plainRefusal(code: FindingCode, call: string, run: string | null): Refusal {
  const finding: Finding = {
    stage: 'engine',
    code,
    verdict: 'deny',
    details: {},
    at: null,
    approver: null,
  };
  return refusalFrom([finding], 'deny', call, run);
}

function refusalFrom(
  findings: readonly Finding[],
  verdict: 'hold' | 'deny',
  call: string,
  run: string | null,
): Refusal {
  const reasons = [
    ...new Set(
      findings.filter((finding) => finding.verdict === 'deny').map((finding) => finding.code),
    ),
  ];
  for (const finding of findings)
    if (finding.verdict === 'hold' && !reasons.includes(finding.code)) reasons.push(finding.code);
  const code = reasons[0] ?? 'engine.fault';
  const remedies = remediesOf(findings).map((remedy) => ({ code: remedy.code, text: remedy.text }));
  const retryAfter = retryAfterSeconds(findings);
  return {
    code,
    text: refusalText(findings),
    machine: {
      verdict,
      code,
      codes: reasons,
      remedies,
      call,
      run,
      ...(retryAfter === null ? {} : { retry_after: retryAfter }),
    },
    as: codes[code].as,
  };
}

/** When an open breaker lets somebody try again: the one limit whose end is no secret. */
function retryAfterSeconds(findings: readonly Finding[]): number | null {
  const waits = findings
    .filter((finding) => finding.code === 'limits.breaker_open')
    .map((finding) => finding.details['retryAfterMs'])
    .filter((value) => typeof value === 'number');
  return waits.length === 0 ? null : Math.ceil(Math.max(...waits) / 1_000);
}
