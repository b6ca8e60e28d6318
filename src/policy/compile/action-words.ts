import type { Policy } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { ActionWordsSyntax } from '../shape/actions.ts';
import type { Compilation } from './context.ts';

export function compileActionWords(
  syntax: ActionWordsSyntax | undefined,
  { tools, brokenUpstreams, report }: Compilation,
): Policy['actionWords'] {
  const actions = new Set([...tools.values()].map((tool) => tool.action));
  const words = new Map<string, readonly string[]>();
  for (const { name, at, value } of syntax?.value ?? []) {
    if (value === undefined) continue;
    if (!actions.has(name) && brokenUpstreams.size === 0) {
      report.error('policy.unknown', at, `no tool has the action \`${name}\``, {
        expected: 'the `action` of a tool in `tools`',
        mend: didYouMean(name, actions),
      });
    }
    words.set(name, [...new Set(value.value.map((word) => word.value.toLowerCase()))]);
  }
  return words;
}
