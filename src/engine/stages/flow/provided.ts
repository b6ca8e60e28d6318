import type { KindName } from '../../../content/kind.ts';
import type { Flow } from '../../../policy/model.ts';
import type { Context } from '../../context.ts';
import { mayHaveWritten } from './own-writing.ts';
import { type Offer, type Past, type PastRecord, pastOf } from './past.ts';
import { readRequest } from './trusted-request.ts';

/** What a run was shown, and what its policy vouches for. */
export interface Seen {
  readonly flow: Pick<Flow, 'trusted'>;
  readonly past: Past;
  readonly context: Pick<Context, 'policy' | 'run'>;
}

/**
 * Whether a value came from a field that a tool provides; `named`: only from records that the request names; `ambiguous`:
 * only from such as have namesakes, for whoever invites the user chooses what the invitation is called.
 */
export function providedBy(
  seen: Seen,
  kind: KindName,
  key: string,
): 'yes' | 'named' | 'ambiguous' | 'no' {
  const offers = untainted(seen, kind, key);
  if (offers.some((offer) => isVouchedFor(seen.flow, offer, kind) || offer.when === 'always'))
    return 'yes';
  const named = offers.filter(isNamed);
  if (named.length === 0) return 'no';
  return named.some((offer) => !hasNamesake(seen.past, offer, kind, key)) ? 'named' : 'ambiguous';
}

/** Of the records that provide it, the newest: for a person who is shown where it comes from. Null: none does. */
export function providerOf(seen: Seen, kind: KindName, key: string): PastRecord | null {
  const supplied = providedBy(seen, kind, key);
  if (supplied !== 'yes' && supplied !== 'named') return null;
  const vouching = untainted(seen, kind, key).filter(
    (offer) => offer.when === 'always' || isNamed(offer) || isVouchedFor(seen.flow, offer, kind),
  );
  return vouching.at(-1)?.record ?? null;
}

function untainted(seen: Seen, kind: KindName, key: string): readonly Offer[] {
  return seen.past
    .offersOf(kind, key)
    .filter((offer) => !mayHaveWritten(seen, offer.record.seen, kind, key) && !isTainted(offer));
}

/** Whether it is provided, for rules that hold in every run. Null: what the run was shown isn't to be had. */
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
  const provided = providedBy({ flow: policy.flow, past, context: { policy, run } }, kind, key);
  return provided === 'yes' || (provided === 'named' && request?.hasAny(kind) !== true);
}

function isNamed({ record: { seen, asked } }: Offer): boolean {
  if (asked === 'named') return true;
  return asked === 'looked up' && !seen.paged && seen.exchange.shown.records.length === 1;
}

/** Another thing of the very name that provides somebody else. */
function hasNamesake(past: Past, { record: one }: Offer, kind: KindName, key: string): boolean {
  const { record } = one;
  if (record === null || one.asked !== 'named') return false;
  return past.seen.some(({ records }) =>
    records.some(
      ({ asked, record: other }) =>
        asked === 'named' &&
        other !== null &&
        other.object === record.object &&
        other !== record &&
        (other.id === null || other.id !== record.id) &&
        record.names.some((name) => other.names.some((its) => past.mayMeanBoth(name, its))) &&
        other.provides.some((provided) => provided.kind === kind) &&
        !other.provides.some((provided) => provided.kind === kind && provided.key === key),
    ),
  );
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

export function stands(text: string | null, key: string): boolean {
  return text?.toLowerCase().includes(key.toLowerCase()) === true;
}
