import { secretPlaces } from '../../redact.ts';
import { foldText } from '../folded-text.ts';
import { Literals } from '../literals.ts';
import type { Sighting } from '../sighting.ts';
import { assignmentFinders } from './assignments.ts';
import { authorizationFinders } from './authorization.ts';
import { clusterLiteral, clusterSecretsIn } from './cluster-secrets.ts';
import { tokenHeads } from './json-web-tokens.ts';
import { keyFinders } from './key-files.ts';
import { linkFinder } from './links-with-passwords.ts';
import type { Finder, Place } from './place.ts';
import { keyFoot, keyHead, privateKeysIn } from './private-keys.ts';
import { discordTokensIn, tokenFinders } from './tokens.ts';

export const secretsVersion = 1;

/** What is by itself a secret comes before what its place makes one, and that before what only its name does. */
type Meaning = { readonly type: PlaceType; readonly finder: Finder } | { readonly type: MarkType };

type PlaceType = 'certain' | 'placed' | 'named';

/** What is looked at when all of a text is known. */
type MarkType = 'head' | 'foot' | 'manifest';

const literals = new Literals<Meaning>([
  ...[...tokenFinders(), ...tokenHeads, ...keyFinders, ['://', linkFinder] as const].map(
    ([literal, finder]): [string, Meaning] => [literal, { type: 'certain', finder }],
  ),
  ...authorizationFinders.map(([literal, finder]): [string, Meaning] => [
    literal,
    { type: 'placed', finder },
  ]),
  ...assignmentFinders.map(([literal, finder]): [string, Meaning] => [
    literal,
    { type: 'named', finder },
  ]),
  [keyHead, { type: 'head' }],
  [keyFoot, { type: 'foot' }],
  [clusterLiteral, { type: 'manifest' }],
]);

/**
 * The credentials in a text: those of known formats, what is written where a credential belongs, and every one that
 * Sallyport holds, also encoded. The span is the secret itself, not its name.
 */
export function findSecrets(text: string, held: readonly string[]): readonly Sighting[] {
  const folded = foldText(text);
  const seen: { hints: Hints | null } = { hints: null };
  literals.scan(folded.text, (start, end, meaning) => {
    seen.hints ??= noHints();
    if (!('finder' in meaning)) {
      seen.hints[meaning.type].push(start);
      return;
    }
    const place = meaning.finder(folded.text, start, end);
    if (place !== null) seen.hints[meaning.type].push(place);
  });
  const tokens = discordTokensIn(folded.text);
  const ours = secretPlaces(text, held);
  if (seen.hints === null && tokens.length + ours.length === 0) return nothing;
  const { certain, placed, named, head, foot, manifest } = seen.hints ?? noHints();
  if (head.length > 0) certain.push(...privateKeysIn(folded.text, head, foot));
  certain.push(...tokens);
  if (manifest.length > 0) placed.push(...clusterSecretsIn(folded.text, manifest));
  const surer = [...certain, ...apartFrom(placed, certain)];
  return [
    ...merged([...surer, ...apartFrom(named, surer)]).map(({ type, start, end, score }) => ({
      type,
      ...folded.spanOf(start, end),
      score,
    })),
    ...ours.map(({ start, end }) => ({ type: 'held', start, end, score: 1 })),
  ].sort((one, other) => one.start - other.start || one.end - other.end);
}

/** Most texts are like this. */
const nothing: readonly Sighting[] = [];

/** What one look at a text found, and where it has to be looked at once more. */
type Hints = Record<PlaceType, Place[]> & Record<MarkType, number[]>;

/** Made where there is the first: a call has many texts, and most have none. */
function noHints(): Hints {
  return { certain: [], placed: [], named: [], head: [], foot: [], manifest: [] };
}

/** Those that overlap none of the others. */
function apartFrom(places: readonly Place[], others: readonly Place[]): readonly Place[] {
  const inOrder = [...others].sort((one, other) => one.start - other.start);
  let reach = 0;
  const reaches = inOrder.map(({ end }) => (reach = Math.max(reach, end)));
  return places.filter(({ start, end }) => {
    let low = 0;
    let high = inOrder.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((inOrder[middle]?.start ?? 0) < end) low = middle + 1;
      else high = middle;
    }
    return (reaches[low - 1] ?? 0) <= start;
  });
}

/** Of one type, places that overlap are one. */
function merged(places: readonly Place[]): readonly Place[] {
  const last = new Map<string, number>();
  const kept: Place[] = [];
  for (const place of [...places].sort(
    (one, other) => one.start - other.start || other.end - one.end,
  )) {
    const at = last.get(place.type);
    const before = at === undefined ? undefined : kept[at];
    if (at !== undefined && before !== undefined && place.start < before.end) {
      kept[at] = {
        ...before,
        end: Math.max(before.end, place.end),
        score: Math.max(before.score, place.score),
      };
    } else {
      last.set(place.type, kept.push(place) - 1);
    }
  }
  return kept;
}
