import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { z } from 'zod';
import { printable, printableJson } from '../../content/escape.ts';
import { readJson, StrictJsonError } from '../../content/json.ts';
import { readPolicy } from '../../runtime/policy-source.ts';
import { checkProject } from '../doctor/checks.ts';
import { askAsAgent, attemptShape, tryTarget } from '../doctor/from-agent.ts';
import { selfTest } from '../doctor/self-test.ts';
import { targetFileShape, targetsDigest, targetsOf } from '../doctor/targets.ts';
import { addExamples } from '../examples.ts';
import { type CommonOptions, commonOptions } from '../options.ts';
import { type ExitCode, type Output, UsageError } from '../output.ts';
import { operate, placeOf, requirePolicy } from '../place.ts';
import type { Act } from '../program.ts';
import { table } from '../table.ts';

interface DoctorOptions extends CommonOptions {
  readonly targets?: string | true;
  readonly fromAgent?: boolean;
  readonly url?: string;
  readonly token?: string;
  readonly record?: string;
  readonly agent?: string;
}

/** A host changes: what was tried longer ago proves nothing of today. */
const proofMaxMs = 24 * 3_600_000;

export function doctorCommand(act: Act): Command {
  const command = new Command('doctor')
    .description(
      'Proves one allowed call, one refused call and one verified receipt on this machine, and checks the project.',
    )
    .option(
      '--targets [file]',
      'print what could be reached around the gateway; with `--from-agent`, try what this file lists',
    )
    .option(
      '--from-agent',
      'run where the agent runs: does the gateway answer, is there another way out?',
    )
    .option('--url <url>', 'the gateway’s MCP URL, with `--from-agent`')
    .option('--token <token>', 'the agent’s token, with `--from-agent`')
    .option('--record <file>', 'record what `--from-agent` printed, on the gateway’s host')
    .option('--agent <name>', 'whose host it was, with `--record`')
    .addHelpText(
      'after',
      `
Without a proof a record says \`brokered\`: Sallyport holds the credentials, and whether the agent has another way out is
unknown. With one for the policy in force it says \`enforced\`. The proof is made in three steps: targets on the gateway's
host, the attempt where the agent runs, the record on the gateway's host again.`,
    )
    .action(act(doctor));
  for (const option of commonOptions()) command.addOption(option);
  return addExamples(command, [
    'sallyport doctor',
    'sallyport doctor --json',
    'sallyport doctor --targets > targets.json',
    'sallyport doctor --from-agent --url <url> --token <token> --targets targets.json > attempt.json',
    'sallyport doctor --record attempt.json --agent reporter',
  ]);
}

function doctor(options: DoctorOptions, output: Output): Promise<ExitCode> {
  if (options.fromAgent === true && options.record !== undefined)
    throw new UsageError('`--from-agent` and `--record` are two steps, on two hosts');
  if (options.fromAgent === true) return fromAgent(options, output);
  if (options.record !== undefined) return record(options.record, options, output);
  if (options.targets === true) return printTargets(options, output);
  if (options.targets !== undefined)
    throw new UsageError('`--targets FILE` goes with `--from-agent`');
  return examine(options, output);
}

async function examine(options: CommonOptions, output: Output): Promise<ExitCode> {
  const place = requirePolicy(placeOf(options));
  const checks = [...(await selfTest(place.dataDirectory)), ...(await checkProject(place))];
  const bad = checks.filter(({ ok }) => !ok);
  const rows = checks.map(({ name, ok, found }) => [
    ok ? 'ok' : 'BAD',
    printable(name),
    printable(found),
  ]);
  const hints = bad.flatMap(({ name, hint }) =>
    hint === null ? [] : [`${printable(name)}: ${printable(hint)}`],
  );
  return output.result(
    bad.length === 0,
    { checks: checks.map((check) => ({ ...check })) },
    [table(['', 'CHECK', 'FOUND'], rows), ...(hints.length === 0 ? [] : ['', ...hints])].join('\n'),
  );
}

