import { SallyportError } from '../content/errors.ts';
import { printable } from '../content/escape.ts';

/** What to do about it here; elsewhere it is a button or a field. */
export function hinted(error: unknown, call: string): unknown {
  if (!(error instanceof SallyportError)) return error;
  const hints: Readonly<Record<string, string>> = {
    'approval.changed': `look at it again: \`sallyport approvals show ${printable(call)}\``,
    'approval.reason_needed': 'give a reason: `--reason "…"`',
    'approval.unknown': '`sallyport approvals list` shows those that wait',
  };
  const hint = error.hint ?? hints[error.code];
  return hint === undefined ? error : new SallyportError(error.code, error.message, { hint });
}
