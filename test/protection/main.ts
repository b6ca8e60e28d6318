/** `npm run protection`: how many attacks are stopped, and what that costs honest work. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeOutput, UsageError } from '../../src/cli/output.ts';
import { measureDetectors } from './detectors/measure.ts';
import { measureSuite } from './measure.ts';
import { report, reportDetectors } from './report.ts';
import { keep, show, showDetectors } from './results.ts';
import { readSuites, type Suite, sampled } from './suite.ts';

const ownSuites = join(import.meta.dirname, 'data', 'agentdojo');
const ownTexts = join(import.meta.dirname, 'data', 'detectors');
const ownPolicies = join(import.meta.dirname, '..', '..', 'examples', 'agentdojo');

const help = `npm run protection [-- options]

Plays recorded and generated attacks and honest work through the engine, and counts what is denied, held and allowed.
Without options: AgentDojo's suites workspace and travel, which lie in test/protection/data, with the policies of
examples/agentdojo; their results are kept in test/protection/results, and shown in the README.

Options:
  --suite <folder>  traces.json.gz, cases.jsonl.gz, runs-labelled.jsonl.gz, exclusions.json; what is missing isn't measured
  --only <name>     one suite of the folder
  --policy <file>   the policy for it; its tools are matched by operation, whatever their upstream is called
  --agent <name>    which agent of the policy, where it has several
  --detectors       shows the detectors of injections, personal data and secrets every labelled text instead, and counts
                    what they find and what they find wrongly; --suite names another folder of such sets
  --sample <number> at most so many tasks and attacks, and ten times as many recorded runs, evenly taken
  --json            one object: { ok, suites: [{ suite, rows, warnings, details }] }
  --help            this

Examples:
  npm run protection
  npm run protection -- --only travel --sample 50
  npm run protection -- --detectors
  npm run protection -- --suite ../suites/bank --only banking --policy policies/bank.yaml --json

Exit codes: 0 fine, 1 a target is missed, 2 wrong use, 3 a fault.
`;

const output = makeOutput(process.argv.includes('--json'), {
  out: process.stdout,
  err: process.stderr,
});
try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.exitCode = output.failure(error);
}

function main(argv: readonly string[]) {
  if (argv.includes('--help')) {
    process.stdout.write(help);
    return 0;
  }
  const values = parsed(argv);
  if (values.detectors === true) return detectors(values.suite);
  const sample = sampleSize(values.sample);
  const suites = chosen(readSuites(values.suite ?? ownSuites), values.only, values.policy);
  const measured = suites.map((suite) =>
    measureSuite(sample === null ? suite : sampled(suite, sample), {
      policy: values.policy ?? ownPolicy(suite.name),
      agent: values.agent ?? null,
      progress: (text) => {
        if (process.stderr.isTTY) output.progress(text);
      },
    }),
  );
  if (values.suite === undefined && values.policy === undefined && sample === null) {
    measured.forEach(keep);
    show();
  }
  return output.result(
    measured.every(({ rows }) => rows.every(({ ok }) => ok)),
    {
      suites: measured.map(({ suite, rows, warnings, details }) => ({
        suite,
        rows: rows.map(({ target, ...row }) => ({
          ...row,
          target: target === null ? null : { ...target },
        })),
        warnings,
        details,
      })),
    },
    report(measured),
  );
}

function detectors(folder: string | undefined) {
  const measured = measureDetectors(folder ?? ownTexts);
  if (measured.rows.every(({ n }) => n === 0))
    throw new UsageError(`there are no labelled texts in ${folder ?? ownTexts}`);
  if (folder === undefined) {
    keep(measured);
    showDetectors();
  }
  return output.result(
    measured.rows.every(({ ok }) => ok),
    {
      rows: measured.rows.map(({ target, ...row }) => ({
        ...row,
        target: target === null ? null : { ...target },
      })),
      details: measured.details,
    },
    reportDetectors(measured.rows),
  );
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        suite: { type: 'string' },
        only: { type: 'string' },
        policy: { type: 'string' },
        agent: { type: 'string' },
        sample: { type: 'string' },
        detectors: { type: 'boolean' },
        json: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function chosen(
  suites: readonly Suite[],
  only: string | undefined,
  policy: string | undefined,
): readonly Suite[] {
  const names = suites.map(({ name }) => name).join(', ');
  if (only !== undefined) {
    const suite = suites.find(({ name }) => name === only);
    if (suite === undefined)
      throw new UsageError(`there is no suite \`${only}\``, `there are ${names}`);
    return [suite];
  }
  if (policy !== undefined && suites.length > 1)
    throw new UsageError('one policy fits one suite', `say which with --only: ${names}`);
  return suites;
}

function ownPolicy(suite: string): string {
  const file = join(ownPolicies, suite, 'sallyport.yaml');
  if (existsSync(file)) return file;
  throw new UsageError(`there is no policy for \`${suite}\` here`, 'name one with --policy');
}

function sampleSize(text: string | undefined): number | null {
  if (text === undefined) return null;
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1)
    throw new UsageError('`--sample` has to be a whole number, 1 or more');
  return size;
}
