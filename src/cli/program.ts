/** The command line: one file a command, put together here. */
import { Command, CommanderError } from 'commander';
import { printableLines } from '../content/escape.ts';
import { version } from '../version.ts';
import { approvalsCommand } from './commands/approvals.ts';
import { doctorCommand } from './commands/doctor.ts';
import { initCommand } from './commands/init.ts';
import { ledgerCommand } from './commands/ledger.ts';
import { policyCommand } from './commands/policy.ts';
import { runsCommand } from './commands/runs.ts';
import { resumeCommand, suspendCommand } from './commands/suspend.ts';
import { tokenCommand } from './commands/token.ts';
import { toolsCommand } from './commands/tools.ts';
import { upCommand } from './commands/up.ts';
import { addExamples } from './examples.ts';
import {
  type ExitCode,
  makeOutput,
  type Output,
  type Streams,
  setIn,
  UsageError,
} from './output.ts';

const commands: readonly ((act: Act) => Command)[] = [
  initCommand,
  upCommand,
  doctorCommand,
  policyCommand,
  toolsCommand,
  runsCommand,
  approvalsCommand,
  ledgerCommand,
  tokenCommand,
  suspendCommand,
  resumeCommand,
];

const examples = [
  'sallyport init --from mcp.json',
  'sallyport token --agent reporter',
  'sallyport token --approver ann',
  'sallyport up',
  'sallyport approvals list',
  'sallyport doctor',
];

/** Runs a command and records how it ended; what it throws becomes a message and an exit code. */
export type Act = <Options extends { readonly json?: boolean }>(
  perform: (options: Options, output: Output) => Promise<ExitCode>,
) => (options: Options) => Promise<void>;

export async function run(argv: readonly string[], streams: Streams): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const act: Act = (perform) => async (options) => {
    const output = makeOutput(options.json === true, streams);
    try {
      exitCode = await perform(options, output);
    } catch (error) {
      exitCode = output.failure(error);
    }
  };
  const program = new Command('sallyport')
    .description('The checkpoint between AI agents and everything they can touch.')
    .version(version)
    .showHelpAfterError('(--help shows what there is)')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.out.write(printableLines(text)),
      writeErr: (text) => void (wantsJson(argv) || streams.err.write(printableLines(text))),
      outputError: (text, write) => write(`${setIn(printableLines(text.trimEnd()))}\n`),
    });
  for (const make of commands) program.addCommand(inheriting(make(act), program));
  addExamples(program, examples);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const output = makeOutput(wantsJson(argv), streams);
    if (!(error instanceof CommanderError)) return output.failure(error);
    // People have read it already.
    if (output.json) output.failure(new UsageError(error.message.replace(/^error: /, '')));
    return 2;
  }
  return exitCode;
}

/** Before the options are understood, or when they can't be. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json');
}

/** Subcommands of subcommands too: one that ends the process by itself would choose its own exit code. */
function inheriting(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const sub of command.commands) inheriting(sub, command);
  return command;
}
