import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contextOf, loaded } from '../../../test/engine/scene.ts';
import type { JsonValue } from '../../content/value.ts';
import type { Alternative, Constraint } from '../../policy/model.ts';
import { decide } from '../decide.ts';
import { scansOfResult } from '../scans.ts';
import { inspect } from './inspect.ts';

const policy = loaded(
  `
sallyport: 1
upstreams: { mail: { functions: true } }
tools: { mail.list: { action: read, tier: read_only, reach: internal, args: { page: number }, returns: { items: /items, each: { /from: sender, /in: folder } } } }
agents: { helper: { permissions: { mail: { read: allow } } } }
`,
  { tools: { 'mail.list': { page: 'integer?' } } },
);
const context = contextOf(policy, 'mail.list', {}, { user: null });
const decision = decide(context);
const at = { file: '', line: 1, column: 1 };

/** Who wrote it, as plainly as can be: null where nobody can say. */
const senders: ReadonlyMap<JsonValue, string | null> = new Map<JsonValue, string | null>([
  ['ann@a.example', 'ann@a.example'],
  ['Ann A. <ANN@a.example>', 'ann@a.example'],
  ['eve@sub.a.example', 'eve@sub.a.example'],
  ['ann@a.example <eve@evil.example>', 'eve@evil.example'],
  ['Ann', null],
  [7, null],
]);

interface Rule {
  readonly from: 'ann@a.example' | 'a.example' | '*.a.example' | null;
  readonly only: string | null;
  readonly except: string | null;
}

const rule: fc.Arbitrary<Rule> = fc.record({
  from: fc.constantFrom('ann@a.example', 'a.example', '*.a.example', null),
  only: fc.constantFrom('Support', 'Sales', null),
  except: fc.constantFrom('Board', null, null),
});

interface Item {
  readonly from?: JsonValue;
  readonly in?: JsonValue;
}

const item: fc.Arbitrary<Item> = fc.record(
  {
    from: fc.constantFrom<JsonValue[]>(
      ...senders.keys(),
      null,
      ['ann@a.example', 'eve@sub.a.example'],
      [],
    ),
    in: fc.constantFrom<JsonValue[]>(
      'Support',
      'Sales',
      'Board',
      ['Support', 'Board'],
      ['Support', 'Other'],
      [],
      null,
    ),
  },
  { requiredKeys: [] },
);

function alternativeOf({ from, only, except }: Rule): Alternative {
  const common = { at, otherwise: null };
  const constraints: Constraint[] = [];
  if (from !== null) {
    const term = from.includes('@')
      ? { type: 'address' as const, key: from }
      : from.startsWith('*')
        ? { type: 'subdomains' as const, domain: from.slice(2) }
        : { type: 'domain' as const, domain: from };
    constraints.push({ ...common, name: 'senders', type: 'senders', only: [term] });
  }
  if (only !== null || except !== null) {
    const folder = (name: string) => ({
      type: 'literal' as const,
      value: { type: 'text' as const, key: name },
    });
    constraints.push({
      ...common,
      name: 'folders',
      type: 'folders',
      only: only === null ? null : [folder(only)],
      except: except === null ? [] : [folder(except)],
    });
  }
  return {
    key: 'k',
    at,
    tools: null,
    constraints,
    approval: { type: 'tier' },
    repeatAllowed: false,
    enforcement: null,
  };
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

function passes({ from, only, except }: Rule, one: Item): boolean {
  const authors = listOf(one.from).map((value) => senders.get(value) ?? null);
  const folders = listOf(one.in);
  const right = (author: string | null): boolean => {
    if (author === null || from === null) return false;
    return from.includes('@')
      ? author === from
      : author.endsWith(from.startsWith('*') ? from.slice(1) : `@${from}`);
  };
  if (from !== null && (authors.length === 0 || !authors.every(right))) return false;
  if (only === null && except === null) return true;
  return (
    folders.length > 0 &&
    (only === null || folders.includes(only)) &&
    (except === null || !folders.includes(except))
  );
}

test('an item is shown exactly when one pair of alternatives shows it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ agent: rule, user: rule }), { minLength: 1, maxLength: 3 }),
      fc.array(item, { maxLength: 8 }),
      (rules, items) => {
        const pairs = rules.map(({ agent, user }) => ({
          agent: alternativeOf(agent),
          user: alternativeOf(user),
        }));
        if (context.tool === null) throw new Error('the policy lost its tool');
        const came = {
          content: [],
          structuredContent: { items: JSON.parse(JSON.stringify(items)) },
        };
        const { result } = inspect({
          policy,
          decision: { ...decision, obligations: [{ type: 'filter_items', pairs, case: {} }] },
          tool: context.tool,
          args: {},
          result: came,
          scans: scansOfResult(policy, context.tool, came),
          marks: { boundary: 'boundary', placeholderKey: 'run_1' },
        });
        const expected = items.filter((one) =>
          rules.some(({ agent, user }) => passes(agent, one) && passes(user, one)),
        );
        expect(result?.structuredContent).toEqual({ items: expected });
      },
    ),
    { numRuns: 1_000 },
  );
});
