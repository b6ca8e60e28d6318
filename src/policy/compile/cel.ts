import { compileCel } from '../cel.ts';
import type { CelEnvironment } from '../cel-environment.ts';
import type { CelProgram } from '../model.ts';
import type { Report } from '../report.ts';
import type { ExpressionSyntax } from '../shape/scalar.ts';

/** Compiles an expression; its errors point into it. */
export function compileExpression(
  written: ExpressionSyntax,
  environment: CelEnvironment,
  report: Report,
): CelProgram | null {
  const compiled = compileCel(written.value, written.at, environment);
  if (compiled.ok) return compiled.program;
  for (const problem of compiled.problems) {
    const at = problem.offset === undefined ? written.at : written.placeOf(problem.offset);
    report.error('policy.cel', at, problem.message, { mend: problem.mend ?? null });
  }
  return null;
}
