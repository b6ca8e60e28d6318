/** Whether checkpoints leave this host: without that, whoever holds the ledger's key can rewrite the past. */
import { existsSync } from 'node:fs';
import { printable } from '../../content/escape.ts';
import { isJsonObject, type JsonValue } from '../../content/value.ts';
import { fold } from '../../engine/fold.ts';
import { sinkStatusPrefix } from '../../ledger/shipping/route.ts';
import type { SinkName } from '../../ledger/shipping/sink.ts';
import type { Policy } from '../../policy/model.ts';
import type { StoreReader } from '../../store/port.ts';
import { storeFiles } from '../../store/sqlite/files.ts';
import { openSqliteReader } from '../../store/sqlite/open.ts';
import type { Place } from '../place.ts';
import { bad, type CheckResult, good } from './check.ts';

/** Twice what is promised: an event younger than that may be on its way. */
const lateAfterMs = 120_000;

export async function checkCheckpoints(
  { dataDirectory }: Place,
  { checkpoints: { file, webhook } }: Policy,
): Promise<CheckResult[]> {
  const sinks = [
    ...(file === null ? [] : (['file'] as const)),
    ...(webhook === null ? [] : (['webhook'] as const)),
  ];
  if (sinks.length === 0) {
    return [
      good(
        'checkpoints',
        'no sink is set: they stay on this host, where whoever holds the key could rewrite the past (`ledger.checkpoints`)',
      ),
    ];
  }
  if (!existsSync(storeFiles(dataDirectory).database))
    return sinks.map((sink) => good(nameOf(sink), 'nothing is recorded yet'));
  await using reader = await openSqliteReader({ directory: dataDirectory, foldRun: fold });
  const checked: CheckResult[] = [];
  for (const sink of sinks) checked.push(await checkSink(sink, reader));
  return checked;
}

async function checkSink(sink: SinkName, reader: StoreReader): Promise<CheckResult> {
  const status = await reader.readState(sinkStatusPrefix + sink);
  const { ok, size, at, reason } = readStatus(status);
  const sent = size === null ? 'none has arrived yet' : `${size} events are covered there`;
  if (!ok) {
    return bad(
      nameOf(sink),
      `fails since ${at}: ${printable(reason)}; ${sent}`,
      'mend it; the gateway tries again by itself',
    );
  }
  const [waiting] = await reader.events({ fromSeq: size ?? 0, limit: 1 });
  if (waiting !== undefined && waiting.event.atMs < Date.now() - lateAfterMs) {
    return bad(
      nameOf(sink),
      `${sent}, and the events after them are not`,
      '`sallyport up` sends them; if it runs, its log says what is wrong',
    );
  }
  return good(nameOf(sink), size === null ? sent : `${sent}, since ${at}`);
}

function nameOf(sink: SinkName): string {
  return `checkpoints ${sink}`;
}

function readStatus(value: JsonValue | undefined): {
  readonly ok: boolean;
  readonly size: number | null;
  readonly at: string;
  readonly reason: string;
} {
  const status = isJsonObject(value) ? value : { ok: true };
  const size = status['size'];
  const atMs = status['atMs'];
  return {
    ok: status['ok'] === true,
    size: typeof size === 'number' ? size : null,
    at: typeof atMs === 'number' ? new Date(atMs).toISOString() : '',
    reason: String(status['reason'] ?? ''),
  };
}
