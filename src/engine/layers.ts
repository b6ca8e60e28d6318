/** What each of the six layers said of a call, from what was found: so that a record shows who looked, and who didn't. */
import type { FindingCode } from './codes.ts';
import type { Finding, StageName } from './decision.ts';
import type { LayerName, Layers } from './events.ts';
import { isRemark } from './findings.ts';

type Word = NonNullable<Layers[LayerName]>;
type Said = { [layer in LayerName]?: Word };

const layerOfStage: Readonly<Record<StageName, LayerName>> = {
  identity: 'execution_control',
  catalog: 'tool_interception',
  schema: 'input_validation',
  authorize: 'tool_interception',
  limits: 'execution_control',
  inputs: 'input_validation',
  flow: 'tool_interception',
  gate: 'tool_interception',
  outputs: 'output_validation',
  // A fault of ours stops what would be executed; what can't be recorded is the record's own refusal.
  engine: 'execution_control',
  store: 'audit',
};

/** The stages that end a decision at their first deny, in their order: what would have looked after them didn't. */
const first: readonly StageName[] = ['identity', 'catalog', 'schema'];

const worse: Readonly<Record<Word, number>> = { passed: 0, noted: 1, held: 2, refused: 3 };

/** In the order of the canonical form: there are two of these a call. */
const ofCall: Layers = Object.freeze({
  audit: 'passed',
  execution_control: 'passed',
  input_validation: 'passed',
  tool_interception: 'passed',
});
const ofScannedCall: Layers = Object.freeze({
  audit: 'passed',
  execution_control: 'passed',
  injection_detection: 'passed',
  input_validation: 'passed',
  tool_interception: 'passed',
});
const ofResult: Layers = Object.freeze({ audit: 'passed', output_validation: 'passed' });
const ofScannedResult: Layers = Object.freeze({
  audit: 'passed',
  injection_detection: 'passed',
  output_validation: 'passed',
});

/**
 * Of a decision.
 *
 * @param scanned whether there was a text that detectors were asked to look at
 */
export function layersOf(findings: readonly Finding[], scanned: boolean): Layers {
  const ended = first.findIndex((stage) => findings.some((one) => isDeny(one, stage)));
  if (ended === -1) return judged(scanned ? ofScannedCall : ofCall, findings);
  const looked: Said = { audit: 'passed' };
  for (const stage of first.slice(0, ended + 1)) looked[layerOfStage[stage]] = 'passed';
  return judged(looked, findings);
}

/** The same of a result. */
export function layersOfResult(findings: readonly Finding[], scanned: boolean): Layers {
  return judged(scanned ? ofScannedResult : ofResult, findings);
}

function isDeny({ stage, verdict }: Finding, of: StageName): boolean {
  return stage === of && verdict === 'deny';
}

/** Most calls are nothing but let through: they share one record. */
function judged(looked: Layers, findings: readonly Finding[]): Layers {
  let said: Said | null = null;
  for (let at = 0; at < findings.length; at += 1) {
    const finding = findings[at];
    const word = finding === undefined ? 'passed' : wordOf(finding);
    if (finding === undefined || word === 'passed') continue;
    for (const layer of layersThatSay(finding)) {
      const before: Word = (said ?? looked)[layer] ?? 'passed';
      if (worse[word] <= worse[before]) continue;
      said ??= { ...looked };
      said[layer] = word;
    }
  }
  return said ?? looked;
}

function wordOf(finding: Finding): Word {
  // It only says that nobody can answer what others ask.
  if (finding.code === 'approval.unavailable') return 'passed';
  switch (finding.verdict) {
    case 'deny':
      return 'refused';
    case 'hold':
      return 'held';
    case 'note':
      return isRemark(finding) ? 'noted' : 'passed';
  }
}

function layersThatSay({ stage, code }: Finding): readonly LayerName[] {
  const layer = layerOfStage[stage];
  return isDetected(code) ? [layer, 'injection_detection'] : [layer];
}

/** What some detector of content said, about a call or a result. */
function isDetected(code: FindingCode): boolean {
  return detected.has(code);
}

const detected: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'inputs.unscanned',
  'inputs.secret',
  'inputs.pii',
  'inputs.injection',
  'inputs.detector',
  'inputs.hold_next',
  'inputs.outbound',
  'outputs.injection',
  'outputs.detector',
  'outputs.unscanned',
  'outputs.pii',
  'outputs.secret',
]);
