import type { ASTNode } from '@marcbachmann/cel-js';
import { CelChecker } from './cel-check.ts';
import type { CelEnvironment } from './cel-environment.ts';
import { conditionsOf, writtenAs } from './cel-parts.ts';
import { reviewNames } from './cel-review.ts';
import { type CelProblem, parseCel } from './cel-scan.ts';
import { type Evaluate, namesFor } from './cel-scope.ts';
import { truth } from './cel-typed.ts';
import { CelFault, Meter } from './cel-value.ts';
import type { CelBindings, CelProgram, CelResult, SourcePosition } from './model.ts';

export type CompiledCel =
  | { readonly ok: true; readonly program: CelProgram }
  | { readonly ok: false; readonly problems: readonly CelProblem[] };

const problemsMax = 20;

/**
 * Compiles an expression for its place: typed against every tool that it has to hold for, with a result that is true
 * or false, and with bounded work. What the library parses and this doesn't know is refused (`cel-scan.ts` says why).
 */
export function compileCel(
  source: string,
  at: SourcePosition,
  environment: CelEnvironment,
): CompiledCel {
  const parsed = parseCel(source);
  if ('problem' in parsed) return { ok: false, problems: [parsed.problem] };
  const problems = new Map<string, CelProblem>();
  const byTool = new Map<string | null, Compiled>();
  const refs = new Set<string>();
  const isOfCalls = environment.result === null && environment.review === null;
  const places = isOfCalls ? environment.tools : [null];
  for (const tool of places) {
    const report = (message: string, node: ASTNode, mend?: string): void => {
      // The same slip for several tools is said once.
      const key = `${node.start} ${message}`;
      if (problems.size >= problemsMax || problems.has(key)) return;
      problems.set(key, { message, offset: node.pos, ...(mend === undefined ? {} : { mend }) });
    };
    const names =
      environment.review === null
        ? namesFor(environment, tool)
        : reviewNames(environment.review, environment.caseNames);
    const checker = new CelChecker(source, names, refs, report);
    byTool.set(tool?.name ?? null, {
      whole: checker.condition(parsed.tree),
      parts: conditionsOf(parsed.tree).map((part) => ({
        source: writtenAs(source, part),
        evaluate: checker.condition(part),
      })),
    });
  }
  if (byTool.size === 0) {
    return {
      ok: false,
      problems: [{ message: 'there is no tool that the expression could hold for' }],
    };
  }
  if (problems.size > 0) return { ok: false, problems: [...problems.values()] };
  return {
    ok: true,
    program: { source, at, refs, evaluate: (bindings) => evaluate(byTool, bindings) },
  };
}

interface Compiled {
  readonly whole: Evaluate;
  /** Of `a && b`, both; else the whole. */
  readonly parts: readonly { readonly source: string; readonly evaluate: Evaluate }[];
}

function evaluate(byTool: ReadonlyMap<string | null, Compiled>, bindings: CelBindings): CelResult {
  const compiled = byTool.get(null) ?? byTool.get(bindings.tool);
  if (compiled === undefined)
    return {
      ok: false,
      error: 'the expression was not compiled for this tool',
      isUnresolved: false,
    };
  try {
    if (isTrue(compiled.whole, bindings)) return { ok: true, value: true };
    return { ok: true, value: false, failed: failedPart(compiled, bindings) };
  } catch (error) {
    // A fault of ours is a fault of the expression: its caller denies, or asks.
    return {
      ok: false,
      error: error instanceof CelFault ? error.message : 'the expression failed',
      isUnresolved: error instanceof CelFault && error.kind === 'unresolved',
    };
  }
}

function isTrue(condition: Evaluate, bindings: CelBindings): boolean {
  return truth(condition({ bindings, meter: new Meter(), item: null }));
}

/** One part that is false makes it false, whatever becomes of the others. */
function failedPart({ parts }: Compiled, bindings: CelBindings): string | null {
  const failed = parts.find(({ evaluate: part }) => {
    try {
      return !isTrue(part, bindings);
    } catch {
      return false;
    }
  });
  return failed?.source ?? null;
}
