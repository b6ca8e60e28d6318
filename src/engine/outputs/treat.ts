/** What detectors said of a result, and what is done with it. */
import type { Scans } from '../../content/detection/sighting.ts';
import type { Policy, Tool } from '../../policy/model.ts';
import type { Decision, Finding, Obligation } from '../decision.ts';
import type { ResultData } from './data.ts';
import { type EditContext, editLeaf } from './edit-leaf.ts';
import { flaggedPlaces } from './flagged.ts';
import { mapLeaves } from './leaves.ts';
import { lookAt, readingOf, seenIn } from './look.ts';
import type { Marks } from './marks.ts';
import type { ToolResult } from './result.ts';
import { Tally } from './tally.ts';

export interface TreatmentContext {
  readonly policy: Policy;
  readonly decision: Decision;
  readonly tool: Tool;
  readonly scans: Scans;
  readonly marks: Marks;
}

export interface Treated {
  /** With what is said of its text as single characters (`marks-in-text.ts`): it has to be released yet. */
  readonly result: ToolResult;
  /** False: nothing was done with it, nor is. */
  readonly isMarkable: boolean;
  readonly findings: readonly Finding[];
  /** Classes that detectors saw in what is shown. */
  readonly classes: readonly string[];
  /** Places in the data, RFC 6901, whose text gives orders; `""`: somewhere in the result. */
  readonly flagged: readonly string[];
  /** Something was found to give orders, or nobody can say that nothing does. */
  readonly isSuspect: boolean;
}

export function treat(
  result: ToolResult,
  data: ResultData | null,
  context: TreatmentContext,
): Treated {
  const { policy, decision, tool, scans, marks } = context;
  const screen = decision.obligations.find(isScreen);
  if (screen === undefined) return { ...plain, result, isMarkable: false };
  const redact = decision.obligations.find(isRedact);
  const enforced = decision.enforcement === 'strict';
  const reading = readingOf(policy, tool);
  const pii = redact === undefined ? nothing : typesIn(redact.pii);
  const editing: EditContext = {
    reading,
    treatment: {
      at: screen.at,
      orders: screen.response === 'redact' ? 'redact' : 'mark',
      pii,
      secrets: redact?.secrets === true,
    },
    marks,
  };
  const tally = new Tally(editing.treatment.at);
  const treated = mapLeaves(result, (leaf) => {
    const look = lookAt(leaf, reading);
    const seen = seenIn(look, leaf.name, scans);
    tally.count(leaf, seen);
    if (!enforced) return leaf.text;
    const { text, isSanitised } = editLeaf(leaf, look, seen, editing);
    if (isSanitised) tally.sanitised.push(leaf.pointer);
    return text;
  });
  if (tally.isSilent) return { ...plain, result: treated, isMarkable: enforced };
  // Where a grant is only watched, everything is shown.
  const showsPii = (type: string): boolean => !enforced || !pii.has(type);
  const showsSecrets = !enforced || !editing.treatment.secrets;
  return {
    result: treated,
    isMarkable: enforced,
    findings: [
      ...tally.instructions(screen.response, tool),
      ...tally.detector(screen.response, tool),
      ...tally.data('outputs.pii', tally.pii, showsPii),
      ...tally.data('outputs.secret', tally.secrets, () => showsSecrets),
      ...tally.rest(enforced),
    ],
    classes: [
      ...(tally.pii.some(({ sighting }) => showsPii(sighting.type)) ? ['pii'] : []),
      ...(tally.secrets.length > 0 && showsSecrets ? ['secret'] : []),
    ],
    flagged: flaggedPlaces(tally.flagged, data),
    isSuspect: tally.isSuspect,
  };
}

/** Of a result in which nobody saw anything: most are. */
const plain: Omit<Treated, 'result' | 'isMarkable'> = {
  findings: [],
  classes: [],
  flagged: [],
  isSuspect: false,
};

const nothing: ReadonlySet<string> = new Set();

const typesOf = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Lists of obligations don't change, and those of a tool are the same for every call. */
function typesIn(list: readonly string[]): ReadonlySet<string> {
  const known = typesOf.get(list);
  if (known !== undefined) return known;
  const types = new Set(list);
  typesOf.set(list, types);
  return types;
}

function isScreen(one: Obligation): one is Extract<Obligation, { type: 'screen' }> {
  return one.type === 'screen';
}

function isRedact(one: Obligation): one is Extract<Obligation, { type: 'redact' }> {
  return one.type === 'redact';
}
