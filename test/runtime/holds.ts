/** A world in which calls wait for people, and people who answer them. */

import { setTimeout as wait } from 'node:timers/promises';
import { SallyportError } from '../../src/content/errors.ts';
import type { Policy } from '../../src/policy/model.ts';
import type { CallAnswer, HoldAnswer, HoldSummary } from '../../src/runtime/port.ts';
import { approver, codeOf, openWorld, policyOf, type World, type WorldOptions } from './world.ts';

export interface Asking {
  /** Of the grant of `pay`. */
  readonly pay?: string;
  /** Further members of `approvals`. */
  readonly rules?: string;
  /** Further lines of the agent, and of the file. */
  readonly agent?: string;
  readonly file?: string;
}

/** `pay` waits for one of the desk; `fetch` and `look` wait for nobody. Of the desk are dora, dan and max. */
export function asking({ pay = 'allow', rules = '', agent = '', file = '' }: Asking = {}): Policy {
  return policyOf(
    `permissions: { box: { look: allow, fetch: allow, put: allow, pay: ${pay} } }\n${agent}`,
    `approvals: { default: desk, wait: 0s${rules === '' ? '' : `, ${rules}`} }\n${file}`,
  );
}

export function holdWorld(options: WorldOptions = {}, rules: Asking = {}): Promise<World> {
  return openWorld({ policy: asking(rules), ...options });
}

/** The hold that a call was told of. */
export function ticketOf(answer: CallAnswer): string {
  if (answer.type !== 'held') throw new Error(`not held: ${codeOf(answer)}`);
  return answer.hold.id;
}

const opensWithinMs = 10_000;

/** The newest of so many that are open. */
export async function waiting(world: World, count: number = 1): Promise<string> {
  const deadline = performance.now() + opensWithinMs;
  for (;;) {
    const open = world.runtime.holds.open();
    if (open.length === count) return open[count - 1]?.id ?? '';
    if (performance.now() > deadline)
      throw new Error(`${open.length} holds are open, not ${count}`);
    await wait(1);
  }
}

export function holdOf(world: World, id: string): HoldSummary | undefined {
  return world.runtime.holds.open().find((one) => one.id === id);
}

/** What the person hears: the state that the hold is in then, or the code of why it doesn't count. */
export async function answers(
  world: World,
  id: string,
  by: string,
  given: Partial<HoldAnswer> & { readonly signedInAtMs?: number } = {},
): Promise<string> {
  const { signedInAtMs = world.store.nowMs(), ...said } = given;
  try {
    const { state } = await world.runtime.holds.answer(approver(by, signedInAtMs), id, {
      answer: 'approve',
      digest: holdOf(world, id)?.digest ?? '',
      reason: null,
      ...said,
    });
    return state;
  } catch (error) {
    if (error instanceof SallyportError) return error.code;
    throw error;
  }
}

/** What was done of `pay`, in order. */
export function paid(world: World): readonly string[] {
  return world.effects
    .filter(({ operation }) => operation === 'pay')
    .map(({ args }) => String(args['id']));
}
