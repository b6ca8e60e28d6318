import type { Kind, KindName, Parsed } from '../../../content/kind.ts';
import { parseKind } from '../../../content/kinds.ts';
import type { JsonObject } from '../../../content/value.ts';
import type { Tool } from '../../../policy/model.ts';
import type { ArgumentValue } from '../../call.ts';
import type { Context } from '../../context.ts';
import type { Finding } from '../../decision.ts';
import { declaredKind } from '../../tool-shape.ts';
import { covers } from '../authorize/places.ts';
import { finding, type Inquiry, isMessage, remembered, valueDetails } from './inquiry.ts';
import { linksOf } from './past.ts';
import { isPlanned } from './planned.ts';
import { providedBy, stands } from './provided.ts';
import { nearestOf, sourcesOf } from './sources.ts';

const kinds: ReadonlySet<KindName> = new Set(['recipient', 'url', 'account']);

/** Where the call goes: whom it reaches, what it opens, whose account. */
export function destinationsOf({ read }: Inquiry): readonly ArgumentValue[] {
  return read.values.filter(({ kind }) => kinds.has(kind));
}

/**
 * Whoever writes what an agent reads must not choose where anything goes: each destination is one that the opener, the
 * request or the policy names, or a directory whose entries outsiders can't write.
 */
export function destinations(inquiry: Inquiry): readonly Finding[] {
  const { flow, tool, request, outbound, untrusted } = inquiry;
  if (flow.external !== 'provenance' || (request === null && !untrusted)) return [];
  // With a request, who is added to an event or a file counts as well, where nothing else leaves by it.
  const shares = request !== null && tool.tier > 0;
  const findings: Finding[] = [];
  for (const value of destinationsOf(inquiry)) {
    if (!outbound && !shares) continue;
    if (isOneself(inquiry, value)) continue;
    const found = judged(inquiry, value, findings.length < explainedMax);
    if (found !== null) findings.push(found);
  }
  return findings;
}

/** Where each of a thousand strangers stands in a thousand results, nobody reads; and looking would keep everybody waiting. */
const explainedMax = 16;

/** The run's own person, where a policy knows its users by their addresses. */
function isOneself({ context, tool }: Inquiry, { argument, kind, value }: ArgumentValue): boolean {
  const { user } = context.run;
  if (user === null || kind !== 'recipient' || value.type === 'unparsable') return false;
  // What is sent to be read is a flow to whoever reads it; to be added to one's own event or file is none.
  if (tool.on === null || isMessage(tool)) return false;
  const declared = declaredKind(tool, argument, kind);
  if (declared === undefined) return false;
  const own = parseKind(declared, user);
  return own.type === value.type && own.key === value.key;
}

function judged(inquiry: Inquiry, value: ArgumentValue, explains: boolean): Finding | null {
  const parsed = value.value;
  // The schema stage refuses what doesn't parse.
  if (parsed.type === 'unparsable') return null;
  if (isPlanned(inquiry.context, value.argument, value.kind, parsed)) return null;
  const supplied = supplyOf(inquiry, value.kind, parsed);
  if (supplied === 'yes' || isPassedOn(inquiry, value.kind, parsed)) return null;
  if (!explains)
    return finding('hold', 'flow.destination', inquiry, {
      ...valueDetails(value),
      found: [],
      why: `one of more than ${explainedMax} destinations that nobody named`,
      ...remembered(inquiry, value),
    });
  const found = sourcesOf(inquiry.past, value.kind, parsed.key);
  const inRequest = stands(inquiry.context.run.request, parsed.key);
  const near = found.length === 0 && !inRequest ? nearestOf(inquiry.past, parsed.key) : null;
  // A letter off something that was read is a mistake that a person mends, or a trap that a person sees.
  const made =
    found.length === 0 && !inRequest && near === null && !inquiry.context.run.historyLost;
  const details: JsonObject = {
    ...valueDetails(value),
    ...(supplied === 'no' ? {} : { unless: supplied }),
    found,
    ...(near === null ? {} : { near }),
    why: made
      ? 'it stands in no result and not in the request'
      : inquiry.request === null
        ? 'neither the case, a trusted list nor a directory names it'
        : 'no clause of the request names it, and no directory or record that the request names provides it',
    ...remembered(inquiry, value),
  };
  return finding(
    made ? 'deny' : 'hold',
    made ? 'flow.made_up' : 'flow.destination',
    inquiry,
    details,
  );
}

/** "Post the link that Ann sent": told to people, a link is as good as in a text that passes Ann's message on. */
function isPassedOn({ past, tool, outbound }: Inquiry, kind: KindName, { key }: Parsed): boolean {
  if (kind !== 'url' || tool.tier === 0 || outbound) return false;
  return past.asks((one) => one.asked === 'named' && linksOf(one).has(`url ${key}`));
}

/** `yes`, `no`, or why a source that could supply it doesn't here. */
export function supplyOf(inquiry: Inquiry, kind: KindName, parsed: Parsed): string {
  const { key } = parsed;
  const isBound = caseNameOf(inquiry.context, inquiry.tool, kind, parsed) !== null;
  if (isBound || isTrusted(inquiry, kind, parsed)) return 'yes';
  if (inquiry.request?.holds(kind, key) === true) return 'yes';
  if (isPlanned(inquiry.context, null, kind, parsed)) return 'yes';
  const provided = providedBy(inquiry, kind, key);
  if (provided === 'ambiguous')
    return 'several records have the name that the request gives, and not all of them provide it';
  if (provided !== 'named') return provided;
  // Who is told exactly where to send it isn't told to look for more.
  return inquiry.request?.hasAny(kind) === true
    ? 'the request itself names a destination, so a named record adds none'
    : 'yes';
}

/**
 * The name under which the opener bound this very value; null: under none. A case's value supplies what it was declared to
 * be: an id that looks like an address is none.
 */
export function caseNameOf(
  { policy, run }: Pick<Context, 'policy' | 'run'>,
  tool: Tool,
  kind: KindName,
  parsed: Parsed,
): string | null {
  const declared = policy.agents.get(run.agent)?.caseNames;
  if (declared === undefined) return null;
  for (const [name, declaration] of declared) {
    if (declaration.type !== 'kind' || !Object.hasOwn(run.case, name)) continue;
    const bound = run.case[name];
    const meant = declaration.kind.name === 'sender' ? 'recipient' : declaration.kind.name;
    if (bound === undefined || meant !== kind) continue;
    for (const read of kindsIn(tool, kind, declaration.kind)) {
      const value = parseKind(read, bound);
      if (value.type === parsed.type && value.key === parsed.key) return name;
    }
  }
  return null;
}

function kindsIn(tool: Tool, kind: KindName, declared: Kind): readonly Kind[] {
  const own = [...tool.args.values()].flatMap(({ parts }) =>
    parts.flatMap((part) => (part.kind.name === kind ? [part.kind] : [])),
  );
  return own.length === 0 ? [declared] : own;
}

function isTrusted({ flow }: Inquiry, kind: KindName, parsed: Parsed): boolean {
  const { recipients, accounts, urls } = flow.trusted;
  switch (kind) {
    case 'recipient':
      return recipients.has(parsed.key);
    case 'account':
      return accounts.has(parsed.key);
    default:
      return parsed.type === 'url' && urls.some((term) => covers(term, parsed));
  }
}
