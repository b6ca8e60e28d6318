import { defaults } from '../defaults.ts';
import type { ApprovalRules } from '../model.ts';
import type { ApprovalsSyntax } from '../shape/approvals.ts';
import { compileChannels } from './channels.ts';
import type { Compilation } from './context.ts';
import { knowsApprover, warnOfNobody } from './holds.ts';

export function compileApprovalRules(
  syntax: ApprovalsSyntax | undefined,
  compilation: Compilation,
): ApprovalRules {
  const otherwise = defaults.approvals;
  if (syntax === undefined) return otherwise;
  const role = syntax.default;
  if (role !== undefined && knowsApprover(role, true, compilation))
    warnOfNobody(role.value, 1, role.at, compilation);
  const timeoutMs = syntax.timeoutMs?.value ?? otherwise.timeoutMs;
  if (syntax.waitMs !== undefined && syntax.waitMs.value > timeoutMs)
    compilation.report.warning(
      'policy.conflict',
      syntax.waitMs.at,
      'a request is kept open for longer than its call waits: when `timeout` is over, it is rejected',
      { mend: 'write a `wait` that is no longer than `timeout`' },
    );
  return {
    default: role?.value ?? otherwise.default,
    timeoutMs,
    waitMs: syntax.waitMs?.value ?? otherwise.waitMs,
    remember: syntax.remember?.value ?? otherwise.remember,
    open: syntax.open?.value ?? otherwise.open,
    selfApproval: syntax.selfApproval?.value ?? otherwise.selfApproval,
    execute: syntax.execute?.value ?? otherwise.execute,
    notify: compileChannels(syntax.notify, compilation),
  };
}
