/** Events as the console shows them: in a line each, and one whole with what it names. */
import { readJson } from '../../content/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { codes } from '../../engine/codes.ts';
import type { RecordedFinding } from '../../engine/events.ts';
import { payloadsNamedBy } from '../../ledger/payloads.ts';
import { receiptOf } from '../../ledger/receipt.ts';
import { subtreesOf } from '../../ledger/tiles.ts';
import { consistencyProof } from '../../ledger/tree.ts';
import type { StoredEvent, StoreReader } from '../../store/port.ts';
import { eventRow, findingsOf } from './event-row.ts';
import { consoleLimits } from './limits.ts';
import type { ConsolePorts } from './ports.ts';
import { notFound } from './refusal.ts';
import { type LedgerFilter, searchPage } from './search.ts';
import type { EventPage, EventRow, Page, ReceiptView } from './views.ts';

export function rowsOf(
  { sequencer }: Pick<ConsolePorts, 'sequencer'>,
  events: readonly StoredEvent[],
): readonly EventRow[] {
  return events.map(({ seq, event }) => eventRow(seq, event, seq < sequencer.sealedSize));
}

export async function ledgerPage(
  ports: Pick<ConsolePorts, 'store' | 'sequencer'>,
  filter: LedgerFilter,
  before: number | null,
  rowsMax: number,
): Promise<Page<EventRow>> {
  const { events, next } = await searchPage(ports.store, filter, before, rowsMax);
  return { rows: rowsOf(ports, events), next: next === null ? null : String(next) };
}

export async function eventPage(
  ports: Pick<ConsolePorts, 'store' | 'sequencer'>,
  seq: number,
): Promise<EventPage> {
  const [stored] = await ports.store.events({ fromSeq: seq, beforeSeq: seq + 1, limit: 1 });
  if (stored === undefined) throw notFound('event');
  const event = readJson(stored.leaf);
  const object = isJsonObject(event) ? event : {};
  return {
    row: eventRow(seq, stored.event, seq < ports.sequencer.sealedSize),
    event: object,
    findings: findingsOf(stored.event).map(withSentence),
    payloads: await payloadsOf(ports.store, object),
  };
}

/** What its code means, for a person. */
export function withSentence<Finding extends Pick<RecordedFinding, 'code' | 'stage' | 'verdict'>>(
  finding: Finding,
): Finding & { readonly text: string | null } {
  return { ...finding, text: isPassed(finding) ? null : sentenceOf(finding.code) };
}

const remarking: ReadonlySet<string> = new Set(['inputs', 'outputs', 'gate']);

/** A check that was passed: the sentence of its code says what would have failed. */
function isPassed({ stage, verdict }: Pick<RecordedFinding, 'stage' | 'verdict'>): boolean {
  return verdict === 'note' && !remarking.has(stage);
}

export function sentenceOf(code: string): string {
  const known = Object.entries(codes).find(([one]) => one === code);
  return known === undefined ? code : known[1].operator;
}

async function payloadsOf(
  store: Pick<StoreReader, 'payload'>,
  event: JsonObject,
): Promise<Readonly<Record<string, JsonValue>>> {
  const payloads: Record<string, JsonValue> = {};
  for (const digest of payloadsNamedBy(event)) {
    const bytes = await store.payload(digest);
    if (bytes === null) continue;
    payloads[digest] =
      bytes.length > consoleLimits.payloadShownBytesMax
        ? `(${bytes.length} bytes; \`sallyport ledger export\` has them)`
        : plainJson(bytes);
  }
  return payloads;
}

/** What somebody wrote over is shown as it is, and fits no digest. */
function plainJson(bytes: Uint8Array): JsonValue {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @param since - how many leaves the checkpoint has that the browser kept; null: none. */
export async function receiptView(
  { store, sequencer }: Pick<ConsolePorts, 'store' | 'sequencer'>,
  seq: number,
  since: number | null,
): Promise<ReceiptView> {
  if (seq >= (await store.eventCount())) throw notFound('event');
  const receipt = await receiptOf(store, seq);
  const subtree = subtreesOf((level, index) => store.tile(level, index));
  const consistency =
    since === null || since > receipt.size
      ? null
      : await consistencyProof(since, receipt.size, subtree);
  return {
    seq,
    leaf: base64(receipt.leaf),
    proof: receipt.proof.map(base64),
    treeSize: receipt.size,
    checkpoint: receipt.checkpoint,
    verifierKey: sequencer.vkey,
    consistency: consistency?.map(base64) ?? null,
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
