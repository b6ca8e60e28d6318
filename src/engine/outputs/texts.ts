import type { Policy, Tool } from '../../policy/model.ts';
import { dataOf } from './data.ts';
import { type Leaf, mapLeaves, mapValue } from './leaves.ts';
import { lookAt, readingOf, textsIn } from './look.ts';
import type { ToolResult } from './result.ts';

/** What is beyond these is not looked at, and so not shown: what a model reads of one result is a hundredth of it. */
const textsMax = 20_000;
const charactersMax = 1_048_576;

/** Every text of a result that detectors have to look at, each once. */
export function textsOf(result: ToolResult, tool: Tool, policy: Policy): readonly string[] {
  const texts = new Set<string>();
  const reading = readingOf(policy, tool);
  let characters = 0;
  const collect = (leaf: Leaf): string => {
    if (characters < charactersMax && texts.size < textsMax)
      for (const text of textsIn(lookAt(leaf, reading))) {
        if (texts.has(text)) continue;
        texts.add(text);
        characters += text.length;
      }
    return leaf.text;
  };
  mapLeaves(result, collect);
  // Filtered, it will be written as JSON: then its values are texts of their own.
  const data = dataOf(result, tool.returns.parse);
  if (data?.from === 'text') mapValue(data.value, '', null, collect);
  return [...texts];
}
