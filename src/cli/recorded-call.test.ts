import { expect, test } from 'vitest';
import { layerLine } from './layer-line.ts';
import { recordedCall } from './recorded-call.ts';

const events = [
  { seq: 4, type: 'run.opened', atMs: 0 },
  {
    seq: 5,
    type: 'call.denied',
    atMs: 0,
    call: 'call_1',
    tool: 'mail.send',
    effect: 'hold',
    findings: [
      { stage: 'authorize', code: 'authorize.recipients', verdict: 'note', at: 'p.yaml:3:1' },
      {
        stage: 'flow',
        code: 'flow.destination',
        verdict: 'hold',
        at: null,
        details: {
          value: 'eve@evil.example',
          found: [{ tool: 'mail.read', result: 2, field: '/body', text: 'to \u001b[2Jeve' }],
        },
      },
    ],
  },
  {
    seq: 6,
    type: 'call.started',
    atMs: 0,
    call: 'call_2',
    tool: 'mail.read',
    findings: [],
    passed: { 'p.yaml': ['7:9 authorize.where'], 'roles.yaml': ['2:5 authorize.folders'] },
  },
  {
    seq: 7,
    type: 'call.finished',
    atMs: 0,
    call: 'call_2',
    tool: 'mail.read',
    outcome: 'completed',
    layers: { audit: 'passed', injection_detection: 'noted', output_validation: 'noted' },
    findings: [
      {
        stage: 'outputs',
        code: 'outputs.injection',
        verdict: 'note',
        at: 'p.yaml:5:1',
        details: {
          score: 0.95,
          seen: [
            {
              detector: 'injection',
              version: 2,
              type: 'override',
              at: '/content/0/text',
              start: 12,
              end: 40,
              score: 0.95,
            },
            { detector: 'model', at: '/content/0/text', start: 0, end: 90, score: 0.9 },
          ],
        },
      },
    ],
  },
];

test.each(['call_1', '5'])('the call %s, with every reason and what it looked at', (call) => {
  const text = recordedCall(call, events).join('\n');
  expect(text).toContain('+ authorize.recipients  p.yaml:3:1');
  expect(text).toContain('? flow.destination');
  expect(text).toContain('value: eve@evil.example');
  expect(text).toContain('tool mail.read, result 2, field /body');
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('call.started');
});

test('what detectors saw in it, and what each layer said', () => {
  const text = recordedCall('call_2', events).join('\n');
  expect(text).toContain('  layers: !injection !output +audit');
  expect(text).toContain('+ authorize.where  p.yaml:7:9');
  expect(text).toContain('+ authorize.folders  roles.yaml:2:5');
  expect(text).toContain('+ outputs.injection  p.yaml:5:1');
  expect(text).toContain('injection v2  override  /content/0/text 12..40  score 0.95');
  expect(text).toContain('model  /content/0/text 0..90  score 0.9');
});

test.each<[string, object | undefined, string]>([
  ['before layers were told apart', undefined, ''],
  [
    'all that look at a call',
    {
      audit: 'passed',
      execution_control: 'refused',
      injection_detection: 'passed',
      input_validation: 'held',
      tool_interception: 'passed',
    },
    '?input +injection -execution +interception +audit',
  ],
])('the layers of a call: %s', (_, layers, line) => {
  expect(layerLine(layers && JSON.parse(JSON.stringify(layers)))).toBe(line);
});

test.each(['call_9', '4', 'undefined'])('%s names no call', (call) => {
  expect(recordedCall(call, events)).toEqual([]);
});
