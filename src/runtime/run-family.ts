/** Runs below runs: a child never has more than any above it, and what it read reaches all of them. */
import { budgetNames, effectiveBudget, remainingBudget } from '../engine/budget.ts';
import { returnedHistory } from '../engine/history.ts';
import type { Run, RunBudget } from '../engine/run.ts';
import type { Agent } from '../policy/model.ts';
import { StoreError } from '../store/errors.ts';
import { RuntimeError } from './errors.ts';
import type { RuntimePorts } from './ports.ts';
import type { RunWriters } from './run-writers.ts';
import type { RunWriter } from './writer.ts';

/** Deeper than this, agents are calling themselves. */
export const ancestorsMax = 16;

/** Children that one run may have had: what was lent to each is read back from its events. */
const delegationsMax = 10_000;

type Amounts = { -readonly [name in keyof RunBudget]?: number };

export class RunFamily {
  readonly #ports: RuntimePorts;
  readonly #writers: RunWriters;

  constructor(ports: RuntimePorts, writers: RunWriters) {
    this.#ports = ports;
    this.#writers = writers;
  }

  /** The runs above this one, parent first: a child never has more than any of them. */
  async ancestors(run: Run): Promise<readonly Run[]> {
    const above: Run[] = [];
    let parent = run.parent;
    while (parent !== null && above.length < ancestorsMax) {
      const ancestor: Run | null | undefined = await (await this.#writers.get(parent))?.current();
      if (ancestor == null) throw new StoreError('store.corrupt', 'a run lost its parent');
      above.push(ancestor);
      parent = ancestor.parent;
    }
    return above;
  }

  /**
   * Takes the child's budget out of the parent's. What isn't named is all that the parent has left; what nothing bounds
   * in the parent isn't taken from it.
   */
  async delegate(
    parent: RunWriter,
    child: string,
    agent: Agent,
    asked: RunBudget,
  ): Promise<RunBudget> {
    let given: RunBudget = {};
    const appended = await parent.append((run) => {
      const parentAgent = run === null ? undefined : this.#ports.policy().agents.get(run.agent);
      if (run === null || run.status !== 'open' || parentAgent === undefined)
        throw new RuntimeError('run.closed', 'the parent run is not open');
      const left = remainingBudget(parentAgent, run, this.#ports.store.nowMs());
      given = smaller(effectiveBudget(agent, asked), left);
      const lent: Amounts = {};
      for (const name of budgetNames)
        if (left[name] !== undefined && given[name] !== undefined) lent[name] = given[name];
      return {
        events: [{ ...this.#writers.ofRun(run), type: 'run.delegated', child, budget: lent }],
      };
    });
    if (appended?.type !== 'committed')
      throw new RuntimeError('run.bad_request', 'the parent run could not be drawn on');
    return given;
  }

  /** The child was closed: what it has left comes back. */
  async giveBack(closed: Run): Promise<void> {
    if (closed.parent === null) return;
    // With the calls that are still in flight: they are spent.
    const child = (await (await this.#writers.get(closed.id))?.current()) ?? closed;
    const lent = await this.#lentTo(closed.parent, child.id);
    const unused: Amounts = {};
    for (const name of ['steps', 'toolCalls', 'tokens', 'costMicroUsd'] as const) {
      const granted = lent[name];
      if (granted !== undefined) unused[name] = Math.max(0, granted - child[name]);
    }
    await this.#tellAbove(child, unused);
  }

  async #lentTo(parent: string, child: string): Promise<RunBudget> {
    const delegations = await this.#ports.store.events({
      run: parent,
      type: 'run.delegated',
      limit: delegationsMax,
      newestFirst: true,
    });
    for (const { event } of delegations)
      if (event.type === 'run.delegated' && event.child === child) return event.budget;
    return {};
  }

  /** What a child didn't use and what it has read, to its parent; through one that is closed itself, on to those above. */
  async #tellAbove(child: Run, unused: RunBudget): Promise<void> {
    if (child.parent === null) return;
    const parent = await this.#writers.get(child.parent);
    const appended = await parent?.append((run) =>
      run === null
        ? null
        : {
            events: [
              {
                ...this.#writers.ofRun(run),
                type: 'run.returned',
                child: child.id,
                unused,
                labels: child.labels,
                ...returnedHistory(child),
                ...(child.holdsNext !== null ? { holdsNext: true } : {}),
              },
            ],
          },
    );
    if (appended?.type === 'committed' && appended.run.status !== 'open')
      await this.#tellAbove(appended.run, {});
  }

  /**
   * A call of this run has ended. Of a run that was closed meanwhile, what the call read must still reach the runs above:
   * else closing a child in the middle of a read would wash its labels off.
   */
  async ended(run: Run): Promise<void> {
    if (run.status !== 'open') await this.#tellAbove(run, {});
  }
}

/** What was asked for, never more than is left. */
function smaller(asked: RunBudget, left: RunBudget): RunBudget {
  const budget: Amounts = {};
  for (const name of budgetNames) {
    const max = Math.min(
      asked[name] ?? Number.POSITIVE_INFINITY,
      left[name] ?? Number.POSITIVE_INFINITY,
    );
    if (Number.isFinite(max)) budget[name] = max;
  }
  return budget;
}
