/** One thing that the doctor looked at. */
export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, in a line. */
  readonly found: string;
  /** What to do about it; null when there is nothing to do. */
  readonly hint: string | null;
}

export function good(name: string, found: string): CheckResult {
  return { name, ok: true, found, hint: null };
}

export function bad(name: string, found: string, hint: string | null = null): CheckResult {
  return { name, ok: false, found, hint };
}
