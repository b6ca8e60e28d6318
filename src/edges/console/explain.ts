import type { Approver } from '../../engine/hold.ts';
import type { SourcePosition } from '../../policy/model.ts';
import { caseProblems } from '../../runtime/open-checks.ts';
import { withSentence } from './events.ts';
import type { ConsolePorts } from './ports.ts';
import { ConsoleRefusal, notFound } from './refusal.ts';
import type { ExplainRead } from './shapes.ts';
import type { ExplainView } from './views.ts';

/** What would be decided in a run that was opened this moment: no effect, no record, and nobody is asked. */
export async function explainView(
  { runtime, policySource }: Pick<ConsolePorts, 'runtime' | 'policySource'>,
  { agent, user, tool, arguments: args, case: values }: ExplainRead,
): Promise<ExplainView> {
  const declared = policySource.policy.agents.get(agent);
  if (declared === undefined) throw notFound('agent');
  const problems = Object.keys(values).length === 0 ? [] : caseProblems(declared, values);
  if (problems.length > 0)
    throw new ConsoleRefusal(422, 'console.query', `the case doesn't fit: ${problems.join('; ')}`);
  const { verdict, effect, findings, remedies, asks } = await runtime.explain(agent, user, {
    tool,
    args,
    case: values,
    atMs: null,
  });
  return {
    verdict,
    effect,
    findings: findings.map(({ stage, code, verdict: said, details, at }) =>
      withSentence({ stage, code, verdict: said, details, at: placeOf(at) }),
    ),
    remedies,
    asks: asks.map(({ code, by, quorum }) => ({ code, by: whoOf(by), quorum })),
  };
}

function whoOf(by: Approver): string {
  return by.type === 'user' ? 'user' : by.role;
}

function placeOf(at: SourcePosition | null): string | null {
  return at === null || at.file === '' ? null : `${at.file}:${at.line}:${at.column}`;
}
