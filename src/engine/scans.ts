/** What detectors have to look at under a policy, and what they say at once and here, where no worker is near. */
import { nothingScanned, scanTexts } from '../content/detection/scan.ts';
import type { Scans } from '../content/detection/sighting.ts';
import type { Policy, Tool } from '../policy/model.ts';
import type { ReadCall } from './call.ts';
import type { DeclaredLooks, FactsRequest, ScanRequest } from './facts.ts';
import type { ToolResult } from './outputs/result.ts';
import { textsOf } from './outputs/texts.ts';

/** Kept as long as the policy: every call asks. */
const madeOf = new WeakMap<Policy, DeclaredLooks>();
const madeOfArguments = new WeakMap<Policy, DeclaredLooks>();

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

/** The same of what a call carries. Kept apart, for of arguments a policy may ask more, or less, than of results. */
function looksAtArguments(policy: Policy): DeclaredLooks {
  const known = madeOfArguments.get(policy);
  if (known !== undefined) return known;
  const { pii, outbound } = policy.content;
  const looks = {
    ...looksOf(policy),
    pii:
      pii?.in.has('arguments') === true ||
      // Not to decide: to leave it out of the record.
      pii?.in.has('ledger') === true ||
      (outbound?.rules.length ?? 0) > 0,
  };
  madeOfArguments.set(policy, looks);
  return looks;
}

/** Null: the call carries nothing that anybody would look at. */
export function scanOf(policy: Policy, { texts: { asked } }: ReadCall): ScanRequest | null {
  return asked.length === 0 ? null : { texts: asked, looks: looksAtArguments(policy) };
}

/** For decisions that nobody waits for, and that no secret of ours is near. */
export function scansOf({ scan }: FactsRequest): Scans {
  return scan === null ? nothingScanned : scanTexts(scan.texts, { ...scan.looks, held: [] });
}

/** The same of a result. */
export function scansOfResult(policy: Policy, tool: Tool, result: ToolResult): Scans {
  return scanTexts(textsOf(result, tool, policy), { ...looksOf(policy), held: [] });
}
