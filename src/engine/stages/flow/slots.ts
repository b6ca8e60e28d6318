import { dayOf } from '../../../content/kinds/day.ts';
import type { ArgumentValue } from '../../call.ts';
import type { Finding } from '../../decision.ts';
import { finding, type Inquiry, remembered, valueDetails } from './inquiry.ts';
import { isPlanned } from './planned.ts';

/** Titles and dates of what is made or changed: where the request states them, they are the request's. */
export function slots(inquiry: Inquiry): readonly Finding[] {
  const { request, tool, read } = inquiry;
  if (request === null || tool.tier === 0) return [];
  const findings: Finding[] = [];
  for (const value of read.values) {
    const why = value.kind === 'title' ? wrongTitle(inquiry, value) : wrongDate(inquiry, value);
    if (why === null || isListed(inquiry, value)) continue;
    findings.push(
      finding('hold', value.kind === 'title' ? 'flow.title' : 'flow.date', inquiry, {
        ...valueDetails(value),
        why,
        ...remembered(inquiry, value),
      }),
    );
  }
  return findings;
}

function isListed({ context }: Inquiry, { argument, kind, value }: ArgumentValue): boolean {
  return value.type !== 'unparsable' && isPlanned(context, argument, kind, value);
}

function wrongTitle({ request, tool, past }: Inquiry, { value }: ArgumentValue): string | null {
  if (request === null || value.type === 'unparsable' || value.key === '') return null;
  const { understood } = request;
  if (understood.titleFits(value.key, tool.on ?? undefined) !== 'no') return null;
  // "Reply to the mail about …": an answer carries the name of what it answers.
  const answered = value.key
    .replace(/^(?:(?:re|fwd?|aw|wg)\s*:\s*)+/i, '')
    .trim()
    .toLowerCase();
  for (const { records } of past.seen) {
    for (const { asked, record } of records) {
      if (
        asked !== null &&
        asked !== 'followed' &&
        record?.names.some((name) => name.trim().toLowerCase() === answered) === true
      )
        return null;
    }
  }
  return understood.titles.some(({ bound }) => bound)
    ? 'the request gives another title'
    : 'the request has not even half of its words';
}

function wrongDate({ request }: Inquiry, { kind, value }: ArgumentValue): string | null {
  if (request === null || kind !== 'date' || value.type === 'unparsable' || value.key === '')
    return null;
  const { dates, dateFits } = request.understood;
  const day = dayOf(value.key);
  if (day === null)
    return dates.days.length > 0 && !dates.relative
      ? 'the request names days, and this is none that can be read'
      : null;
  return dateFits(day) === false ? 'the request names other days' : null;
}
