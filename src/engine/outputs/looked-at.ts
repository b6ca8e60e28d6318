import type { Scans } from '../../content/detection/sighting.ts';
import { digestOfText } from '../../content/digest.ts';
import type { Policy, Tool } from '../../policy/model.ts';
import { mapLeaves } from './leaves.ts';
import { lookAt, readingOf, textsIn } from './look.ts';
import type { ToolResult } from './result.ts';

/** No result that is shorter, as JSON, has anything in it that detectors weren't asked about. */
export function lookedAtUnits(policy: Policy, tool: Tool): number {
  return readingOf(policy, tool).lookedUnitsMax;
}

/**
 * A result as far as detectors looked at it: for a record that must not hold what they would have found. Of the rest it
 * says how much it was, and, under the key, whether it was the same.
 */
export function lookedAtOf(
  result: ToolResult,
  {
    policy,
    tool,
    scans,
    key,
  }: {
    readonly policy: Policy;
    readonly tool: Tool;
    readonly scans: Scans;
    readonly key: string;
  },
): ToolResult {
  const reading = readingOf(policy, tool);
  return mapLeaves(result, ({ text, ...leaf }) => {
    const look = lookAt({ text, ...leaf }, reading);
    if (!textsIn(look).every((one) => scans.has(one))) return unrecorded(text, key);
    const { length } = look.part;
    return length === text.length ? text : look.part + unrecorded(text.slice(length), key);
  });
}

function unrecorded(text: string, key: string): string {
  const digest = digestOfText(`${key}\nunrecorded\n${text}`).slice('sha256:'.length);
  return `[… ${text.length} characters not recorded #${digest.slice(0, 32)}]`;
}
