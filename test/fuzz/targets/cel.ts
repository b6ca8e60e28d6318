/** Expressions of policies, on calls of an agent: true, false, or a fault that is said; and always in bounded work. */
import type { KindName } from '../../../src/content/kind.ts';
import { plainKind } from '../../../src/content/kinds.ts';
import type { JsonObject } from '../../../src/content/value.ts';
import { emptyLists } from '../../../src/engine/bindings.ts';
import { compileCel } from '../../../src/policy/cel.ts';
import { callEnvironment } from '../../../src/policy/cel-environment.ts';
import type { Argument } from '../../../src/policy/model.ts';
import { barePin } from '../../bare-pin.ts';
import { must, type Target } from '../target.ts';

const at = { file: 'policy.yaml', line: 1, column: 1 };
const inputSchema: JsonObject = {
  type: 'object',
  required: ['text', 'count', 'tags', 'loose'],
  properties: {
    text: { type: 'string' },
    count: { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' } },
    loose: {},
  },
};
function argument(name: string, kind: KindName): [string, Argument] {
  const parts = [{ pointer: { text: '', segments: [] }, kind: plainKind(kind) }];
  return [name, { name, parts, absentIsNone: false }];
}

const environment = callEnvironment(
  [
    {
      name: 'files.read',
      fixed: {},
      args: new Map([
        argument('text', 'content'),
        argument('count', 'number'),
        argument('tags', 'identifier'),
        argument('loose', 'content'),
      ]),
      pin: barePin(inputSchema),
    },
  ],
  new Map(),
  new Map(),
);
const args: JsonObject = {
  text: 'a'.repeat(2_000),
  count: 9_007_199_254_740_991,
  tags: Array.from({ length: 200 }, (_, index) => `tag${index}`),
  loose: { constructor: 1, toString: null, list: [[1, 2.5], ['x']] },
};

export const celTarget: Target = {
  name: 'cel',
  alphabet: 'text',
  lengthMax: 600,
  roundsInTest: 1_500,
  seeds: [
    'call.args.count > 10 && call.args.text.startsWith("a")',
    'call.args.tags.exists(t, t == "tag7") || call.args.loose == null',
    'call.args.tags.all(t, t.startsWith("tag") && t.size() < 8)',
    'call.args.count + 1 > call.args.count',
    'call.args.loose.list == 1 || call.args.count / 0 == 1',
    'user.roles.exists(r, r == "support") ? run.calls < 5 : agent == "desk"',
    'call.args.text.matches("^(a+)+$")',
    'size(call.args.tags) + 1 == 201 && "tag1" in call.args.tags',
  ],
  dictionary: [
    'call.args.',
    'call.',
    'user.',
    'run.',
    'case.',
    'agent',
    '.exists(x, ',
    '.all(x, ',
    '.filter(x, ',
    '.map(x, ',
    '.matches("',
    '.constructor',
    '.__proto__',
    '["toString"]',
    'size(',
    'has(',
    '&&',
    '||',
    '!',
    '==',
    ' in ',
    '? ',
    ' : ',
    '(',
    ')',
    '[',
    ']',
    '"',
    "'",
    'r"',
    'b"',
    '0x',
    '1u',
    '-9223372036854775808',
    '/',
    '%',
    ' 0',
    'null',
    'dyn(',
    'int(',
    'timestamp(',
    'duration(',
    '\\u0000',
    '// ',
  ],
  check(input) {
    const compiled = compileCel(input, at, environment);
    if (!compiled.ok) {
      must(compiled.problems.length > 0, 'refused without a reason');
      return 'refused';
    }
    const evaluate = () =>
      compiled.program.evaluate({
        call: { args, lists: emptyLists() },
        tool: 'files.read',
        agent: 'desk',
        user: { id: 'ann', roles: ['support'] },
        run: { id: 'r1', calls: 4, steps: 2 },
        case: {},
        nowMs: 0,
      });
    const result = evaluate();
    must(
      JSON.stringify(evaluate()) === JSON.stringify(result),
      'the same call is judged otherwise',
    );
    return result.ok ? String(result.value) : `fault ${result.error.slice(0, 40)}`;
  },
};
