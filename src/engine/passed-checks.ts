/**
 * The checks of a grant that a call passed, as its record tells them. A call passes many, and most calls of a tool the same ones:
 * told as findings they would be most of the ledger.
 */
import type { SourcePosition } from '../policy/model.ts';
import type { Finding } from './decision.ts';
import type { PassedChecks, RecordedFinding } from './events.ts';

/** What such a check looked at are the call's arguments and facts, which are recorded once and not with each line that let them through. */
export function isPassedCheck({ stage, verdict, at }: Finding): boolean {
  return verdict === 'note' && stage === 'authorize' && at !== null;
}

interface Told {
  readonly checks: readonly Pick<Finding, 'at' | 'code'>[];
  readonly passed: PassedChecks;
}

/** By the first of them. */
const toldBefore = new WeakMap<SourcePosition, Told>();

/** Null: none was passed. Those that were passed the last time are told in the same words: nearly always all of them. */
export function passedChecks(findings: readonly Finding[]): PassedChecks | null {
  const first = findings.find(isPassedCheck)?.at ?? null;
  if (first === null) return null;
  const known = toldBefore.get(first);
  if (known !== undefined && isTold(known, findings)) return known.passed;
  const checks = findings.filter(isPassedCheck).map(({ at, code }) => ({ at, code }));
  const passed = inWords(checks);
  toldBefore.set(first, { checks, passed });
  return passed;
}

function isTold({ checks }: Told, findings: readonly Finding[]): boolean {
  let next = 0;
  for (let at = 0; at < findings.length; at += 1) {
    const finding = findings[at];
    if (finding === undefined || !isPassedCheck(finding)) continue;
    const check = checks[next];
    if (check?.at !== finding.at || check.code !== finding.code) return false;
    next += 1;
  }
  return next === checks.length;
}

function inWords(checks: Told['checks']): PassedChecks {
  const byFile = new Map<string, string[]>();
  for (const { at, code } of checks) {
    if (at === null) continue;
    const check = `${at.line}:${at.column} ${code}`;
    const before = byFile.get(at.file);
    if (before === undefined) byFile.set(at.file, [check]);
    else before.push(check);
  }
  return Object.fromEntries(byFile);
}

/** The same as findings, for whoever shows a record. */
export function findingsOfChecks(passed: PassedChecks): readonly RecordedFinding[] {
  return Object.entries(passed).flatMap(([file, checks]) =>
    checks.map((check) => {
      const [place = '', code = ''] = check.split(' ');
      return {
        stage: 'authorize',
        code,
        verdict: 'note',
        details: {},
        at: `${file}:${place}`,
      };
    }),
  );
}
