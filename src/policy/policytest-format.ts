/**
 * Tables of calls and expected decisions, `*.policytest.yaml`: what a policy is meant to do, in a form that a reviewer
 * reads without knowing how it does it. Read by the same strict reader and the same shapes as the policy itself.
 */
import type { Diagnostic } from './diagnostic.ts';
import type { SourcePosition } from './model.ts';
import { callFields } from './policytest-call.ts';
import {
  completed,
  type GivenSyntax,
  givenShape,
  merged,
  nothingGiven,
} from './policytest-given.ts';
import { type StepSyntax, step } from './policytest-step.ts';
import type { PolicyTest, PolicyTestTable, TestStep } from './policytest-table.ts';
import { Report } from './report.ts';
import { type Fields, keysOf, listOf, record } from './shape/collection.ts';
import { constant, text } from './shape/scalar.ts';
import type { Shape } from './shape/shape.ts';
import { readYaml } from './source/yaml.ts';
import { finish } from './steps.ts';

/** Reads a table. Everything wrong with it is said at once. */
export function readPolicyTests(
  file: string,
  source: string,
): { readonly table: PolicyTestTable } | { readonly errors: readonly Diagnostic[] } {
  const report = new Report();
  report.addSource(file, source);
  const node = finish(readYaml(file, source, { nodes: 0 }, report));
  const table = node === null ? undefined : document.read(node, report);
  if (report.hasErrors || table === undefined) return { errors: report.errors() };
  return { table };
}

interface TestSyntax {
  readonly at: SourcePosition;
  readonly name: string;
  readonly given: GivenSyntax | undefined;
  readonly steps: readonly StepSyntax[];
}

function heading(fields: Fields): Pick<TestSyntax, 'given'> & { name: string | undefined } {
  const name = fields.required('name', text('what it shows, in words'), 'What it shows, in words.');
  const given = fields.optional(
    'given',
    givenShape,
    'What is different from the `given` at the top.',
  );
  return { name: name?.value, given };
}

const severalCalls: Shape<TestSyntax | undefined> = record(
  'a test: `{ name, steps }`',
  (fields): TestSyntax | undefined => {
    const { name, given } = heading(fields);
    const steps = fields.required('steps', listOf(step), 'What happens, in order.');
    if (name === undefined || steps === undefined) return undefined;
    const read = steps.value.filter((one) => one !== undefined);
    return { at: fields.at, name, given, steps: read };
  },
);

const oneCall: Shape<TestSyntax | undefined> = record(
  'a test: `{ name, call, with, expect }`',
  (fields): TestSyntax | undefined => {
    const { name, given } = heading(fields);
    const call = callFields(fields);
    if (name === undefined || call === undefined) return undefined;
    return { at: fields.at, name, given, steps: [call] };
  },
);

const test: Shape<TestSyntax | undefined> = {
  expected: 'a test: `{ name, call, with, expect }`, or `{ name, steps }`',
  schema: (book) => ({ anyOf: [oneCall.schema(book), severalCalls.schema(book)] }),
  read: (node, report) =>
    (keysOf(node).includes('steps') ? severalCalls : oneCall).read(node, report),
};

const document: Shape<PolicyTestTable | undefined> = {
  expected: 'a table of policy tests',
  schema: (book) => tableSyntax.schema(book),
  read: (node, report) => {
    const syntax = tableSyntax.read(node, report);
    if (syntax?.tests === undefined) return undefined;
    const base = syntax.given ?? { ...nothingGiven, at: syntax.at };
    const names = new Map<string, SourcePosition>();
    const tests = syntax.tests.value.flatMap((one): PolicyTest[] => {
      if (one === undefined) return [];
      const first = names.get(one.name);
      if (first !== undefined) {
        report.error('policy.duplicate', one.at, 'two tests have this name', {
          mend: `the first is at line ${first.line}; say what is different`,
        });
      }
      names.set(one.name, one.at);
      const own = merged(one.given, base, one.at);
      const given = completed(own, report);
      if (given === undefined) return [];
      const steps = one.steps.flatMap((each): TestStep[] => {
        if (each.type !== 'open') return [each];
        const opened = completed(merged(each.given, own, each.at), report);
        return opened === undefined ? [] : [{ ...each, given: opened }];
      });
      return [{ name: one.name, at: one.at, given, steps }];
    });
    return { tests };
  },
};

const tableSyntax = record(
  'a table of policy tests',
  (fields) => {
    fields.required(
      'policytest',
      constant(1, 'write `policytest: 1`, the version of the format'),
      'The version of the format: `1`.',
    );
    return {
      at: fields.at,
      given: fields.optional(
        'given',
        givenShape,
        'Who works, for whom, on what, and when, where a test says nothing else.',
      ),
      tests: fields.required('tests', listOf(test), 'The tests.'),
    };
  },
  { description: 'Calls and the decisions that a policy is meant to make of them.' },
);
