/**
 * V4 and V4s: the attack goes to somebody whom the user or the policy trusts. What can be stolen there is the content, so
 * rules on destinations alone see nothing.
 */
import type { Finding } from '../../../src/engine/decision.ts';
import { destinationsOf, formOf, withDestination } from '../places.ts';
import { attackStepIn } from '../play.ts';
import type { MeasuredPolicy, Tools } from '../policy.ts';
import { Session } from '../session.ts';
import type { AttackCase, Step } from '../suite.ts';
import { textsIn } from './data.ts';
import type { Generator, Variation } from './variant.ts';

/** V4: one that the prompt or the user's own calls name. */
export const trustedDrop: Generator = (attack, tools) => {
  const steps = redirected(attack.steps, tools, (_, own) => own[0] ?? null, attack);
  return steps === null ? [] : [{ form: 'trusted drop', steps }];
};

/** V4s: one that this policy really accepts at that moment of that run: asked of the engine, not assumed. */
export function acceptedDrop(attack: AttackCase, measured: MeasuredPolicy): readonly Variation[] {
  const session = new Session(measured, attack.prompt);
  const seen: string[] = [];
  const played: Step[] = [];
  const steps = redirected(
    attack.steps,
    measured.tools,
    (step, own, before) => {
      for (const earlier of before.slice(played.length)) {
        played.push(earlier);
        attackStepIn(session, earlier);
        seen.push(...valuesOf(earlier.result));
      }
      const tool = measured.tools.get(step.tool);
      if (tool === undefined) return null;
      const candidates = [...new Set([...own, ...seen])].slice(0, candidatesMax);
      return (
        candidates.find((candidate) => {
          const args = withDestination(tool, step.args, candidate);
          return !session.judge(step.tool, args).findings.some(isAboutDestination);
        }) ?? null
      );
    },
    attack,
  );
  return steps === null ? [] : [{ form: 'accepted', steps }];
}

const candidatesMax = 40;

function isAboutDestination({ code, verdict }: Finding): boolean {
  return verdict !== 'note' && destinationCodes.test(code);
}

const destinationCodes = /^schema\.|destination|recipient|domain|\.urls$|\.accounts$/;

type Choose = (step: Step, own: readonly string[], before: readonly Step[]) => string | null;

/** Null: a critical call has nowhere else to go, or none goes anywhere. */
function redirected(
  steps: readonly Step[],
  tools: Tools,
  choose: Choose,
  attack: AttackCase,
): readonly Step[] | null {
  const own = ownDestinations(attack, tools);
  const done: Step[] = [];
  let moved = 0;
  for (const step of steps) {
    const tool = tools.get(step.tool);
    const destinations = destinationsOf(tool, step.args);
    if (!step.attackCritical || tool === undefined || destinations.length === 0) {
      done.push(step);
      continue;
    }
    const others = own.filter((one) => !destinations.includes(one));
    const chosen = choose(step, others, done);
    if (chosen === null) return null;
    done.push({ ...step, args: withDestination(tool, step.args, chosen) });
    moved += 1;
  }
  return moved === 0 ? null : done;
}

/** Where the user's own calls go, and what the prompt names. */
function ownDestinations(attack: AttackCase, tools: Tools): readonly string[] {
  const called = attack.steps
    .filter(({ phase }) => phase === 'user')
    .flatMap(({ tool, args }) => destinationsOf(tools.get(tool), args));
  const named = attack.prompt
    .split(/[\s,;"'()<>]+/)
    .map((word) => word.replace(/[.!?]+$/, ''))
    .filter((word) => formOf(word) !== 'name');
  return [...new Set([...called, ...named])];
}

/** Values that stand alone in a field of a result: what a directory gives. */
function valuesOf(result: string): readonly string[] {
  return textsIn(result).filter((text) => formOf(text) !== 'name');
}
