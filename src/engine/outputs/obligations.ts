import type { Policy, Tool } from '../../policy/model.ts';
import type { Obligation } from '../decision.ts';

/** What every result of a tool has to go through before an agent sees it, whoever asked. */
export function obligationsOfResult({ content }: Policy, tool: Tool): readonly Obligation[] {
  const { injection, pii, secrets, results } = content;
  const redacted = pii?.in.has('results') === true ? [...pii.redact].sort() : [];
  const isUntrusted = tool.returns.trust === 'untrusted';
  return [
    { type: 'screen', at: injection.at, response: injection.response },
    { type: 'redact', pii: redacted, secrets: secrets.in.has('results') },
    { type: 'sanitise' },
    { type: 'truncate', maxBytes: results.maxBytes },
    ...(isUntrusted && results.frame === 'untrusted' ? [{ type: 'frame' } as const] : []),
  ];
}
