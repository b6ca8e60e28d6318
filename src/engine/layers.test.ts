import { expect, test } from 'vitest';
import type { FindingCode } from './codes.ts';
import type { Finding, StageName } from './decision.ts';
import { layersOf, layersOfResult } from './layers.ts';

const letters = {
  input_validation: 'V',
  injection_detection: 'D',
  execution_control: 'E',
  tool_interception: 'T',
  output_validation: 'O',
  audit: 'A',
} as const;

/** `V+ D~ E? T- A+`: passed, noted, held, refused. */
function told(layers: ReturnType<typeof layersOf>): string {
  const signs = { passed: '+', noted: '~', held: '?', refused: '-' };
  return (
    [
      'input_validation',
      'injection_detection',
      'execution_control',
      'tool_interception',
      'output_validation',
      'audit',
    ] as const
  )
    .flatMap((layer) => {
      const word = layers[layer];
      return word === undefined ? [] : [`${letters[layer]}${signs[word]}`];
    })
    .join(' ');
}

function found(stage: StageName, code: FindingCode, verdict: Finding['verdict']): Finding {
  return { stage, code, verdict, details: {}, at: null, approver: null };
}

const unavailable = found('gate', 'approval.unavailable', 'hold');

test.each<[string, readonly Finding[], string]>([
  ['nothing was found', [], 'V+ D+ E+ T+ A+'],
  ['a check was passed', [found('authorize', 'authorize.recipients', 'note')], 'V+ D+ E+ T+ A+'],
  ['nobody known asks', [found('identity', 'identity.unknown_agent', 'deny')], 'E- A+'],
  ['for a tool that changed', [found('catalog', 'catalog.changed', 'deny')], 'E+ T- A+'],
  ['with arguments that don’t fit', [found('schema', 'schema.invalid', 'deny')], 'V- E+ T+ A+'],
  [
    'more than is permitted',
    [found('authorize', 'authorize.recipients', 'deny')],
    'V+ D+ E+ T- A+',
  ],
  ['too often', [found('limits', 'limits.same_call', 'deny')], 'V+ D+ E- T+ A+'],
  ['orders that are passed on', [found('inputs', 'inputs.injection', 'note')], 'V~ D~ E+ T+ A+'],
  [
    'a secret that a person has to see',
    [found('inputs', 'inputs.secret', 'hold'), unavailable],
    'V? D? E+ T+ A+',
  ],
  [
    'a statement that isn’t SQL, by no detector',
    [found('inputs', 'inputs.sql', 'deny')],
    'V- D+ E+ T+ A+',
  ],
  ['what was read may not leave', [found('flow', 'flow.content', 'deny')], 'V+ D+ E+ T- A+'],
  ['a person has to agree', [found('gate', 'gate.tier', 'hold'), unavailable], 'V+ D+ E+ T? A+'],
  [
    'people agreed to it: it was held all the same',
    [found('gate', 'gate.tier', 'hold'), found('gate', 'approval.given', 'note')],
    'V+ D+ E+ T? A+',
  ],
  [
    'its run waits for too many answers',
    [found('gate', 'gate.tier', 'hold'), found('gate', 'approvals.flood', 'deny')],
    'V+ D+ E+ T- A+',
  ],
  [
    'such calls wait for nobody any more',
    [found('gate', 'gate.autonomy', 'note')],
    'V+ D+ E+ T+ A+',
  ],
  [
    'the worst of several',
    [
      found('inputs', 'inputs.injection', 'note'),
      found('inputs', 'inputs.pii', 'deny'),
      found('inputs', 'inputs.hold_next', 'hold'),
      found('flow', 'flow.date', 'hold'),
    ],
    'V- D- E+ T? A+',
  ],
  ['a fault of ours', [found('engine', 'engine.fault', 'deny')], 'V+ D+ E- T+ A+'],
  ['what can’t be recorded', [found('store', 'store.unavailable', 'deny')], 'V+ D+ E+ T+ A-'],
])('of a call: %s', (_, findings, layers) => {
  expect(told(layersOf(findings, true))).toBe(layers);
});

test('detectors that had nothing to look at aren’t said to have looked', () => {
  expect(told(layersOf([], false))).toBe('V+ E+ T+ A+');
  expect(told(layersOfResult([], false))).toBe('O+ A+');
});

test.each<[string, readonly Finding[], string]>([
  ['nothing was found', [], 'D+ O+ A+'],
  ['it was cut', [found('outputs', 'outputs.truncated', 'note')], 'D+ O~ A+'],
  ['a card in it was replaced', [found('outputs', 'outputs.pii', 'note')], 'D~ O~ A+'],
  ['it gave orders', [found('outputs', 'outputs.injection', 'deny')], 'D- O- A+'],
  ['it was withheld', [found('outputs', 'outputs.schema', 'deny')], 'D+ O- A+'],
])('of a result: %s', (_, findings, layers) => {
  expect(told(layersOfResult(findings, true))).toBe(layers);
});

test('most calls share one record, which nobody can change', () => {
  expect(layersOf([], true)).toBe(layersOf([found('authorize', 'authorize.hours', 'note')], true));
  expect(Object.isFrozen(layersOf([], true))).toBe(true);
  expect(Object.isFrozen(layersOfResult([], true))).toBe(true);
});
