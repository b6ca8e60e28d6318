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
  return {
    default: role?.value ?? otherwise.default,
    timeoutMs: syntax.timeoutMs?.value ?? otherwise.timeoutMs,
    waitMs: syntax.waitMs?.value ?? otherwise.waitMs,
    remember: syntax.remember?.value ?? otherwise.remember,
    open: syntax.open?.value ?? otherwise.open,
    selfApproval: syntax.selfApproval?.value ?? otherwise.selfApproval,
    execute: syntax.execute?.value ?? otherwise.execute,
    notify: compileChannels(syntax.notify, compilation),
  };
}
