import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { readJson, StrictJsonError } from '../../content/json.ts';
import { isJsonObject, type JsonObject } from '../../content/value.ts';
import { explain, explanationText } from '../../engine/explain.ts';
import type { CaseValues } from '../../engine/run.ts';
import { checkPolicy } from '../../policy/check/check.ts';
import { formatPolicyCheck } from '../../policy/check/format.ts';
import { type Diagnostic, formatDiagnostic } from '../../policy/diagnostic.ts';
import { diffPolicies } from '../../policy/diff/diff.ts';
import { formatPolicyDiff } from '../../policy/diff/format.ts';
import type { Policy } from '../../policy/model.ts';
import { runPolicyTests } from '../../policy/policytest.ts';
import { formatPolicyTests } from '../../policy/policytest-summary.ts';
import { policyJsonSchema } from '../../policy/shape/document.ts';
import { caseProblems } from '../../runtime/open-checks.ts';
import { lockFileOf, PolicyFileError, readPolicy } from '../../runtime/policy-source.ts';
import { loadGrammarFor } from '../../runtime/sql-grammar.ts';
import { explainCall } from '../../runtime/what-if.ts';
import { addExamples } from '../examples.ts';
import { type CommonOptions, commonOptions } from '../options.ts';
import { type ExitCode, type Output, UsageError } from '../output.ts';
import { placeOf, requirePolicy } from '../place.ts';
import type { Act } from '../program.ts';

interface ExplainOptions extends CommonOptions {
  readonly agent: string;
  readonly tool: string;
  readonly args: string;
  readonly user?: string;
  readonly case?: string;
  readonly request?: string;
  readonly outside?: readonly string[];
  readonly at?: string;
}

export function policyCommand(act: Act): Command {
  const command = new Command('policy').description(
    'Checks, compares, explains and tests the policy.',
  );
  const check = new Command('check')
    .description(
      'Everything that is wrong with the policy at once, or what to know before trusting it.',
    )
    .argument('[file]', 'the policy (as --policy)')
    .action((file: string | undefined, options: CommonOptions) =>
      act<CommonOptions>((given, output) =>
        check_(file === undefined ? given : { ...given, policy: file }, output),
      )(options),
    );
  const why = new Command('explain')
    .description(
      'Why a call would be decided so: every check, with values, lines and limits. In a run of its own, in which nothing was read yet: `runs show --call` explains a call that was made. Performs and records nothing.',
    )
    .requiredOption('--agent <name>', 'whose call it is')
    .requiredOption('--tool <name>', 'upstream.operation')
    .option('--args <json>', 'the arguments', '{}')
    .option('--user <id>', 'on whose behalf')
    .option('--case <json>', 'what the opener binds')
    .option('--request <text>', 'what the user asked for, in words that the opener trusts')
    .option('--outside <name...>', 'what the agent has besides Sallyport: untrusted from its start')
    .option('--at <time>', 'RFC 3339 (default: now)')
    .action(act(explain_));
  const test = new Command('test')
    .description('Runs the tables of expected decisions beside the policy.')
    .argument('[files...]', '*.policytest.yaml (default: the one named like the policy)')
    .action((files: string[], options: CommonOptions) =>
      act<CommonOptions>((_, output) => test_(files, options, output))(options),
    );
  const diff = new Command('diff')
    .description(
      'What changed between two policies, in words: who may now do what, who no longer. Exit code 0 where both decide alike, 1 where they differ.',
    )
    .argument('<old>', 'a policy; where it has no lock beside it, it is read with the other’s')
    .argument('<new>', 'another policy')
    .action((old: string, now: string, options: CommonOptions) =>
      act<CommonOptions>((_, output) => diff_(old, now, output))(options),
    );
  const schema = new Command('schema')
    .description('Prints the JSON Schema of policy files, for editors.')
    .action(
      act<CommonOptions>((options, output) =>
        Promise.resolve(
          output.result(
            true,
            { schema: policyJsonSchema() },
            options.json === true ? '' : JSON.stringify(policyJsonSchema(), null, 2),
          ),
        ),
      ),
    );
  for (const sub of [check, diff, why, test, schema]) {
    for (const option of commonOptions()) sub.addOption(option);
    command.addCommand(sub);
  }
  return addExamples(command, [
    'sallyport policy check',
    'sallyport policy check --policy sallyport.yaml --json',
    `sallyport policy explain --agent reporter --tool files.read_text_file --args '{"path":"reports/q3.txt"}'`,
    `sallyport policy explain --agent reporter --tool files.read_text_file --args '{"path":"reports/q3.txt"}' --request 'Read q3.txt'`,
    'sallyport policy diff accepted.yaml sallyport.yaml',
    'sallyport policy test',
    'sallyport policy schema',
  ]);
}

