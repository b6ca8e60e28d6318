import type { KindName } from '../../../content/kind.ts';
import { valuesInText } from '../../../content/values-in-text/values-in-text.ts';
import type { Context } from '../../context.ts';
import type { Exchange } from '../../exchange.ts';
import type { Past, SeenExchange } from './past.ts';
import { leavesOf } from './texts.ts';

/** Places: two upstreams may show the same address book, or one a file that another wrote. */
const places: ReadonlySet<KindName> = new Set(['recipient', 'url', 'account']);

/**
 * A tool that the agent can write to vouches for nothing that the agent wrote there, in whatever spelling; nor does the
 * call that wrote it, by saying it back. Of a run that has forgotten some of its calls, one may have written anything.
 */
export function mayHaveWritten(
  { past, context }: { readonly past: Past; readonly context: Pick<Context, 'policy' | 'run'> },
  shownBy: SeenExchange,
  kind: KindName,
  key: string,
): boolean {
  const upstream = upstreamOf(shownBy.exchange.past.tool);
  if (context.run.historyLost && hasWrittenTo(context, upstream)) return true;
  for (const { ordinal, exchange } of past.seen) {
    if (ordinal > shownBy.ordinal) return false;
    if (exchange.past.tier === 0) continue;
    if (upstreamOf(exchange.past.tool) !== upstream && !places.has(kind)) continue;
    if (says(exchange, key)) return true;
  }
  return false;
}

/** At any time: a tool that the policy no longer knows may have written. */
function hasWrittenTo({ policy, run }: Pick<Context, 'policy' | 'run'>, upstream: string): boolean {
  return run.completedTools.some(
    (name) => upstreamOf(name) === upstream && policy.tools.get(name)?.tier !== 0,
  );
}

function upstreamOf(tool: string): string {
  return tool.slice(0, tool.indexOf('.'));
}

/** The arguments of a call, as a value may be found in them. */
interface Written {
  readonly text: string;
  /** Without the spaces and signs that people put into an account's or a telephone's number. */
  readonly packed: string;
  /** Keys of the addresses, places and numbers that are spelled otherwise. */
  readonly keys: ReadonlySet<string>;
}

const writings = new WeakMap<Exchange, Written>();

const packedUnitsMin = 6;

function says(exchange: Exchange, key: string): boolean {
  const written = writings.get(exchange) ?? readWritten(exchange);
  const wanted = loose(key);
  if (written.keys.has(key) || written.text.includes(wanted)) return true;
  const packed = pack(wanted);
  return packed.length >= packedUnitsMin && written.packed.includes(packed);
}

function readWritten(exchange: Exchange): Written {
  const raw = leavesOf(exchange.args)
    .map(({ value }) => value)
    .join('\n');
  const text = loose(raw);
  const written = {
    text,
    packed: pack(text),
    keys: new Set([raw, text].flatMap(valuesInText).map(({ key }) => key)),
  };
  writings.set(exchange, written);
  return written;
}

function loose(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase();
}

function pack(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}
