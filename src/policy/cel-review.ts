/**
 * What a rule over findings may name: `content.outbound.rules`. It holds for every call that leaves, whatever its tool, so
 * it sees what all calls have, and what detectors found in their arguments, and no argument by its name.
 */
import { piiTypes } from '../content/detection/pii/find-pii.ts';
import { secretTypes } from '../content/detection/secrets/secret-types.ts';
import type { Kind, KindName } from '../content/kind.ts';
import {
  type CelEnvironment,
  type CelReview,
  type CelType,
  caseType,
  celTool,
} from './cel-environment.ts';
import {
  caseMembers,
  circumstances,
  type Frame,
  listMembers,
  members,
  type Named,
  text,
  value,
} from './cel-scope.ts';
import { bool, listOf } from './cel-typed.ts';
import { CelFault, type CelValue } from './cel-value.ts';
import type { Agent, CelFindings, Tool } from './model.ts';

export function reviewEnvironment(
  leaving: readonly Tool[],
  agents: readonly Pick<Agent, 'name' | 'caseNames'>[],
  looks: Pick<CelReview, 'markers' | 'tone' | 'attachments' | 'model'>,
): CelEnvironment {
  const tools = leaving.map((tool) => celTool(tool, new Map()));
  const kinds = new Map<KindName, Kind | null>();
  for (const [name, kind] of tools.flatMap((tool) => [...tool.kinds])) {
    const known = kinds.get(name);
    kinds.set(name, known === undefined || known?.form === kind?.form ? kind : null);
  }
  const currencies = new Set(
    tools.flatMap((tool) => (tool.kinds.has('amount') ? [tool.currency] : [])),
  );
  const [currency = null] = currencies;
  return {
    tools: [],
    result: null,
    caseNames: new Map(
      (agents[0] === undefined ? [] : [...agents[0].caseNames]).map(
        ([name, declared]) => [name, caseType(declared)] as const,
      ),
    ),
    review: {
      ...looks,
      toolNames: tools.map(({ name }) => name),
      kinds,
      currency: currencies.size === 1 ? currency : null,
      unshared: unsharedNames(agents),
    },
  };
}

/** One rule speaks of all agents: a name that one of them doesn't bind would hold every call of that one. */
function unsharedNames(
  agents: readonly Pick<Agent, 'name' | 'caseNames'>[],
): ReadonlyMap<string, string> {
  const unshared = new Map<string, string>();
  for (const [name, declared] of agents.flatMap(({ caseNames }) => [...caseNames])) {
    for (const agent of agents) {
      const own = agent.caseNames.get(name);
      if (own === undefined)
        unshared.set(
          name,
          `\`${agent.name}\` binds no \`case.${name}\`, and the rule holds for its calls too`,
        );
      else if (JSON.stringify(own) !== JSON.stringify(declared))
        unshared.set(name, `\`case.${name}\` isn't of one kind for all agents`);
    }
  }
  return unshared;
}

export function reviewNames(
  review: CelReview,
  caseNames: CelEnvironment['caseNames'],
): ReadonlyMap<string, Named> {
  const cases = new Map([
    ...caseMembers({ caseNames }),
    ...[...review.unshared].map(
      ([name, why]) =>
        [
          name,
          {
            type: 'useless',
            why,
            mend: 'say it in the grants of the agents that bind it (`when`)',
          },
        ] as const,
    ),
  ]);
  return new Map<string, Named>([
    [
      'call',
      members(
        'member of `call`',
        new Map<string, Named>([
          ['args', argumentsOfOneTool],
          ...listMembers(review, review.kinds.keys()),
        ]),
      ),
    ],
    ['case', members('name in `case`', cases)],
    ['ref', argumentsOfOneTool],
    ['content', members('member of `content`', findingMembers(review))],
    ...circumstances(review.toolNames),
  ]);
}

const argumentsOfOneTool: Named = {
  type: 'useless',
  why: 'the rule holds for every tool, and each has arguments of its own',
  mend: 'use a list that every call has (`call.recipients`, `call.contents`), or say it in a grant (`when`)',
};

const double: CelType = { type: 'double', nullable: false };

function findingMembers(review: CelReview): ReadonlyMap<string, Named> {
  const texts = (
    values: readonly string[] | null,
    read: (findings: CelFindings) => readonly string[],
  ): Named => value(listOf(text(values)), found(read));
  const only = (isLookedFor: boolean, key: string, what: string, named: Named): Named =>
    isLookedFor
      ? named
      : { type: 'useless', why: `${what}: there is no \`content.${key}\``, mend: `add \`${key}\`` };
  return new Map<string, Named>([
    [
      'injection',
      value(
        double,
        found(({ injection }) => injection),
      ),
    ],
    ['pii', texts(piiTypes, ({ pii }) => pii)],
    ['secrets', texts(secretTypes, ({ secrets }) => secrets)],
    [
      'markers',
      only(
        review.markers !== null,
        'outbound.markers',
        '`content.markers` is always empty',
        texts(review.markers, ({ markers }) => markers),
      ),
    ],
    [
      'tone',
      only(
        review.tone !== null,
        'outbound.tone',
        '`content.tone` is always empty',
        texts(review.tone, ({ tone }) => tone),
      ),
    ],
    [
      'attachments',
      only(
        review.attachments,
        'outbound.attachments',
        '`content.attachments` is always empty',
        texts(null, ({ attachments }) => attachments),
      ),
    ],
    [
      'model',
      only(
        review.model,
        'detector',
        '`content.model` is always 0',
        value(
          double,
          found(({ model }) => model),
        ),
      ),
    ],
    [
      'model_failed',
      only(
        review.model,
        'detector',
        '`content.model_failed` is always false',
        value(
          bool,
          found(({ modelFailed }) => modelFailed),
        ),
      ),
    ],
  ]);
}

function found<T extends CelValue>(read: (findings: CelFindings) => T): (frame: Frame) => T {
  return ({ bindings: { content }, meter }) => {
    // Nobody looked: that is no good news.
    if (content === undefined) throw new CelFault('nobody looked at what leaves');
    const value = read(content);
    if (Array.isArray(value)) meter.charge(value.length);
    return value;
  };
}