async function check_(options: CommonOptions, output: Output): Promise<ExitCode> {
  const { policyFile } = requirePolicy(placeOf(options));
  try {
    const { policy, warnings } = readPolicy(policyFile);
    const checked = checkPolicy(policy);
    const text = [
      ...warnings.map(formatDiagnostic),
      formatPolicyCheck(checked),
      `${policyFile} is a good policy (${policy.hash.slice(0, 19)})`,
    ];
    return output.result(
      true,
      {
        policy: policy.hash,
        enforcement: policy.enforcement,
        warnings: warnings.map(diagnosticView),
        check: plain(checked),
      },
      text.filter((part) => part !== '').join('\n\n'),
    );
  } catch (error) {
    if (!(error instanceof PolicyFileError)) throw error;
    const count = error.diagnostics.length;
    return output.result(
      false,
      { errors: error.diagnostics.map(diagnosticView) },
      `${error.diagnostics.map(formatDiagnostic).join('\n\n')}\n\n${count} error${count === 1 ? '' : 's'}`,
    );
  }
}

async function explain_(options: ExplainOptions, output: Output): Promise<ExitCode> {
  const { policy } = readPolicy(requirePolicy(placeOf(options)).policyFile);
  await loadGrammarFor(policy);
  const atMs = options.at === undefined ? Date.now() : Date.parse(options.at);
  if (Number.isNaN(atMs))
    throw new UsageError(`\`${options.at}\` is no time`, 'write it as 2026-11-23T10:00:00Z');
  const values = caseOption(options.case ?? '{}');
  const agent = policy.agents.get(options.agent);
  // Without `--case` it is a run that nobody opened.
  const problems =
    options.case === undefined || agent === undefined ? [] : caseProblems(agent, values);
  if (problems.length > 0) throw new UsageError(`the case doesn't fit: ${problems.join('; ')}`);
  const { decision, context } = explainCall(policy, {
    agent: options.agent,
    user: options.user ?? null,
    tool: options.tool,
    args: objectOption('--args', options.args),
    case: values,
    request: options.request ?? null,
    outside: options.outside ?? [],
    atMs,
  });
  const explanation = explain(context, decision);
  return output.result(
    decision.effect === 'allow',
    plain(explanation),
    explanationText(explanation),
  );
}

async function test_(
  files: readonly string[],
  options: CommonOptions,
  output: Output,
): Promise<ExitCode> {
  const { policyFile } = requirePolicy(placeOf(options));
  const { policy } = readPolicy(policyFile);
  await loadGrammarFor(policy);
  const tables = files.length > 0 ? files : [policyFile.replace(/\.ya?ml$/, '.policytest.yaml')];
  let passed = 0;
  let failed = 0;
  const texts: string[] = [];
  const results: JsonObject[] = [];
  for (const file of tables) {
    const ran = runPolicyTests(policy, file, readTable(file));
    if ('errors' in ran) throw new PolicyFileError(file, ran.errors);
    const bad = ran.tests.filter((test) => test.failures.length > 0).length;
    failed += bad;
    passed += ran.tests.length - bad;
    texts.push(formatPolicyTests(file, ran.tests));
    results.push({ file, tests: ran.tests.map((test) => plain(test)) });
  }
  return output.result(
    failed === 0,
    { passed, failed, files: results },
    `${texts.join('\n')}\n\n${passed} passed, ${failed} failed`,
  );
}

async function diff_(old: string, now: string, output: Output): Promise<ExitCode> {
  const [before, after] = [compared(old, now), compared(now, old)];
  const diff = diffPolicies(before, after);
  return output.result(diff.equal, { groups: diff.groups.map(plain) }, formatPolicyDiff(diff));
}

/** With the definitions beside it, or else the other's: a copy from version control seldom comes with its lock. */
function compared(file: string, other: string): Policy {
  const { policyFile } = requirePolicy(placeOf({ policy: file }));
  const lockFile = [policyFile, resolve(other)].map(lockFileOf).find((lock) => existsSync(lock));
  try {
    return readPolicy(policyFile, lockFile).policy;
  } catch (error) {
    if (!(error instanceof PolicyFileError)) throw error;
    // Nothing can be said of it: that must not look like a difference.
    throw new UsageError(error.message, 'compare policies that `sallyport policy check` accepts');
  }
}

function readTable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(
      `${file} can't be read`,
      'name the tables to run: `sallyport policy test my.policytest.yaml`',
    );
  }
}

function objectOption(name: string, text: string): JsonObject {
  try {
    const value = readJson(text);
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw new UsageError(`\`${name}\` is no JSON: ${error.message}`);
  }
  throw new UsageError(
    `\`${name}\` has to be a JSON object`,
    `${name} '{"path":"reports/q3.txt"}'`,
  );
}

function caseOption(text: string): CaseValues {
  const values: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(objectOption('--case', text))) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw new UsageError('a case value is text, a number, true or false');
    values[name] = value;
  }
  return values;
}

function diagnosticView(diagnostic: Diagnostic): JsonObject {
  return plain(diagnostic);
}

/** Data of ours as JSON: maps, absent fields and the like left behind. */
function plain(value: object): JsonObject {
  const json = readJson(JSON.stringify(value));
  return isJsonObject(json) ? json : {};
}