/** The same with and without `--json`: a file for `--from-agent`. */
function printTargets(options: CommonOptions, output: Output): Promise<ExitCode> {
  const place = requirePolicy(placeOf(options));
  const { policy } = readPolicy(place.policyFile);
  const targets = targetsOf(policy, place);
  const fields = {
    policy: policy.hash,
    digest: targetsDigest(targets),
    targets: targets.map((target) => ({ ...target })),
  };
  return Promise.resolve(
    output.result(true, fields, printableJson(JSON.stringify({ ok: true, ...fields }, null, 2))),
  );
}

async function fromAgent(options: DoctorOptions, output: Output): Promise<ExitCode> {
  const { url, token } = options;
  if (url === undefined || token === undefined || !URL.canParse(url))
    throw new UsageError(
      'say where the gateway is, and with which token the agent comes',
      '`sallyport doctor --from-agent --url http://gateway:7080/mcp --token sp_agent_… --targets targets.json`',
    );
  const list =
    typeof options.targets === 'string' ? readShape(options.targets, targetFileShape) : null;
  const gateway = await askAsAgent(url, token);
  const results =
    list === null
      ? []
      : await Promise.all(
          list.targets.map(async (target) => ({ target, found: await tryTarget(target) })),
        );
  const reachable = results.flatMap(({ target, found }) =>
    found === null ? [] : [{ target: { ...target }, found }],
  );
  const fields = {
    gateway: { ...gateway },
    tried:
      list === null
        ? null
        : { policy: list.policy, digest: list.digest, count: list.targets.length, reachable },
    at: new Date().toISOString(),
  };
  const proven = gateway.answers && list !== null && reachable.length === 0;
  output.progress(
    !gateway.answers
      ? `the gateway: ${printable(gateway.found)}`
      : list === null
        ? 'nothing was tried: give `--targets`, as `sallyport doctor --targets` prints it where the gateway runs'
        : reachable.length === 0
          ? `the gateway answers, and none of ${list.targets.length} other ways is open from here`
          : `there are other ways out: ${reachable.length} of ${list.targets.length}`,
  );
  return output.result(
    proven,
    fields,
    printableJson(JSON.stringify({ ok: proven, ...fields }, null, 2)),
  );
}

async function record(file: string, options: DoctorOptions, output: Output): Promise<ExitCode> {
  const { agent } = options;
  if (agent === undefined) throw new UsageError('say whose host it was: `--agent NAME`');
  const attempt = readShape(file, attemptShape);
  const place = requirePolicy(placeOf(options));
  const { policy } = readPolicy(place.policyFile);
  if (!policy.agents.has(agent))
    throw new UsageError(
      `the policy knows no agent \`${agent}\``,
      `it knows ${[...policy.agents.keys()].join(', ')}`,
    );
  if (attempt.tried === null)
    throw new UsageError(`${file} proves nothing: no targets were tried`, '`--targets FILE`');
  const stale = 'print the targets anew, and try them again where the agent runs';
  if (attempt.tried.policy !== policy.hash)
    throw new UsageError(`${file} was made for another policy than the one in force`, stale);
  if (attempt.tried.digest !== targetsDigest(targetsOf(policy, place)))
    throw new UsageError(`${file} tried other targets than this gateway has`, stale);
  const ageMs = Date.now() - Date.parse(attempt.at);
  if (ageMs > proofMaxMs || ageMs < -60_000)
    throw new UsageError(`${file} is from ${attempt.at}, and good for a day`, stale);
  const proven = attempt.ok && attempt.gateway.answers && attempt.tried.reachable.length === 0;
  await operate(place, 'mediation.record', { agent, proven });
  return output.result(
    proven,
    { agent, proven, mediation: proven ? 'enforced' : 'brokered' },
    proven
      ? `calls of ${agent} are \`enforced\` from now on, as long as this policy is in force`
      : `calls of ${agent} are \`brokered\`: it has another way out`,
  );
}

function readShape<Value>(file: string, shape: z.ZodType<Value>): Value {
  if (!existsSync(file)) throw new UsageError(`${file} can't be read`);
  try {
    const read = shape.safeParse(readJson(readFileSync(file)));
    if (read.success) return read.data;
    throw new UsageError(`${file} is not what was expected: ${z.prettifyError(read.error)}`);
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw new UsageError(`${file} is no JSON: ${error.message}`);
  }
}
