import { policyLimits } from './defaults.ts';
import type { Diagnostic, DiagnosticCode } from './diagnostic.ts';
import type { SourcePosition } from './model.ts';

export interface Advice {
  readonly expected?: string | null;
  readonly mend?: string | null;
}

/** Collects what is wrong with a policy, all of it at once: a person mends a file once, not once an error. */
export class Report {
  readonly #linesByFile = new Map<string, readonly string[]>();
  readonly #seen = new Set<string>();
  readonly #errors: Diagnostic[] = [];
  readonly #warnings: Diagnostic[] = [];

  addSource(file: string, text: string): void {
    this.#linesByFile.set(file, text.split(/\r\n|\r|\n/));
  }

  error(code: DiagnosticCode, at: SourcePosition, message: string, advice: Advice = {}): void {
    this.add({ ...fields(code, at, message, advice), severity: 'error' });
  }

  warning(code: DiagnosticCode, at: SourcePosition, message: string, advice: Advice = {}): void {
    this.add({ ...fields(code, at, message, advice), severity: 'warning' });
  }

  add(diagnostic: Diagnostic): void {
    const { file, line, column } = diagnostic.at;
    // One line can be judged for several tools or agents; what it says of itself is said once.
    const key = JSON.stringify([file, line, column, diagnostic.code, diagnostic.message]);
    if (this.#seen.has(key)) return;
    const into = diagnostic.severity === 'error' ? this.#errors : this.#warnings;
    if (into.length >= policyLimits.diagnosticsMax) return;
    this.#seen.add(key);
    const sourceLine = this.#linesByFile.get(file)?.[line - 1] ?? '';
    into.push({ ...diagnostic, sourceLine });
  }

  get hasErrors(): boolean {
    return this.#errors.length > 0;
  }

  /** By file in the order of reading, then by place. */
  errors(): readonly Diagnostic[] {
    return this.#sorted(this.#errors);
  }

  warnings(): readonly Diagnostic[] {
    return this.#sorted(this.#warnings);
  }

  #sorted(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
    // What is wrong with a policy goes to logs and into the ledger, where a secret would stay.
    const secretLines = new Set(
      [...this.#errors, ...this.#warnings].flatMap(({ code, at }) =>
        code === 'policy.secret' ? [`${at.line} ${at.file}`] : [],
      ),
    );
    const order = new Map([...this.#linesByFile.keys()].map((file, index) => [file, index]));
    const shown = diagnostics.map((one) =>
      secretLines.has(`${one.at.line} ${one.at.file}`) ? { ...one, sourceLine: '' } : one,
    );
    return shown.toSorted(
      (left, right) =>
        (order.get(left.at.file) ?? -1) - (order.get(right.at.file) ?? -1) ||
        left.at.line - right.at.line ||
        left.at.column - right.at.column,
    );
  }
}

function fields(
  code: DiagnosticCode,
  at: SourcePosition,
  message: string,
  advice: Advice,
): Omit<Diagnostic, 'severity'> {
  const { expected = null, mend = null } = advice;
  return { code, at, message, expected, mend, sourceLine: '' };
}
