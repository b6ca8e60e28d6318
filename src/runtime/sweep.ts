/** Runs that nobody closed: a minute past their duration they are `abandoned`, with an alert. */
import { effectiveBudget, limitIn, spentBudget } from '../engine/budget.ts';
import type { RunBudget, RunStatus } from '../engine/run.ts';
import type { Agent } from '../policy/model.ts';
import type { RunSummary } from '../store/port.ts';
import { describe } from './attempt.ts';
import type { RuntimePorts } from './ports.ts';
import type { Runs } from './runs.ts';

const graceMs = 60_000;
const runsPerPage = 1_000;

export class Sweep {
  readonly #ports: RuntimePorts;
  readonly #runs: Runs;
  /** What their openers allowed the runs that are open: it never changes, and loading each run every time would. */
  #budgets = new Map<string, RunBudget>();
  #underWay: Promise<readonly string[]> | null = null;

  constructor(ports: RuntimePorts, runs: Runs) {
    this.#ports = ports;
    this.#runs = runs;
  }

  /** @returns the ids of the runs that were abandoned. A sweep that is still under way is joined. */
  sweep(): Promise<readonly string[]> {
    this.#underWay ??= this.#sweep().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #sweep(): Promise<readonly string[]> {
    const nowMs = this.#ports.store.nowMs();
    const budgets = new Map<string, RunBudget>();
    const abandoned: string[] = [];
    for await (const summary of this.#with('open')) {
      const agent = this.#ports.policy().agents.get(summary.agent);
      if (summary.implicit || agent === undefined || nowMs - summary.openedAtMs < graceMs) continue;
      const budget = this.#budgets.get(summary.run) ?? (await this.#budgetOf(summary.run));
      budgets.set(summary.run, budget);
      const { durationMs } = effectiveBudget(agent, budget);
      if (durationMs === undefined || nowMs < summary.openedAtMs + durationMs + graceMs) continue;
      // Not by the calendar: time that people take to answer isn't the run's.
      if (!(await this.#isOver(summary.run, agent))) continue;
      budgets.delete(summary.run);
      if (await this.#abandon(summary.run)) abandoned.push(summary.run);
    }
    this.#budgets = budgets;
    // Closed while people were asked, and gone before it could be written that they had answered.
    for await (const { run } of this.#with('closing'))
      await this.#runs.settled(run).catch((error: unknown) => this.#stuck(run, error));
    return abandoned;
  }

  /** One run that can't be read must not keep the others open: it ends by its agent's budget, and no call can use it. */
  async #budgetOf(run: string): Promise<RunBudget> {
    try {
      return (await this.#ports.store.loadRun(run))?.budget ?? {};
    } catch (error) {
      this.#stuck(run, error);
      return {};
    }
  }

  async #isOver(id: string, agent: Agent): Promise<boolean> {
    try {
      const run = await this.#runs.now(id);
      const limit = run === null ? null : limitIn(agent, run, 'durationMs');
      const spent = run === null ? null : spentBudget(agent, run, this.#ports.store.nowMs());
      if (limit !== null && spent !== null && spent.durationMs < limit.max + graceMs) return false;
      return !(await this.#runs.waitsBelow(id));
    } catch (error) {
      this.#stuck(id, error);
      return false;
    }
  }

  async #abandon(run: string): Promise<boolean> {
    try {
      return (await this.#runs.abandon(run)) !== null;
    } catch (error) {
      this.#stuck(run, error);
      return false;
    }
  }

  #stuck(run: string, error: unknown): void {
    this.#ports.log({ level: 'error', event: 'sweep.stuck', run, error: describe(error) });
  }

  async *#with(status: RunStatus): AsyncGenerator<RunSummary> {
    let before: string | undefined;
    for (;;) {
      const page = await this.#ports.store.listRuns({
        status,
        limit: runsPerPage,
        ...(before === undefined ? {} : { before }),
      });
      yield* page;
      before = page.at(-1)?.run;
      if (page.length < runsPerPage) return;
    }
  }
}
