/** The command line: one file a command, put together here. */
import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { doctorCommand } from './commands/doctor.ts';
import { initCommand } from './commands/init.ts';
import { ledgerCommand } from './commands/ledger.ts';
import { policyCommand } from './commands/policy.ts';
import { runsCommand } from './commands/runs.ts';
import { resumeCommand, suspendCommand } from './commands/suspend.ts';
import { tokenCommand } from './commands/token.ts';
import { toolsCommand } from './commands/tools.ts';
import { upCommand } from './commands/up.ts';
import { type ExitCode, makeOutput, type Output, type Streams } from './output.ts';

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
    .showHelpAfterError()
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.out.write(text),
      writeErr: (text) => void streams.err.write(text),
    });
  for (const make of [
    initCommand,
    upCommand,
    doctorCommand,
    policyCommand,
    toolsCommand,
    runsCommand,
    ledgerCommand,
    tokenCommand,
    suspendCommand,
    resumeCommand,
  ]) {
    program.addCommand(make(act).copyInheritedSettings(program));
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return exitCode;
}
