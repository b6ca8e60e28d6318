/** How an ending is written down: what came, what the agent gets of it, and what rules took down, without what may not be. */
import type { Scans } from '../content/detection/sighting.ts';
import { foundIn } from '../content/redact-found.ts';
import type { Decision } from '../engine/decision.ts';
import { lookedAtOf, lookedAtUnits } from '../engine/outputs/looked-at.ts';
import type { Marks } from '../engine/outputs/marks.ts';
import { asJson, type ToolResult } from '../engine/outputs/result.ts';
import type { Policy, Tool } from '../policy/model.ts';
import type { Ending } from './endings.ts';
import type { Payloads } from './payloads.ts';
import { type Redaction, recordsEverything, redactionOf, unrecorded } from './redaction.ts';

export interface RecordedEnding {
  /** Digests of what came, and of what the agent gets. */
  readonly seenDigest: string | null;
  readonly releasedDigest: string | null;
  readonly shownDigest: string | null;
  readonly redaction: Redaction;
}

export interface RecordedOf {
  readonly policy: Policy;
  readonly decision: Decision;
  readonly tool: Tool;
  /** What detectors were asked about, and what they said; null: nobody knows what they should have been. */
  readonly texts: readonly string[] | null;
  readonly scans: Scans;
  readonly marks: Marks;
  readonly held: readonly string[];
}

export function recordEnding(
  payloads: Payloads,
  { seen, kept, shown }: Pick<Ending, 'seen' | 'kept' | 'shown'>,
  of: RecordedOf,
): RecordedEnding {
  const wanted = unrecorded(of.policy);
  const redaction = redactionOf(of.held, foundIn(of.scans, wanted), () => of.marks.placeholderKey);
  // Of a text that nobody looked at it isn't known what it holds, however short it is.
  const isLookedAtAll = of.texts !== null && of.scans.size >= of.texts.length;
  const keepsAll = recordsEverything(wanted);
  const keep = (result: ToolResult, isLookedAt: boolean): string =>
    keepsAll || isLookedAt || of.decision.dryRun
      ? payloads.keep(asJson(result), redaction)
      : payloads.keep(asJson(result), redaction, {
          unitsMax: isLookedAtAll ? lookedAtUnits(of.policy, of.tool) : 0,
          instead: () => asJson(lookedAtOf(result, { ...of, key: of.marks.placeholderKey })),
        });
  const seenDigest = seen === null ? null : keep(seen, false);
  return {
    seenDigest,
    // What is enforced shows nothing that nobody looked at.
    releasedDigest:
      kept === seen ? seenDigest : kept && keep(kept, of.decision.enforcement === 'strict'),
    shownDigest: shown && payloads.keepTaken(shown, redaction),
    redaction,
  };
}
