import { reviewText, span } from '../check/describe.ts';
import type { ContentRules, DetectorDeclaration, OutboundReview } from '../model.ts';
import {
  byRank,
  type Change,
  choiceChange,
  type Effect,
  entriesText,
  entryChange,
  limitChange,
  opposite,
} from './change.ts';

type Injection = ContentRules['injection'];
type Pii = ContentRules['pii'];

/** What differs in what is looked for in texts, and in what follows when it is found. */
export function contentChanges(was: ContentRules, is: ContentRules): readonly Change[] {
  return [
    ...limitChange('content.injection.at', was.injection.at, is.injection.at, String),
    ...choiceChange(
      'content.injection.then',
      was.injection.response,
      is.injection.response,
      byResponse,
    ),
    ...piiChanges(was.pii, is.pii),
    ...choiceChange(
      'content.secrets.then',
      was.secrets.response,
      is.secrets.response,
      byRank(['deny', 'hold']),
    ),
    ...entryChange('content.secrets.in', was.secrets.in, is.secrets.in, opposite),
    ...limitChange('content.results.max_bytes', was.results.maxBytes, is.results.maxBytes, String),
    ...choiceChange(
      'content.results.frame',
      was.results.frame,
      is.results.frame,
      byRank(['untrusted', 'flagged']),
    ),
    ...choiceChange(
      'content.results.links',
      was.results.links,
      is.results.links,
      byRank(['show', 'keep']),
    ),
    ...outboundChanges(was.outbound, is.outbound),
    ...detectorChanges(was.detector, is.detector),
  ];
}

/** The same without an order where none counts. */
export function contentMeaning({ outbound, ...rest }: ContentRules): object {
  return {
    ...rest,
    outbound: outbound && {
      ...outbound,
      markers: new Set(outbound.markers),
      tone: new Set(outbound.tone),
      rules: new Set(outbound.rules),
    },
  };
}

function byResponse(before: Injection['response'], after: Injection['response']): Effect {
  // `hold_next` shows the result and holds what comes after, the stricter ones show less of it: neither lets more through.
  const both = [before, after];
  if (both.includes('hold_next') && !both.includes('frame')) return 'changed';
  return byRank<Injection['response']>(['withhold', 'redact', 'hold_next', 'frame'])(before, after);
}

function piiChanges(was: Pii, is: Pii): readonly Change[] {
  if (was === null || is === null) {
    if (was === is) return [];
    const text = (rules: Pii): string =>
      rules === null
        ? 'nothing is redacted'
        : `${[...rules.redact].join(', ')} redacted in ${[...rules.in].join(', ')}`;
    return [
      {
        effect: is === null ? 'wider' : 'narrower',
        text: `content.pii: ${text(is)} (was: ${text(was)})`,
      },
    ];
  }
  return [
    ...entryChange('content.pii.redact', was.redact, is.redact, opposite),
    ...entryChange('content.pii.in', was.in, is.in, opposite),
  ];
}

// ---- what leaves -----------------------------------------------------------------------------------------------

function outboundChanges(was: OutboundReview | null, is: OutboundReview | null): readonly Change[] {
  if (was === null && is === null) return [];
  if (is === null)
    return [{ effect: 'wider', text: 'content.outbound: nobody looks at what leaves' }];
  if (was === null)
    return [
      {
        effect: 'narrower',
        text: `content.outbound: what leaves is looked at, ${reviewText(is)}`,
      },
    ];
  return [
    ...limitChange('content.outbound.at', was.at, is.at, String),
    ...choiceChange('content.outbound.then', was.response, is.response, byRank(['deny', 'hold'])),
    ...entryChange('content.outbound.markers', new Set(was.markers), new Set(is.markers), opposite),
    ...entryChange('content.outbound.tone', new Set(was.tone), new Set(is.tone), opposite),
    ...attachmentChanges(was.attachments, is.attachments),
    ...entryChange('content.outbound.rules', rulesOf(was), rulesOf(is), opposite),
  ];
}

function attachmentChanges(
  was: OutboundReview['attachments'],
  is: OutboundReview['attachments'],
): readonly Change[] {
  const name = 'content.outbound.attachments';
  if (was !== null && is !== null) return entryChange(name, was, is);
  if (was === is) return [];
  return is === null
    ? [{ effect: 'wider', text: `${name}: any may leave unseen` }]
    : [
        {
          effect: 'narrower',
          text: `${name}: ${is.size === 0 ? 'none' : `only ${[...is].join(', ')}`} may leave unseen`,
        },
      ];
}

function rulesOf({ rules }: OutboundReview): ReadonlySet<string> {
  return new Set(rules.map(({ program, response }) => `\`${program.source}\`: ${response}`));
}

// ---- a model ---------------------------------------------------------------------------------------------------

function detectorChanges(
  was: DetectorDeclaration | null,
  is: DetectorDeclaration | null,
): readonly Change[] {
  if (was === null && is === null) return [];
  if (is === null) return [{ effect: 'wider', text: 'content.detector: no model is asked' }];
  if (was === null)
    return [{ effect: 'narrower', text: `content.detector: ${is.url} is asked besides` }];
  const changes: Change[] = [];
  if (was.url !== is.url)
    changes.push({ effect: 'changed', text: `content.detector: ${is.url} (was ${was.url})` });
  if (was.timeoutMs !== is.timeoutMs)
    changes.push({
      effect: 'changed',
      text: `content.detector.timeout: ${span(is.timeoutMs)} (was ${span(was.timeoutMs)})`,
    });
  const from = new Set(was.credential === null ? [] : [was.credential.from]);
  const now = new Set(is.credential === null ? [] : [is.credential.from]);
  const credentials = entriesText(from, now);
  if (credentials !== '')
    changes.push({ effect: 'changed', text: `content.detector.credential: ${credentials}` });
  return changes;
}
