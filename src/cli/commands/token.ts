import { Command } from 'commander';
import { printable } from '../../content/escape.ts';
import { isJsonArray, isJsonObject, type JsonObject } from '../../content/value.ts';
import { addExamples } from '../examples.ts';
import { type CommonOptions, commonOptions, durationOption } from '../options.ts';
import { type ExitCode, type Output, UsageError } from '../output.ts';
import { operate, placeOf } from '../place.ts';
import type { Act } from '../program.ts';
import { table, timeOr } from '../table.ts';

interface MintOptions extends CommonOptions {
  readonly agent?: string;
  readonly user?: string;
  readonly opener?: string;
  readonly agents?: string;
  readonly approver?: string;
  readonly expires?: number;
}

export function tokenCommand(act: Act): Command {
  const command = new Command('token')
    .description(
      'Mints, lists, rotates and revokes credentials. A token is shown once; only its hash is kept.',
    )
    .option('--agent <name>', 'a token for this agent')
    .option('--user <id>', 'bind the agent’s token to this person')
    .option('--opener <name>', 'a token that opens and closes runs, and reads them')
    .option(
      '--agents <names>',
      'the agents whose runs the opener may open, with commas (default: all)',
    )
    .option(
      '--approver <id>',
      'a token that this person of the policy signs in with, to answer holds',
    )
    .option('--expires <duration>', 'e.g. 12h or 30d (default: never)', durationOption)
    .action(act(mint));
  for (const option of commonOptions()) command.addOption(option);

  command.addCommand(
    withCommon(new Command('list').description('Lists tokens; never their secrets.')).action(
      act(list),
    ),
  );
  command.addCommand(
    withCommon(
      new Command('rotate')
        .description('Mints a successor; the old one works for the overlap.')
        .argument('<id>')
        .option(
          '--overlap <duration>',
          'how long the old one still works (default: 1h)',
          durationOption,
        ),
    ).action((id: string, options: CommonOptions & { readonly overlap?: number }) =>
      act<CommonOptions>(async (_, output) =>
        minted(
          await operate(placeOf(options), 'token.rotate', {
            id,
            overlapMs: options.overlap ?? 3_600_000,
          }),
          output,
        ),
      )(options),
    ),
  );
  command.addCommand(
    withCommon(new Command('revoke').description('Ends a token at once.').argument('<id>')).action(
      (id: string, options: CommonOptions) =>
        act<CommonOptions>(async (_, output) => {
          const answer = await operate(placeOf(options), 'token.revoke', { id });
          return output.result(true, answer, `revoked ${id}`);
        })(options),
    ),
  );
  return addExamples(command, [
    'sallyport token --agent reporter',
    'sallyport token --agent reporter --expires 30d',
    'sallyport token --opener backend --agents reporter',
    'sallyport token --approver ann --expires 12h',
    'sallyport token list',
    'sallyport token rotate <id> --overlap 1h',
    'sallyport token revoke <id>',
  ]);
}

function withCommon(command: Command): Command {
  for (const option of commonOptions()) command.addOption(option);
  return command;
}

async function mint(options: MintOptions, output: Output): Promise<ExitCode> {
  const { agent, opener, approver } = options;
  for (const [option, written] of [
    ['agent', agent],
    ['user', options.user],
    ['opener', opener],
    ['approver', approver],
    ...(options.agents?.split(',') ?? []).map((one) => ['agents', one] as const),
  ] as const)
    nameOf(option, written);
  if ([agent, opener, approver].filter((holder) => holder !== undefined).length !== 1) {
    throw new UsageError(
      'say whose token it is',
      '`sallyport token --agent NAME`, `--opener NAME` or `--approver ID`',
    );
  }
  if (agent === undefined && options.user !== undefined)
    throw new UsageError('`--user` goes with `--agent`');
  if (opener === undefined && options.agents !== undefined)
    throw new UsageError('`--agents` goes with `--opener`');
  const expiresInMs = options.expires ?? null;
  const input: JsonObject =
    agent !== undefined
      ? { holder: 'agent', name: agent, user: options.user ?? null, expiresInMs }
      : opener !== undefined
        ? {
            holder: 'opener',
            name: opener,
            agents: options.agents?.split(',').map((name) => name.trim()) ?? null,
            expiresInMs,
          }
        : { holder: 'approver', name: approver ?? '', expiresInMs };
  return minted(await operate(placeOf(options), 'token.mint', input), output);
}

const nameUnitsMax = 128;

function nameOf(option: string, written: string | undefined): void {
  if (written === undefined) return;
  if (written.trim() === '')
    throw new UsageError(`\`--${option}\` names nobody`, `write a name: \`--${option} NAME\``);
  if (written.length > nameUnitsMax)
    throw new UsageError(`\`--${option}\` is longer than any name`);
}

/** The token alone on standard output, so that `$(sallyport token …)` is the token. */
function minted(answer: JsonObject, output: Output): ExitCode {
  const record = isJsonObject(answer['record']) ? answer['record'] : {};
  const bound = typeof record['user'] === 'string' ? `, bound to ${record['user']}` : '';
  output.progress(
    `token ${record['id']} for ${record['holder']} ${record['name']}${bound}; it is not shown again`,
  );
  return output.result(true, answer, String(answer['token']));
}

async function list(options: CommonOptions, output: Output): Promise<ExitCode> {
  const answer = await operate(placeOf(options), 'token.list', {});
  const tokens = isJsonArray(answer['tokens']) ? answer['tokens'].filter(isJsonObject) : [];
  const rows = tokens.map((token) =>
    [
      token['id'],
      token['holder'],
      token['name'],
      token['user'] ?? '-',
      timeOr('never', token['expiresAtMs']),
    ].map((cell) => printable(String(cell))),
  );
  return output.result(
    true,
    answer,
    tokens.length === 0
      ? 'no tokens; `sallyport token --agent NAME` mints one'
      : table(['ID', 'HOLDER', 'NAME', 'USER', 'EXPIRES'], rows),
  );
}
