import { parseKind, plainKind } from '../../../content/kinds.ts';
import type { JsonObject } from '../../../content/value.ts';
import type { FoundLink } from '../../../content/values-in-text/found-value.ts';
import { linksInText } from '../../../content/values-in-text/links-in-text.ts';
import type { Finding } from '../../decision.ts';
import { declaredKind } from '../../tool-shape.ts';
import { destinationsOf, supplyOf } from './destinations.ts';
import { finding, type Inquiry } from './inquiry.ts';
import { linksOf } from './past.ts';
import { sourcesOf } from './sources.ts';

const linksShownMax = 10;
const linkShownMax = 200;

/** A link in a text that leaves is a destination: who reads it goes there, and some programs go there by themselves. */
export function links(inquiry: Inquiry): readonly Finding[] {
  const { flow, tool, read, outbound, request, untrusted, past } = inquiry;
  if (!outbound || flow.external !== 'provenance' || (request === null && !untrusted)) return [];
  const strange: JsonObject[] = [];
  const written: string[] = [];
  // An answer is remembered for what a person was shown of them, and only if that was all.
  let whole = true;
  const known = new Set<string>();
  for (const { argument, pointer, kind, value } of read.values) {
    if (kind !== 'content' && kind !== 'title') continue;
    if (value.type === 'unparsable') continue;
    if (declaredKind(tool, argument, kind)?.linksIgnored === true) continue;
    for (const link of linksInText(value.key)) {
      const name = `${link.kind} ${link.key}`;
      if (known.has(name)) continue;
      if (strange.length >= linksShownMax) {
        whole = false;
        continue;
      }
      if (isKnown(inquiry, link)) {
        known.add(name);
        continue;
      }
      whole &&= link.written.length <= linkShownMax;
      written.push(link.written);
      strange.push({
        argument: `${argument}${pointer}`,
        link: link.written.slice(0, linkShownMax),
        found: link.key === null ? [] : sourcesOf(past, kindOf(link), link.key).slice(0, 1),
      });
    }
  }
  if (strange.length === 0) return [];
  return [
    finding('hold', 'flow.link', inquiry, {
      links: strange,
      why: 'neither the request, a record that it asks for, the case nor a trusted list has it',
      ...(whole ? { remember: { tool: tool.name, kind: 'url', value: written } } : {}),
    }),
  ];
}

function isKnown(inquiry: Inquiry, { kind, key }: FoundLink): boolean {
  // Programs read it differently: it is nobody's link.
  if (key === null) return false;
  const { request, past } = inquiry;
  if (request?.links.has(`${kind} ${key}`) === true) return true;
  if (
    request !== null &&
    past.asks((record) => record.asked !== 'followed' && linksOf(record).has(`${kind} ${key}`))
  )
    return true;
  const parsed = parseKind(plainKind(kind === 'url' ? 'url' : 'recipient'), key);
  if (parsed.type !== 'unparsable' && supplyOf(inquiry, kindOf({ kind }), parsed) === 'yes')
    return true;
  return goesBack(inquiry, `${kind} ${key}`);
}

function kindOf({ kind }: Pick<FoundLink, 'kind'>): 'url' | 'recipient' {
  return kind === 'url' ? 'url' : 'recipient';
}

/** Whoever wrote the message that has the link may get it back, and nobody else with them. */
function goesBack(inquiry: Inquiry, link: string): boolean {
  const recipients = destinationsOf(inquiry).filter(({ kind }) => kind === 'recipient');
  const [first] = recipients;
  if (first === undefined || first.value.type === 'unparsable') return false;
  const { key } = first.value;
  if (recipients.some(({ value }) => value.type === 'unparsable' || value.key !== key))
    return false;
  return inquiry.past.seen.some(
    ({ exchange, records }) =>
      exchange.past.tier === 0 &&
      records.some((one) => one.record?.owner === key && linksOf(one).has(link)),
  );
}
