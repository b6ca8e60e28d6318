import type { Policy, Tool } from '../../policy/model.ts';
import type { Obligation } from '../decision.ts';

/** Of each tool under the policy that it was asked about last: they are the same for every call. */
const madeOf = new WeakMap<
  Tool,
  { readonly content: Policy['content']; readonly obligations: readonly Obligation[] }
>();

/** What every result of a tool has to go through before an agent sees it, whoever asked. */
export function obligationsOfResult({ content }: Policy, tool: Tool): readonly Obligation[] {
  const known = madeOf.get(tool);
  if (known?.content === content) return known.obligations;
  const obligations = obligationsBy(content, tool);
  madeOf.set(tool, { content, obligations });
  return obligations;
}

function obligationsBy(content: Policy['content'], tool: Tool): readonly Obligation[] {
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
