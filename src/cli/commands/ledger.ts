import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { printable, printableJson } from '../../content/escape.ts';
import { fold } from '../../engine/fold.ts';
import { exportBundle } from '../../ledger/export.ts';
import { keyFiles, loadVerifier } from '../../ledger/key.ts';
import { formatVkey } from '../../ledger/note.ts';
import { makeReceipt, verifyReceipt } from '../../ledger/receipt.ts';
import type { StoreReader } from '../../store/port.ts';
import { openSqliteReader } from '../../store/sqlite/open.ts';
import { addExamples } from '../examples.ts';
import { type CommonOptions, commonOptions } from '../options.ts';
import { type ExitCode, type Output, UsageError } from '../output.ts';
import { placeOf } from '../place.ts';
import type { Act } from '../program.ts';
import { verifyStored } from '../verify-stored.ts';
import { listCommand } from './ledger-list.ts';

interface VerifyOptions extends CommonOptions {
  readonly checkpoint?: string;
  readonly key?: string;
  readonly receipt?: string;
}

/** A call's events lie close to the end, or are asked for by number. */
const searchPage = 1_000;

export function ledgerCommand(act: Act): Command {
  const command = new Command('ledger').description(
    'Proves what happened. Works beside a running gateway.',
  );
  const verify = new Command('verify')
    .description(
      'Finds edited, dropped, reordered, truncated and rolled-back events. Exit code 1 when something is wrong.',
    )
    .option(
      '--checkpoint <file>',
      'checkpoints that were kept elsewhere, one or many: without any, nobody can tell a ledger from its older self',
    )
    .option('--key <vkey>', 'the verifier key (default: the one in the data directory)')
    .option('--receipt <file>', 'verify one receipt (`-`: standard input), without the ledger')
    .action(act(verify_));
  const receipt = new Command('receipt')
    .description(
      'Prints the proof that one event is in the ledger: of an event’s number, or of the last event of a call.',
    )
    .argument('<call-or-seq>')
    .action((what: string, options: CommonOptions) =>
      act<CommonOptions>((_, output) => receipt_(what, options, output))(options),
    );
  const exported = new Command('export')
    .description(
      'The whole ledger as a bundle for somebody else, who checks it with `@sallyport/verify`: a line of key and newest checkpoint, then an event a line.',
    )
    .action(act(export_));
  for (const sub of [verify, receipt, exported]) {
    for (const option of commonOptions()) sub.addOption(option);
    command.addCommand(sub);
  }
  command.addCommand(listCommand(act));
  return addExamples(command, [
    'sallyport ledger list --type call.denied --from 0',
    'sallyport ledger verify',
    'sallyport ledger verify --checkpoint kept.checkpoint',
    'sallyport ledger receipt 0 > first.receipt',
    'sallyport ledger verify --receipt first.receipt',
    'sallyport ledger export > ledger.bundle',
  ]);
}

async function verify_(options: VerifyOptions, output: Output): Promise<ExitCode> {
  const { dataDirectory } = placeOf(options);
  if (options.key === undefined && !existsSync(keyFiles(dataDirectory).vkey)) {
    throw new UsageError(
      `there is no ledger in ${dataDirectory}`,
      'say where with `--data`, or give the key that it had with `--key`',
    );
  }
  const vkey = options.key ?? formatVkey(loadVerifier(dataDirectory));
  if (options.receipt !== undefined) {
    const report = verifyReceipt(await readText(options.receipt), vkey);
    return report.ok
      ? output.result(
          true,
          { ...report },
          `event ${report.seq} is in the ledger (${printable(report.origin)}, ${report.size} events)\n${printable(JSON.stringify(report.event))}`,
        )
      : output.result(
          false,
          { code: report.code, problem: report.problem },
          `${report.code}: ${printable(report.problem)}`,
        );
  }
  const keptCheckpoint =
    options.checkpoint === undefined ? null : await readText(options.checkpoint);
  const report = await verifyStored({ directory: dataDirectory, vkey, keptCheckpoint });
  const problems = report.problems.map(
    (problem) =>
      `${problem.code}${problem.seq === null ? '' : ` at event ${problem.seq}`}: ${printable(problem.detail)}`,
  );
  const kept =
    keptCheckpoint === null
      ? '; no kept checkpoint was given, so an older copy of this ledger would pass too'
      : `, and continues what was kept, up to ${report.kept ?? 0} events`;
  return output.result(
    report.ok,
    { ...report, problems: report.problems.map((problem) => ({ ...problem })) },
    report.ok
      ? `${report.events} events, ${report.sealed} sealed: every one is as it was written${kept}`
      : problems.join('\n'),
  );
}

async function receipt_(what: string, options: CommonOptions, output: Output): Promise<ExitCode> {
  await using reader = await openSqliteReader({
    directory: placeOf(options).dataDirectory,
    foldRun: fold,
    settlesOnce: true,
  });
  const seq = /^\d{1,15}$/.test(what) ? Number(what) : await lastEventOf(reader, what);
  const receipt = await makeReceipt(reader, seq);
  return output.result(true, { seq, receipt }, receipt.trimEnd());
}

async function lastEventOf(reader: StoreReader, call: string): Promise<number> {
  for (let before = await reader.eventCount(); before > 0; ) {
    const page = await reader.events({ beforeSeq: before, limit: searchPage, newestFirst: true });
    const found = page.find(({ event }) => 'call' in event && event.call === call);
    if (found !== undefined) return found.seq;
    before = page.at(-1)?.seq ?? 0;
  }
  throw new UsageError(
    `the ledger has no call \`${call}\``,
    'a refusal’s text and a result’s `_meta` name the call; `sallyport runs show` lists events by number',
  );
}

async function export_(options: CommonOptions, output: Output): Promise<ExitCode> {
  const { dataDirectory } = placeOf(options);
  await using reader = await openSqliteReader({
    directory: dataDirectory,
    foldRun: fold,
    settlesOnce: true,
  });
  const vkey = existsSync(keyFiles(dataDirectory).vkey)
    ? formatVkey(loadVerifier(dataDirectory))
    : null;
  const lines = exportBundle(reader, vkey);
  if (!output.json) {
    for await (const line of lines) output.line(line);
    return 0;
  }
  // One object, written as it is read: a ledger doesn't fit into memory.
  const header = await lines.next();
  output.line(`{"ok":true,"ledger":${printableJson(header.value?.trimEnd() ?? 'null')},"events":[`);
  let separator = '';
  for await (const line of lines) {
    output.line(separator + printableJson(line.trimEnd()));
    separator = ',';
  }
  output.line(']}');
  return 0;
}

/** `-` is standard input. */
async function readText(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  if (!existsSync(file)) throw new UsageError(`${file} can't be read`);
  return readFileSync(file, 'utf8');
}
