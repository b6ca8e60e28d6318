import type { KindName } from '../../content/kind.ts';
import type { Agent, Flow, Provided, Tool } from '../model.ts';
import { urlText } from './describe.ts';

/** Who may name destinations of one kind, once a run has read what others write. */
export interface DestinationSources {
  readonly kind: string;
  /** Besides a trusted request, which always may. Empty: nobody else. */
  readonly sources: readonly DestinationSource[];
}

export interface DestinationSource {
  /** `the case`, `directories`, `a record that the request names`. */
  readonly by: string;
  /** Case names, values, tools. */
  readonly names: readonly string[];
}

export function destinationSources(
  kind: KindName,
  agent: Agent,
  tools: readonly Tool[],
  flow: Flow,
): DestinationSources {
  const sources = [
    { by: 'the case', names: caseNames(kind, agent) },
    { by: '`flow.trusted`', names: trustedValues(kind, flow) },
    ...providers(kind, tools, flow),
  ];
  return { kind, sources: sources.filter(({ names }) => names.length > 0) };
}

function caseNames(kind: KindName, agent: Agent): readonly string[] {
  return [...agent.caseNames].flatMap(([name, declared]) => {
    if (declared.type !== 'kind') return [];
    const meant = declared.kind.name === 'sender' ? 'recipient' : declared.kind.name;
    return meant === kind ? [`case.${name}`] : [];
  });
}

function trustedValues(kind: KindName, { trusted }: Flow): readonly string[] {
  if (kind === 'recipient') return [...trusted.recipients];
  return kind === 'account' ? [...trusted.accounts] : trusted.urls.map(urlText);
}

/** Tools that provide values of the kind, by the condition that they put on it. */
function providers(
  kind: KindName,
  tools: readonly Tool[],
  { trusted }: Flow,
): readonly DestinationSource[] {
  const byCondition = new Map<string, Set<string>>();
  for (const { name, returns } of tools) {
    const vouched = trusted.from.some((one) => one.tool === name && one.provides === kind);
    for (const one of returns.provides) {
      if (one.kind.name !== kind) continue;
      const by = vouched ? unconditional : conditionText(one);
      byCondition.set(by, (byCondition.get(by) ?? new Set()).add(name));
    }
  }
  return [...byCondition]
    .map(([by, names]) => ({ by, names: [...names] }))
    .toSorted((a, b) => Number(b.by === unconditional) - Number(a.by === unconditional));
}

const unconditional = 'any record';

function conditionText({ when }: Provided): string {
  if (when.type === 'always') return unconditional;
  if (when.type === 'named') return 'a record that the request names';
  const equal = when.equal.map(({ pointer, value }) => `${pointer.text} is ${String(value)}`);
  return `a record whose ${equal.join(' and ')}`;
}
