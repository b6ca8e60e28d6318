/** What a run was shown, for tests that look back: a completed call, taken down as the engine does it. */
import type { JsonObject, JsonValue } from '../../src/content/value.ts';
import { type Exchange, nothingShown } from '../../src/engine/exchange.ts';
import { dataOf } from '../../src/engine/outputs/data.ts';
import { shownOf } from '../../src/engine/outputs/shown.ts';
import type { Policy } from '../../src/policy/model.ts';
import { tuesdayMs } from './scene.ts';

/** A completed call and what came back: data as structured content, a text as text. */
export function exchanged(
  policy: Policy,
  name: string,
  args: JsonObject,
  answer: JsonValue,
  call = `call_${name}_${JSON.stringify(args)}`,
): Exchange {
  const tool = policy.tools.get(name);
  if (tool === undefined) throw new Error(`the policy has no tool ${name}`);
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  const content: readonly JsonObject[] = [{ type: 'text', text }];
  const data = dataOf({ content }, tool.returns.parse ?? 'json');
  return {
    past: {
      call,
      tool: name,
      tier: tool.tier,
      sinceMs: tuesdayMs,
      atMs: tuesdayMs,
      completed: true,
      seenByAgent: true,
      arguments: 'sha256:arguments',
      released: 'sha256:released',
      shown: null,
      trust: tool.returns.trust,
    },
    args,
    result: { content },
    shown: shownOf(tool.returns, data) ?? nothingShown,
  };
}
