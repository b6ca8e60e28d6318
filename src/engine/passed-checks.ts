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

/** Null: none was passed. */
export function passedChecks(findings: readonly Finding[]): PassedChecks | null {
  const byFile = new Map<string, string[]>();
  for (const finding of findings) {
    if (!isPassedCheck(finding) || finding.at === null) continue;
    const { file } = finding.at;
    const check = told(finding.at, finding.code);
    const before = byFile.get(file);
    if (before === undefined) byFile.set(file, [check]);
    else before.push(check);
  }
  return byFile.size === 0 ? null : Object.fromEntries(byFile);
}

const toldBefore = new WeakMap<SourcePosition, Map<string, string>>();

function told(at: SourcePosition, code: string): string {
  const byCode = toldBefore.get(at) ?? new Map<string, string>();
  toldBefore.set(at, byCode);
  const known = byCode.get(code);
  if (known !== undefined) return known;
  const check = `${at.line}:${at.column} ${code}`;
  byCode.set(code, check);
  return check;
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
