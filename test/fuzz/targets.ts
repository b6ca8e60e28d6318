import { SallyportError } from '../../src/content/errors.ts';
import type { Target } from './target.ts';
import { celTarget } from './targets/cel.ts';
import { celSecondTarget } from './targets/cel-second.ts';
import { edgeTargets } from './targets/edge.ts';
import { globTarget } from './targets/glob.ts';
import { jsonTarget } from './targets/json.ts';
import { kindTargets } from './targets/kinds.ts';
import { ledgerTargets } from './targets/ledger.ts';
import { lineTarget } from './targets/lines.ts';
import { pointerTarget } from './targets/pointer.ts';
import { policyTarget } from './targets/policy.ts';
import { schemaTarget } from './targets/schema.ts';
import { sqlTarget } from './targets/sql.ts';
import { eventStreamTarget, upstreamMessageTarget } from './targets/upstream-message.ts';
import { valueTargets } from './targets/values-in-text.ts';

export const targets: readonly Target[] = [
  jsonTarget,
  upstreamMessageTarget,
  eventStreamTarget,
  lineTarget,
  globTarget,
  pointerTarget,
  ...kindTargets,
  ...valueTargets,
  ...edgeTargets,
  ...ledgerTargets,
  policyTarget,
  celTarget,
  celSecondTarget,
  schemaTarget,
  sqlTarget,
];

export function targetNamed(name: string): Target {
  const target = targets.find((known) => known.name === name);
  if (target === undefined)
    throw new SallyportError('fuzz.target', `there is no target \`${name}\``);
  return target;
}
