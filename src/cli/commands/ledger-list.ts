import { Command } from 'commander';
import { printable } from '../../content/escape.ts';
import { fold } from '../../engine/fold.ts';
import { didYouMean } from '../../policy/nearest.ts';
import { eventTypes } from '../../store/event-shape.ts';
import type { EventFilter, StoredEvent, StoreReader } from '../../store/port.ts';
import { openSqliteReader } from '../../store/sqlite/open.ts';
import { eventCells, eventHead } from '../event-table.ts';
import { type CommonOptions, commonOptions } from '../options.ts';
import { type ExitCode, type Output, UsageError } from '../output.ts';
import { placeOf } from '../place.ts';
import type { Act } from '../program.ts';
import { table } from '../table.ts';

interface ListOptions extends CommonOptions {
  readonly from?: string;
  readonly limit: string;
  readonly run?: string;
  readonly agent?: string;
  readonly type?: string;
}

const pageMax = 1_000;

export interface EventPage {
  /** In their order. */
  readonly events: readonly StoredEvent[];
  /** Where the next page begins; null when there is none. */
  readonly next: number | null;
}

export function listCommand(act: Act): Command {
  const list = new Command('list')
    .description('Events by number: the newest, or a page from a number on.')
    .option('--from <number>', 'the first that is wanted (default: the newest ones)')
    .option('--limit <number>', `at most so many, up to ${pageMax}`, '50')
    .option('--run <run>', 'of one run')
    .option('--agent <name>', 'of one agent')
    .option('--type <type>', 'as in the record: call.denied, alert.raised')
    .action(act(list_));
  for (const option of commonOptions()) list.addOption(option);
  return list;
}

async function list_(options: ListOptions, output: Output): Promise<ExitCode> {
  const { from, limit, run, agent, type } = options;
  if (type !== undefined && !eventTypes.has(type))
    throw new UsageError(
      `no event has the type \`${printable(type, 80)}\``,
      didYouMean(type, eventTypes) ?? `there are ${[...eventTypes].join(', ')}`,
    );
  await using reader = await openSqliteReader({
    directory: placeOf(options).dataDirectory,
    foldRun: fold,
  });
  const { events, next } = await pageOf(reader, {
    limit: whole('limit', limit, 1, pageMax),
    ...(from === undefined
      ? { newestFirst: true }
      : { fromSeq: whole('from', from, 0, Number.MAX_SAFE_INTEGER) }),
    ...(run === undefined ? {} : { run }),
    ...(agent === undefined ? {} : { agent }),
    ...(type === undefined ? {} : { type }),
  });
  const rows = events.map(({ seq, event }) => {
    const [number = '', at = '', ...rest] = eventCells(seq, event);
    return [number, at, printable('run' in event ? (event.run ?? '') : ''), ...rest];
  });
  const [seq, at, ...head] = eventHead;
  return output.result(
    true,
    { events: events.map(({ seq: number, event }) => ({ seq: number, event })), next },
    rows.length === 0
      ? 'no such events'
      : table([seq, at, 'RUN', ...head], rows) + (next === null ? '' : `\n\nnext: --from ${next}`),
  );
}

/** By number, never by counting from the start: the last page costs what the first does. */
export async function pageOf(reader: StoreReader, filter: EventFilter): Promise<EventPage> {
  // One more than is shown tells whether there is more.
  const found = await reader.events({ ...filter, limit: filter.limit + 1 });
  const events = found.slice(0, filter.limit);
  if (filter.newestFirst === true) return { events: events.toReversed(), next: null };
  return { events, next: found[filter.limit]?.seq ?? null };
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`\`--${name}\` is a whole number from ${least} to ${most}`);
}
