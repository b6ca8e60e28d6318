/** What detectors have to look at under a policy, and what they say at once and here, where no worker is near. */
import { nothingScanned, scanTexts } from '../content/detection/scan.ts';
import type { Scans } from '../content/detection/sighting.ts';
import type { Policy } from '../policy/model.ts';
import type { DeclaredLooks, FactsRequest } from './facts.ts';
import type { ToolResult } from './outputs/result.ts';
import { textsOf } from './outputs/texts.ts';

/** Kept as long as the policy: every call asks. */
const madeOf = new WeakMap<Policy, DeclaredLooks>();

export function looksOf(policy: Policy): DeclaredLooks {
  const known = madeOf.get(policy);
  if (known !== undefined) return known;
  const looks = {
    injection: true,
    pii: policy.content.pii !== null || policy.flow.classes.has('pii'),
    secrets: true,
    toolNames: [...new Set([...policy.tools.values()].map(({ operation }) => operation))],
  };
  madeOf.set(policy, looks);
  return looks;
}

/** For decisions that nobody waits for, and that no secret of ours is near. */
export function scansOf({ scan }: FactsRequest): Scans {
  return scan === null ? nothingScanned : scanTexts(scan.texts, { ...scan.looks, held: [] });
}

/** The same of a result. */
export function scansOfResult(policy: Policy, result: ToolResult): Scans {
  return scanTexts(textsOf(result), { ...looksOf(policy), held: [] });
}
