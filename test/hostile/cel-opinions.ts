/** Two implementations of CEL asked the same question: ours, and another one that shares no code with it. */
import { type CelInput, CelScalar, celEnv, celFunc, isCelError, parse, plan } from '@bufbuild/cel';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { plainKind } from '../../src/content/kinds.ts';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../src/content/value.ts';
import { emptyLists } from '../../src/engine/bindings.ts';
import { compileCel } from '../../src/policy/cel.ts';
import { callEnvironment } from '../../src/policy/cel-environment.ts';
import type { CelBindings } from '../../src/policy/model.ts';
import { barePin } from '../bare-pin.ts';

/**
 * What an expression came to. `refused`: it isn't one, or its types don't fit. `absent`: it asks for a field that isn't
 * there, which is null to us and an error to CEL.
 */
export type Opinion = boolean | 'error' | 'refused' | 'absent';

export interface Given {
  readonly args: JsonObject;
  readonly nowMs: number;
}

/** Kinds of which the value is the text itself: what the two disagree on is then CEL, and no spelling. */
const names = [
  'count',
  'other',
  'share',
  'ratio',
  'text',
  'word',
  'when',
  'flag',
  'tags',
  'numbers',
  'lines',
  'loose',
];
const nullable = (type: string): JsonObject => ({ type: [type, 'null'] });
const inputSchema: JsonObject = {
  type: 'object',
  required: ['count', 'text', 'flag', 'share', 'tags', 'numbers'],
  properties: {
    count: { type: 'integer' },
    other: nullable('integer'),
    share: { type: 'number' },
    ratio: nullable('number'),
    text: { type: 'string' },
    word: nullable('string'),
    when: nullable('string'),
    flag: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' } },
    numbers: { type: 'array', items: { type: 'integer' } },
    lines: {
      type: 'array',
      items: {
        type: 'object',
        properties: { sku: nullable('string'), quantity: nullable('integer') },
      },
    },
    loose: {},
  },
};

const environment = callEnvironment(
  [
    {
      name: 'shop.buy',
      fixed: {},
      args: new Map(
        names.map((name) => {
          const kind = plainKind('attachment');
          const parts = [{ pointer: { text: '', segments: [] }, kind }];
          return [name, { name, parts, absentIsNone: false }];
        }),
      ),
      pin: barePin(inputSchema),
    },
  ],
  new Map([['purpose', { type: 'one_of', values: ['billing', 'care'] }]]),
  new Map(),
);

export function ourOpinion(
  source: string,
  given: Given,
): { readonly opinion: Opinion; readonly why: string } {
  const compiled = compileCel(source, { file: 'policy.yaml', line: 1, column: 1 }, environment);
  if (!compiled.ok)
    return { opinion: 'refused', why: compiled.problems.map(({ message }) => message).join('; ') };
  const result = compiled.program.evaluate(bindings(given));
  return result.ok ? { opinion: result.value, why: '' } : { opinion: 'error', why: result.error };
}

const second = celEnv({
  funcs: [celFunc('usd', [CelScalar.INT], CelScalar.INT, (whole) => whole * 100n)],
});

export function secondOpinion(source: string, given: Given): Opinion {
  let value: unknown;
  try {
    value = plan(second, parse(source))(theirBindings(given));
  } catch {
    return 'refused';
  }
  if (isCelError(value)) return /^field not found/.test(value.message) ? 'absent' : 'error';
  // A condition that is no condition is as good as none.
  return typeof value === 'boolean' ? value : 'refused';
}

function bindings({ args, nowMs }: Given): CelBindings {
  return {
    call: { args, lists: emptyLists() },
    tool: 'shop.buy',
    agent: 'desk',
    user: { id: null, roles: ['support', 'buyer'] },
    run: { id: 'run_1', calls: 4, steps: 2 },
    case: { purpose: 'care' },
    nowMs,
  };
}

/** What is typed an integer is an int there; what isn't there is null, as it is for us. */
function theirBindings({ args, nowMs }: Given): Record<string, CelInput> {
  const whole = (value: JsonValue | undefined): CelInput =>
    typeof value === 'number' ? BigInt(value) : inPlace(value);
  const line = (one: JsonValue): CelInput =>
    isJsonObject(one)
      ? new Map<string, CelInput>([
          ['sku', inPlace(one['sku'])],
          ['quantity', whole(one['quantity'])],
        ])
      : inPlace(one);
  const { count, other, numbers, lines } = args;
  const typed = new Map<string, CelInput>(names.map((name) => [name, inPlace(args[name])]));
  typed.set('count', whole(count)).set('other', whole(other));
  typed.set('numbers', isJsonArray(numbers) ? numbers.map(whole) : null);
  typed.set('lines', isJsonArray(lines) ? lines.map(line) : null);
  return {
    call: new Map([['args', typed]]),
    tool: 'shop.buy',
    agent: 'desk',
    user: new Map<string, CelInput>([
      ['id', null],
      ['roles', ['support', 'buyer']],
    ]),
    run: new Map<string, CelInput>([
      ['id', 'run_1'],
      ['calls', 4n],
      ['steps', 2n],
    ]),
    case: new Map([['purpose', 'care']]),
    now: timestampFromMs(nowMs),
  };
}

function inPlace(value: JsonValue | undefined): CelInput {
  if (isJsonArray(value)) return value.map(inPlace);
  if (!isJsonObject(value)) return value ?? null;
  return new Map(Object.entries(value).map(([name, member]) => [name, inPlace(member)]));
}
