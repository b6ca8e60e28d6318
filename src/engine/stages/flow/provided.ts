import type { KindName } from '../../../content/kind.ts';
import type { Flow } from '../../../policy/model.ts';
import type { Context } from '../../context.ts';
import { type Offer, type Past, pastOf } from './past.ts';
import { readRequest } from './trusted-request.ts';

/** What a run was shown, and what its policy vouches for. */
interface Seen {
  readonly flow: Pick<Flow, 'trusted'>;
  readonly past: Past;
}

/** Whether a value came from a field that a tool provides; `named`: only from records that the request names. */
export function providedBy(seen: Seen, kind: KindName, key: string): 'yes' | 'named' | 'no' {
  const offers = seen.past
    .offersOf(kind, key)
    .filter((offer) => !isOwnWriting(seen.past, offer, key) && !isTainted(offer));
  if (offers.some((offer) => isVouchedFor(seen.flow, offer, kind) || offer.when === 'always'))
    return 'yes';
  return offers.some(isNamed) ? 'named' : 'no';
}

/** The same, for rules that hold in every run. Null: what the run was shown isn't to be had. */
export function isProvided(
  { policy, run, facts }: Context,
  kind: KindName,
  key: string,
): boolean | null {
  if (facts.history === null) return null;
  const request =
    run.requestTrusted && run.request !== null
      ? readRequest(run.request, policy.actionWords)
      : null;
  const past = pastOf(run.id, facts.history, policy, request);
  const provided = providedBy({ flow: policy.flow, past }, kind, key);
  return provided === 'yes' || (provided === 'named' && request?.hasAny(kind) !== true);
}

function isNamed({ record: { seen, asked } }: Offer): boolean {
  if (asked === 'named') return true;
  return asked === 'looked up' && seen.exchange.shown.records.length === 1;
}

function isVouchedFor(
  { trusted }: Seen['flow'],
  { record: { seen } }: Offer,
  kind: KindName,
): boolean {
  return trusted.from.some(
    ({ tool, provides }) => tool === seen.exchange.past.tool && provides === kind,
  );
}

/** A memory that a run wrote into after it had read what outsiders write says what they say, in this run and in every later one. */
function isTainted({ record: { seen } }: Offer): boolean {
  return seen.tool?.memory === true && seen.exchange.past.trust === 'untrusted';
}

/** A tool that the agent can write to vouches for nothing that the agent wrote there. */
function isOwnWriting(past: Past, { record: { seen } }: Offer, key: string): boolean {
  const upstream = upstreamOf(seen.exchange.past.tool);
  for (const earlier of past.seen) {
    if (earlier.ordinal >= seen.ordinal) return false;
    const { exchange } = earlier;
    if (
      exchange.past.tier > 0 &&
      upstreamOf(exchange.past.tool) === upstream &&
      stands(JSON.stringify(exchange.args), key)
    )
      return true;
  }
  return false;
}

function upstreamOf(tool: string): string {
  return tool.slice(0, tool.indexOf('.'));
}

export function stands(text: string | null, key: string): boolean {
  return text?.toLowerCase().includes(key.toLowerCase()) === true;
}
