import type { ContentPlace, ContentRules, OutboundReview, Policy, Tool } from '../model.ts';
import type { Remark } from './check.ts';
import { namesOf } from './describe.ts';

/** What a reader of the content section would take for more than it is, or wouldn't look for. */
export function contentRemarks({ content, tools, approvals }: Policy): readonly Remark[] {
  const unanswered = approvals.default === null;
  const leaving = [...tools.values()].filter(({ reach }) => reach === 'external');
  return [
    ...(unanswered ? unansweredRemarks(content, leaving) : []),
    ...piiRemarks(content),
    ...secretRemarks(content),
    ...resultRemarks(content),
    ...outboundRemarks(content.outbound, leaving),
    ...detectorRemarks(content),
  ];
}

function say(key: string, reason: string): Remark {
  return { at: null, grant: `content.${key}`, reason };
}

/** Nothing of this section names anybody who could be asked. */
function unansweredRemarks(
  { injection, secrets, outbound }: ContentRules,
  leaving: readonly Tool[],
): readonly Remark[] {
  const refused = 'there is no `approvals.default` who could be asked, so it is refused';
  const remarks: Remark[] = [];
  if (injection.response === 'hold_next')
    remarks.push(
      say(
        'injection',
        `after a result that gives orders what the run does from then on is held: ${refused}`,
      ),
    );
  if (injection.response === 'withhold')
    remarks.push(
      say('injection', 'there is no `approvals.default` who could release what is withheld'),
    );
  if (secrets.response === 'hold' && secrets.in.has('arguments'))
    remarks.push(say('secrets', `a call that carries a secret is held: ${refused}`));
  if (
    outbound !== null &&
    leaving.length > 0 &&
    [outbound, ...outbound.rules].some(({ response }) => response === 'hold')
  )
    remarks.push({ ...say('outbound', `what is held: ${refused}`), at: outbound.position });
  return remarks;
}

function piiRemarks({ pii }: ContentRules): readonly Remark[] {
  if (pii === null) return [];
  return [
    ...(pii.in.has('arguments')
      ? [say('pii.in', 'an argument is never rewritten: a call that carries such data is refused')]
      : []),
    ...leftOut('pii.in', pii.in, {
      results: 'what results carry of it reaches the model',
      ledger: 'what calls and results carry of it is stored as it is',
    }),
  ];
}

function secretRemarks({ secrets }: ContentRules): readonly Remark[] {
  return [
    ...leftOut('secrets.in', secrets.in, {
      arguments: 'a call that carries a secret goes out, unless it is one that Sallyport holds',
      results: 'what results carry of them reaches the model',
      ledger: 'what calls and results carry of them is stored as it is',
    }),
  ];
}

function leftOut(
  key: string,
  places: ReadonlySet<ContentPlace>,
  means: Readonly<Partial<Record<ContentPlace, string>>>,
): readonly Remark[] {
  const blind = places.has('ledger') && !places.has('results') && !places.has('arguments');
  return [
    ...(['arguments', 'results', 'ledger'] as const).flatMap((place) => {
      const reason = places.has(place) ? undefined : means[place];
      return reason === undefined ? [] : [say(key, `without \`${place}\`: ${reason}`)];
    }),
    ...(blind
      ? [
          say(
            key,
            'with `ledger` alone: rules that look back don’t find in the record what the model has read, so it may leave',
          ),
        ]
      : []),
  ];
}

function resultRemarks({ results }: ContentRules): readonly Remark[] {
  return [
    ...(results.frame === 'flagged'
      ? [
          say(
            'results.frame',
            'what others write stands unmarked where nothing was found, and detectors miss some',
          ),
        ]
      : []),
    ...(results.links === 'keep'
      ? [
          say(
            'results.links',
            'links and images of others stay as they are: whoever renders them calls their hosts',
          ),
        ]
      : []),
  ];
}

function outboundRemarks(
  review: OutboundReview | null,
  leaving: readonly Tool[],
): readonly Remark[] {
  const attaching = leaving.filter(takesAttachments);
  const remarks: Remark[] = [];
  const add = (key: string, reason: string): void => {
    remarks.push({ ...say(key, reason), at: review?.position ?? null });
  };
  if (review === null || review.attachments === null) {
    if (attaching.length > 0)
      add(
        'outbound.attachments',
        `${namesOf(attaching.map(({ name }) => name))} may attach files, and nobody looks at what they are`,
      );
  } else if (attaching.length === 0) {
    add('outbound.attachments', 'no external tool has an argument of the kind `attachment`');
  }
  if (review === null) return remarks;
  if (leaving.length === 0) add('outbound', 'no tool is external, so nothing is looked at');
  return remarks;
}

function takesAttachments({ args, fixed }: Tool): boolean {
  return [...args.values()].some(
    ({ name, parts }) =>
      !Object.hasOwn(fixed, name) && parts.some(({ kind }) => kind.name === 'attachment'),
  );
}

function detectorRemarks({ detector }: ContentRules): readonly Remark[] {
  return detector === null
    ? []
    : [
        say(
          'detector',
          `${new URL(detector.url).host} is sent what untrusted tools return, what external calls carry and what openers pass in`,
        ),
      ];
}
