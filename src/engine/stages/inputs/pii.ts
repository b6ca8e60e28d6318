import type { KindName } from '../../../content/kind.ts';
import { objectPrefix } from '../../../policy/objects.ts';
import { pointerOf } from '../../argument-texts.ts';
import type { Finding } from '../../decision.ts';
import { deny } from '../../findings.ts';
import { type Examined, everywhere, foundDetails, kindsByPlace, type Sighted } from './examined.ts';

/**
 * What an argument of this kind is for: an address to write to is no personal data that a text gives away, and an id is
 * written like a mail's address or a phone's number as often.
 */
function meantBy(kind: KindName): readonly string[] {
  switch (kind) {
    case 'recipient':
    case 'identifier':
    case 'reference':
      return ['email', 'phone'];
    case 'account':
      return ['iban'];
    case 'url':
      return ['ip_address'];
    default:
      return kind.startsWith(objectPrefix) ? ['email', 'phone'] : [];
  }
}

/** Nothing rewrites an argument: what may not be in it stops the call. */
export function pii(examined: Examined): readonly Finding[] {
  const rules = examined.content.pii;
  if (rules?.in.has('arguments') !== true) return [];
  const redact: ReadonlySet<string> = rules.redact;
  const found = personalData(examined).filter(({ sighting }) => redact.has(sighting.type));
  return found.length === 0
    ? []
    : [deny('inputs', 'inputs.pii', foundDetails('pii', found), examined.tool.at)];
}

/** All that was seen, but for what an argument is there to take. */
export function personalData(examined: Examined): readonly Sighted[] {
  const seen = everywhere(examined, (scan) => scan.pii ?? []);
  if (seen.length === 0) return [];
  const kinds = kindsByPlace(examined.read);
  return seen.filter((one) => !isMeant(one, kinds.get(pointerOf(one.path)) ?? []));
}

function isMeant({ isKey, sighting }: Sighted, kinds: readonly KindName[]): boolean {
  return !isKey && kinds.length > 0 && kinds.every((kind) => meantBy(kind).includes(sighting.type));
}
