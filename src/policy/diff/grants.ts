import { describeConstraint } from '../check/describe.ts';
import type { Alternative, Grant } from '../model.ts';
import { approvalChange, approvalText } from './approvals.ts';
import { byEntries, type Change, entriesText, opposite } from './change.ts';
import { constraintChanges } from './constraints.ts';
import { meansTheSame } from './meaning.ts';

/** What differs in one grant. Of its alternatives any one is enough: one more lets more through. */
export function grantChanges(action: string, before: Grant, after: Grant): readonly Change[] {
  const gone = before.alternatives.filter((one) => !hasEqual(after.alternatives, one));
  const come = after.alternatives.filter((one) => !hasEqual(before.alternatives, one));
  const changes: Change[] = [];
  for (let index = 0; index < Math.max(gone.length, come.length); index += 1) {
    const [was, is] = [gone[index], come[index]];
    if (was === undefined && is !== undefined)
      changes.push({ effect: 'wider', text: `or else, ${describeAlternative(is)}` });
    else if (was !== undefined && is === undefined)
      changes.push({ effect: 'narrower', text: `no longer, ${describeAlternative(was)}` });
    else if (was !== undefined && is !== undefined) changes.push(...alternativeChanges(was, is));
  }
  return changes.map(({ effect, text }) => ({ effect, text: `\`${action}\`: ${text}` }));
}

/** In one line: what has to hold, and who is asked. */
export function describeGrant(grant: Grant): string {
  return grant.alternatives.map(describeAlternative).join('; or ');
}

function hasEqual(alternatives: readonly Alternative[], sought: Alternative): boolean {
  return alternatives.some((one) => meansTheSame(keyless(one), keyless(sought)));
}

/** Its place in the list is no part of what it lets through. */
function keyless(alternative: Alternative): Alternative {
  return { ...alternative, key: '' };
}

function describeAlternative(alternative: Alternative): string {
  const { constraints, approval, repeatAllowed, enforcement, tools } = alternative;
  const parts = [
    tools === null ? '' : `tools: ${[...tools].join(', ')}`,
    ...constraints.map(describeConstraint),
    approval.type === 'tier' ? '' : approvalText(approval),
    repeatAllowed ? 'repeats allowed' : '',
    enforcement === null ? '' : `enforcement: ${enforcement}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'without constraints' : parts.join(', ');
}

function alternativeChanges(before: Alternative, after: Alternative): readonly Change[] {
  const changes = [...constraintChanges(before.constraints, after.constraints)];
  if (!meansTheSame(before.tools, after.tools)) {
    const known = before.tools !== null && after.tools !== null;
    changes.push(
      known
        ? {
            effect: byEntries(before.tools, after.tools),
            text: `tools: ${entriesText(before.tools, after.tools)}`,
          }
        : {
            effect: after.tools === null ? 'wider' : 'narrower',
            text: `tools: ${after.tools === null ? 'all of the action' : [...after.tools].join(', ')}`,
          },
    );
  }
  if (!meansTheSame(before.approval, after.approval))
    changes.push(approvalChange(before.approval, after.approval));
  if (before.repeatAllowed !== after.repeatAllowed)
    changes.push({
      effect: after.repeatAllowed ? 'wider' : 'narrower',
      text: after.repeatAllowed ? 'repeats allowed' : 'repeats no longer allowed',
    });
  if (before.enforcement !== after.enforcement)
    changes.push({
      effect: byEnforcement(before.enforcement, after.enforcement),
      text: `enforcement: ${after.enforcement ?? 'as of the agent'} (was ${before.enforcement ?? 'as of the agent'})`,
    });
  return changes;
}

const strictness = { observe: 0, warn: 1, strict: 2 } as const;

/** What is only observed lets everything through. */
export function byEnforcement(
  before: Alternative['enforcement'],
  after: Alternative['enforcement'],
): Change['effect'] {
  if (before === after) return 'same';
  if (before === null || after === null) return 'changed';
  return opposite(strictness[after] > strictness[before] ? 'wider' : 'narrower');
}
