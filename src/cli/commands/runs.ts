import { Command, Option } from 'commander';
import { printable } from '../../content/escape.ts';
import { isJsonObject } from '../../content/value.ts';
import { eventCells, eventHead, objects } from '../event-table.ts';
import { addExamples } from '../examples.ts';
import { layerLine, layersHead } from '../layer-line.ts';
import { type CommonOptions, commonOptions } from '../options.ts';
import { type ExitCode, type Output, UsageError } from '../output.ts';
import { operate, placeOf } from '../place.ts';
import type { Act } from '../program.ts';
import { recordedCall } from '../recorded-call.ts';
import { table } from '../table.ts';

interface ListOptions extends CommonOptions {
  readonly agent?: string;
  readonly status?: string;
  readonly limit: string;
}

interface ShowOptions extends CommonOptions {
  readonly call?: string;
}

interface CloseOptions extends CommonOptions {
  readonly failure?: boolean;
  readonly reason?: string;
}

export function runsCommand(act: Act): Command {
  const command = new Command('runs').description('Lists, shows and closes runs.');
  const list = new Command('list')
    .description('The newest runs first.')
    .option('--agent <name>')
    .addOption(new Option('--status <status>').choices(['open', 'closed', 'abandoned']))
    .option('--limit <number>', 'at most so many', '50')
    .action(act(listRuns));
  const show = new Command('show')
    .description(
      'One run: its budgets, labels, and every event of it, with what each layer said of a call.',
    )
    .argument('<run>')
    .option(
      '--call <id>',
      'one call of it, with every reason and what detectors saw; the number of an event names its call',
    )
    .action((run: string, options: ShowOptions) =>
      act<ShowOptions>((_, output) => showRun(run, options, output))(options),
    );
  const close = new Command('close')
    .description(
      'Ends a run: no new calls, and what is under way runs to its end. What waits for people still gets its answers, but in a failure.',
    )
    .argument('<run>')
    .option('--failure', 'close it as a failure (default: as a success)')
    .option('--reason <text>', 'kept in the record')
    .action((run: string, options: CloseOptions) =>
      act<CloseOptions>((_, output) => closeRun(run, options, output))(options),
    );
  for (const sub of [list, show, close]) {
    for (const option of commonOptions()) sub.addOption(option);
    command.addCommand(sub);
  }
  return addExamples(command, [
    'sallyport runs list',
    'sallyport runs list --agent reporter --status open',
    'sallyport runs show <run>',
    'sallyport runs show <run> --call 17',
    'sallyport runs close <run> --failure --reason "stuck"',
  ]);
}

async function listRuns(options: ListOptions, output: Output): Promise<ExitCode> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw new UsageError('`--limit` is a whole number from 1');
  const answer = await operate(placeOf(options), 'runs.list', {
    agent: options.agent ?? null,
    status: options.status ?? null,
    limit,
    before: null,
  });
  const runs = objects(answer['runs']);
  const rows = runs.map((run) =>
    [
      run['run'],
      run['agent'],
      run['user'] ?? '-',
      run['status'],
      new Date(Number(run['openedAtMs'])).toISOString(),
      run['version'],
    ].map((cell) => printable(String(cell))),
  );
  return output.result(
    true,
    answer,
    rows.length === 0
      ? 'no runs yet'
      : table(['RUN', 'AGENT', 'USER', 'STATUS', 'OPENED', 'EVENTS'], rows),
  );
}

async function showRun(run: string, options: ShowOptions, output: Output): Promise<ExitCode> {
  const answer = await operate(placeOf(options), 'runs.show', { run });
  if (options.call !== undefined) {
    const lines = recordedCall(options.call, objects(answer['events']));
    if (lines.length === 0)
      throw new UsageError(
        `this run has no call \`${options.call}\``,
        '`sallyport runs show <run>` lists its events; `--json` has the ids of its calls',
      );
    return output.result(true, answer, lines.join('\n'));
  }
  const shown = isJsonObject(answer['run']) ? answer['run'] : {};
  const facts = Object.entries(shown).map(([name, value]) => [
    name,
    printable(JSON.stringify(value)),
  ]);
  const events = objects(answer['events'])
    // Told a moment after each call, several at a time: `--json` has them.
    .filter(({ type }) => type !== 'call.delivered')
    .map((event) => [...eventCells(event['seq'], event), layerLine(event['layers'])]);
  return output.result(
    true,
    answer,
    `${table(['', ''], facts).trimStart()}\n\n${table([...eventHead, layersHead], events)}`,
  );
}

async function closeRun(run: string, options: CloseOptions, output: Output): Promise<ExitCode> {
  const as = options.failure === true ? 'failure' : 'success';
  const answer = await operate(placeOf(options), 'runs.close', {
    run,
    as,
    reason: options.reason ?? null,
  });
  const isClosing = isJsonObject(answer['run']) && answer['run']['status'] === 'closing';
  return output.result(
    true,
    answer,
    isClosing
      ? `${printable(run)} takes no new calls; it is closed when what waits for people has its answers`
      : `${printable(run)} is closed as ${as}`,
  );
}
