import type { Command } from 'commander';

/**
 * Ends a command's help with examples, and that of each of its subcommands with those that are its own. Each line is run
 * by a test as it stands.
 */
export function addExamples(command: Command, lines: readonly string[]): Command {
  for (const sub of command.commands) {
    const start = `sallyport ${command.name()} ${sub.name()} `;
    const own = lines.filter((line) => `${line} `.startsWith(start));
    if (own.length > 0) sub.addHelpText('after', examplesText(own));
  }
  return command.addHelpText('after', examplesText(lines));
}

function examplesText(lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  $ ${line}`)].join('\n');
}
