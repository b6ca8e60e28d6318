/** What happens in a test, in order: calls, time, reported use of the model, another run. */
import type { SourcePosition } from './model.ts';
import { type CallSyntax, callFields } from './policytest-call.ts';
import { type GivenSyntax, givenShape } from './policytest-given.ts';
import type { TestStep, TestUsage } from './policytest-table.ts';
import { keysOf, record } from './shape/collection.ts';
import { text, wholeNumber, yesOrNo } from './shape/scalar.ts';
import type { Shape } from './shape/shape.ts';
import { count, duration, money } from './shape/value.ts';

export type StepSyntax =
  | CallSyntax
  | Extract<TestStep, { type: 'wait' | 'report' }>
  | {
      readonly type: 'open';
      readonly at: SourcePosition;
      readonly given: GivenSyntax;
      readonly below: boolean;
    };

const waitStep: Shape<StepSyntax | undefined> = record(
  '`{ wait: 30m }`',
  (fields): StepSyntax | undefined => {
    const ms = fields.required('wait', duration, 'Time passes.');
    return ms === undefined ? undefined : { type: 'wait', at: fields.at, ms: ms.value };
  },
);

const usage: Shape<TestUsage> = record(
  '`{ steps, tokens, cost, model }`',
  (fields) => {
    const cost = fields.optional('cost', money, 'What the model cost, in USD.');
    return {
      steps:
        fields.optional(
          'steps',
          wholeNumber({ min: 0, max: 1_000_000 }),
          "Steps of the model's loop.",
        )?.value ?? 0,
      tokens:
        fields.optional('tokens', count('tokens', { min: 0, max: 1_000_000_000_000 }), 'Tokens.')
          ?.value ?? 0,
      costMicroUsd: cost === undefined ? 0 : Math.round(Number(cost.value.digits) * 1_000_000),
      model:
        fields.optional('model', text('the name of a model'), 'The model that was used.')?.value ??
        null,
    };
  },
  { min: 1 },
);

const reportStep: Shape<StepSyntax | undefined> = record(
  '`{ report: { steps: 3 } }`',
  (fields): StepSyntax | undefined => {
    const reported = fields.required(
      'report',
      usage,
      'The agent or opener reports use of the model.',
    );
    return reported === undefined ? undefined : { type: 'report', at: fields.at, usage: reported };
  },
);

const openStep: Shape<StepSyntax | undefined> = record(
  '`{ open: { case: … } }`',
  (fields): StepSyntax | undefined => {
    const given = fields.required(
      'open',
      givenShape,
      'Another run begins; what is counted beyond a run goes on.',
    );
    const below = fields.optional(
      'below',
      yesOrNo,
      '`true`: below the run before it, with what that one was shown.',
    );
    if (given === undefined) return undefined;
    return { type: 'open', at: fields.at, given, below: below?.value ?? false };
  },
);

const callStep: Shape<StepSyntax | undefined> = record('`{ call, with, expect }`', callFields);

export const step: Shape<StepSyntax | undefined> = {
  expected: '`{ call, with, expect }`, `{ wait }`, `{ report }` or `{ open }`',
  schema: (book) => ({
    anyOf: [callStep, waitStep, reportStep, openStep].map((shape) => shape.schema(book)),
  }),
  read: (node, report) => {
    const keys = keysOf(node);
    if (keys.includes('wait')) return waitStep.read(node, report);
    if (keys.includes('report')) return reportStep.read(node, report);
    if (keys.includes('open')) return openStep.read(node, report);
    return callStep.read(node, report);
  },
};
