import type { Parsed } from '../../../content/kind.ts';
import { parseKind, plainKind } from '../../../content/kinds.ts';
import type { AudienceTerm } from '../../../policy/model.ts';
import type { ArgumentValue } from '../../call.ts';
import type { Finding } from '../../decision.ts';
import { unknownSubject } from '../../labels.ts';
import { subjectsByRecord } from '../../outputs/labels.ts';
import { declaredKind } from '../../tool-shape.ts';
import { covers } from '../authorize/places.ts';
import { type Match, matches } from '../authorize/terms.ts';
import { destinationsOf } from './destinations.ts';
import { finding, type Inquiry, valueDetails } from './inquiry.ts';
import { dataOf } from './texts.ts';

/** Data of a class goes only where `may_reach` lets it, on whatever argument: what a run has read, all that it says may hold. */
export function classes(inquiry: Inquiry): readonly Finding[] {
  const { flow, context, outbound, tool } = inquiry;
  if (!outbound || flow.classes.size === 0) return [];
  const findings: Finding[] = [];
  for (const name of context.run.labels.classes) {
    const refused = refusedBy(inquiry, name);
    if (refused === null) continue;
    findings.push(
      finding('deny', 'flow.class', inquiry, {
        class: name,
        refused:
          refused.length === 0
            ? [{ upstream: tool.upstream }]
            : refused.slice(0, 10).map(valueDetails),
        why: 'an entry of `may_reach` has to cover each destination, or, where the call has none, its upstream',
      }),
    );
  }
  return findings;
}

/** Whether the operator has said that this class may go where the call goes. */
export function coversClass(inquiry: Inquiry, name: string): boolean {
  return inquiry.flow.classes.has(name) && refusedBy(inquiry, name) === null;
}

/** Null: it may go; empty: there is no destination, and the upstream isn't covered. */
function refusedBy(inquiry: Inquiry, name: string): readonly ArgumentValue[] | null {
  const { flow, tool } = inquiry;
  const terms = flow.classes.get(name);
  if (terms === undefined) return null;
  if (terms.some((term) => term.type === 'upstream' && term.name === tool.upstream)) return null;
  const goesTo = destinationsOf(inquiry);
  if (goesTo.length === 0) return [];
  // The same for each destination, and a look at every record.
  let known: ReadonlySet<string> | null | undefined;
  const isOnlySubject = (key: string): boolean => {
    if (known === undefined) known = subjectsOf(inquiry, name, terms);
    return known !== null && (known.size === 0 || (known.size === 1 && known.has(key)));
  };
  const refused = goesTo.filter((value) => !isCovered(inquiry, terms, value, isOnlySubject));
  return refused.length === 0 ? null : refused;
}

function isCovered(
  inquiry: Inquiry,
  terms: readonly AudienceTerm[],
  destination: ArgumentValue,
  isOnlySubject: (key: string) => boolean,
): boolean {
  const { value, argument, kind } = destination;
  if (value.type === 'unparsable') return false;
  const match: Match = {
    case: inquiry.context.run.case,
    kind: declaredKind(inquiry.tool, argument, kind) ?? null,
  };
  return terms.some(
    (term) =>
      isNamedBy(term, value, match) ||
      (term.type === 'url' && value.type === 'url' && covers(term.url, value)) ||
      (term.type === 'subject' && isOnlySubject(value.key)),
  );
}

/** By an entry that says who it is. */
function isNamedBy(term: AudienceTerm, value: Parsed, match: Match): boolean {
  switch (term.type) {
    case 'case':
    case 'address':
    case 'domain':
    case 'subdomains':
      return matches([term], value, match);
    case 'url':
    case 'subject':
    case 'upstream':
    case 'model':
      return false;
  }
}

/**
 * Whoever the data is about gets it, if it is about nobody else. People whom another entry covers (our own side of a
 * thread) don't count, and a record about nobody but them is about somebody unknown. Null: nobody can say.
 */
function subjectsOf(
  inquiry: Inquiry,
  name: string,
  terms: readonly AudienceTerm[],
): ReadonlySet<string> | null {
  const { context, past } = inquiry;
  const { run, facts } = context;
  if (run.historyLost || facts.history === null) return null;
  const left = (subjects: readonly string[]): readonly string[] =>
    subjects.filter((subject) => !isCoveredSubject(subject, terms, run.case));
  const all = new Set<string>();
  let results = 0;
  let remembers = false;
  for (const { exchange, tool } of past.seen) {
    // Of a tool that is gone nobody knows any more whose data it was.
    if (tool === null) return null;
    remembers ||= tool.memory;
    const holds =
      tool.returns.classes.includes(name) || exchange.shown.classes?.includes(name) === true;
    if (!holds || exchange.result === null) continue;
    for (const subjects of subjectsByRecord(tool, exchange.args, dataOf(exchange))) {
      const others = left(subjects);
      if (others.length === 0) return null;
      for (const subject of others) all.add(subject);
      if (all.size > 1) return null;
    }
    results += 1;
  }
  // Lists that were empty say nothing of anybody; a memory may hold the class without saying whose it is.
  if (all.size === 0 && (results === 0 || remembers)) return null;
  // What a memory or a run above brought along has its subjects in the labels alone.
  for (const subject of left(run.labels.subjects)) all.add(subject);
  return all;
}

function isCoveredSubject(
  subject: string,
  terms: readonly AudienceTerm[],
  values: Inquiry['context']['run']['case'],
): boolean {
  if (subject === unknownSubject) return false;
  const address = parseKind(plainKind('recipient'), subject);
  const kind = plainKind(address.type === 'unparsable' ? 'identifier' : 'recipient');
  const value = address.type === 'unparsable' ? parseKind(kind, subject) : address;
  if (value.type === 'unparsable') return false;
  return terms.some((term) => isNamedBy(term, value, { case: values, kind }));
}
