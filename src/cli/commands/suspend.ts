import { Command } from 'commander';
import { printable } from '../../content/escape.ts';
import { isJsonArray, type JsonObject } from '../../content/value.ts';
import { addExamples } from '../examples.ts';
import { type CommonOptions, commonOptions } from '../options.ts';
import { operate, placeOf } from '../place.ts';
import type { Act } from '../program.ts';

export function suspendCommand(act: Act): Command {
  const command = new Command('suspend')
    .description('Refuses every call of an agent, in all its runs, from now on.')
    .argument('<agent>')
    .option('--reason <text>', 'kept in the record')
    .action((agent: string, options: CommonOptions & { readonly reason?: string }) =>
      act<CommonOptions>(async (_, output) => {
        const answer = await operate(placeOf(options), 'suspend', {
          agent,
          reason: options.reason ?? null,
        });
        return output.result(
          true,
          answer,
          `${printable(agent)} is suspended; \`sallyport resume ${printable(agent)}\` lifts it${unknownTo(answer)}`,
        );
      })(options),
    );
  for (const option of commonOptions()) command.addOption(option);
  return addExamples(command, ['sallyport suspend reporter --reason "odd reads since noon"']);
}

/** A misspelt name stops nobody, and whoever suspends is in a hurry. */
function unknownTo(answer: JsonObject): string {
  if (answer['known'] !== false) return '';
  const { agents } = answer;
  const known = isJsonArray(agents) && agents.length > 0 ? agents.map(String).join(', ') : 'none';
  return `\nbut the policy knows no agent of this name; it knows ${printable(known)}`;
}

export function resumeCommand(act: Act): Command {
  const command = new Command('resume')
    .description('Lets a suspended agent call again.')
    .argument('<agent>')
    .action((agent: string, options: CommonOptions) =>
      act<CommonOptions>(async (_, output) => {
        const answer = await operate(placeOf(options), 'resume', { agent });
        return output.result(true, answer, `${printable(agent)} may call again`);
      })(options),
    );
  for (const option of commonOptions()) command.addOption(option);
  return addExamples(command, ['sallyport resume reporter']);
}
