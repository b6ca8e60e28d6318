/** The life of runs: opened by an opener (or implied by a bare agent), carried by a handle, closed once. */
import { parseKind } from '../content/kinds.ts';
import { budgetNames, effectiveBudget, remainingBudget } from '../engine/budget.ts';
import type { RunEvent } from '../engine/events.ts';
import { mergeLabels, noLabels } from '../engine/labels.ts';
import type { CaseValues, Labels, Run, RunBudget } from '../engine/run.ts';
import type { Principal } from '../identity/principal.ts';
import type { Agent, Policy } from '../policy/model.ts';
import { StoreError } from '../store/errors.ts';
import { RuntimeError } from './errors.ts';
import type {
  AgentPrincipal,
  OpenedRun,
  OpenerPrincipal,
  OpenRun,
  OperatorPrincipal,
  Usage,
} from './port.ts';
import type { RuntimePorts } from './ports.ts';
import { RunWriter } from './writer.ts';

const handlePrefix = 'spr_';
const idPrefix = 'run_';
const handleForm = /^spr_([0-9A-Za-z_-]{24})$/;

/** Idle writers kept in memory, so that the next call of their run needs no load. */
const writersMax = 5_000;
/** A run ends at this many calls; an implicit one goes on in a successor with the same labels. */
export const callsPerRunMax = 10_000;

/** Deeper than this, agents are calling themselves. */
const ancestorsMax = 16;

const untrusted: Labels = { trust: 'untrusted', classes: [], subjects: [] };

export class Runs {
  readonly #ports: RuntimePorts;
  readonly #writers = new Map<string, RunWriter>();
  readonly #implicit = new Map<string, Promise<RunWriter>>();

  constructor(ports: RuntimePorts) {
    this.#ports = ports;
  }

  async open(principal: OpenerPrincipal, request: OpenRun): Promise<OpenedRun> {
    const policy = this.#ports.policy();
    if (principal.agents !== null && !principal.agents.includes(request.agent)) {
      throw new RuntimeError(
        'identity.scope',
        `this credential may not open runs of \`${request.agent}\``,
      );
    }
    const agent = policy.agents.get(request.agent);
    if (agent === undefined)
      throw new RuntimeError('run.bad_request', `the policy knows no agent \`${request.agent}\``);
    checkUser(policy, agent, request.user);
    checkCase(agent, request.case);
    const parent =
      request.parent === null ? null : await this.#parentFor(principal, request.parent);

    const own = idPrefix + this.#ports.randomId();
    const budget =
      parent === null ? request.budget : await this.#delegate(parent, own, agent, request.budget);
    const writer = new RunWriter(this.#ports.store, own, null);
    this.#keep(writer);
    const appended = await writer.append(() => ({
      events: [
        {
          v: 1,
          type: 'run.opened',
          atMs: this.#ports.store.nowMs(),
          run: own,
          agent: agent.name,
          user: request.user,
          policy: policy.hash,
          implicit: false,
          credential: principal.credential,
          parent: request.parent,
          case: request.case,
          request: request.request,
          requestTrusted: request.requestTrusted,
          only: request.only,
          budget,
          outside: request.outside,
          dryRun: request.dryRun,
          labels: mergeLabels(
            parent?.run?.labels ?? noLabels,
            request.outside.length > 0 ? untrusted : noLabels,
          ),
        },
      ],
    }));
    if (appended?.type !== 'committed')
      throw new RuntimeError('run.bad_request', 'the run could not be opened');
    return { run: appended.run, handle: handlePrefix + own.slice(idPrefix.length) };
  }

  /** The run that a call belongs to. Null: a handle that isn't this credential's, or two that differ. */
  async carried(principal: AgentPrincipal, handles: readonly string[]): Promise<RunWriter | null> {
    const [handle, ...others] = handles;
    if (handle === undefined) return this.#implicitRun(principal);
    if (others.some((other) => other !== handle)) return null;
    const [, random] = handleForm.exec(handle) ?? [];
    if (random === undefined) return null;
    const writer = await this.writer(idPrefix + random);
    const run = writer?.run;
    // A stolen handle is useless: the run answers to its agent's own credential, and to its person's where one is bound.
    if (writer === null || run == null || run.implicit || !mayCarry(principal, run)) return null;
    return writer;
  }

  async get(principal: Principal | OperatorPrincipal, id: string): Promise<Run> {
    const writer = await this.writer(id);
    const run = writer?.run;
    if (run == null || !maySee(principal, run)) {
      throw new RuntimeError('run.not_found', 'there is no such run', {
        hint: '`sallyport runs list` shows the runs',
      });
    }
    return run;
  }

  async reportUsage(principal: Principal, id: string, usage: Usage): Promise<Run> {
    const run = await this.get(principal, id);
    return this.#step(run, (now) => {
      if (now.status !== 'open') throw new RuntimeError('run.closed', 'the run is closed');
      return { ...this.#ofRun(now), type: 'run.usage', ...usage };
    });
  }

  async close(
    principal: OpenerPrincipal | OperatorPrincipal,
    id: string,
    as: 'success' | 'failure',
    reason: string | null,
  ): Promise<Run> {
    const run = await this.get(principal, id);
    const by = principal.type === 'operator' ? 'operator' : principal.name;
    const closed = await this.#step(run, (now) => {
      if (now.status !== 'open') throw new RuntimeError('run.closed', 'the run is closed already');
      return { ...this.#ofRun(now), type: 'run.closed', as, by, reason };
    });
    await this.#giveBack(closed);
    return closed;
  }

  /** Ends a run that nobody closed in time. The alert is the caller's. */
  async abandon(id: string): Promise<Run | null> {
    const writer = await this.writer(id);
    const appended = await writer?.append((run) =>
      run?.status === 'open' ? { events: [{ ...this.#ofRun(run), type: 'run.abandoned' }] } : null,
    );
    if (appended?.type !== 'committed') return null;
    await this.#giveBack(appended.run);
    return appended.run;
  }

  /** The runs above this one, parent first: a child never has more than any of them. */
  async ancestors(run: Run): Promise<readonly Run[]> {
    const above: Run[] = [];
    let parent = run.parent;
    while (parent !== null && above.length < ancestorsMax) {
      const ancestor: Run | null | undefined = (await this.writer(parent))?.run;
      if (ancestor == null) throw new StoreError('store.corrupt', 'a run lost its parent');
      above.push(ancestor);
      parent = ancestor.parent;
    }
    return above;
  }

  async writer(id: string): Promise<RunWriter | null> {
    const kept = this.#writers.get(id);
    if (kept !== undefined) return kept;
    const run = await this.#ports.store.loadRun(id);
    if (run === null) return null;
    // Somebody else may have loaded it meanwhile: there must never be two writers of one run.
    const raced = this.#writers.get(id);
    if (raced !== undefined) return raced;
    const writer = new RunWriter(this.#ports.store, id, run);
    this.#keep(writer);
    return writer;
  }

  #ofRun(run: Run): {
    v: 1;
    atMs: number;
    run: string;
    agent: string;
    user: string | null;
    policy: string;
  } {
    return {
      v: 1,
      atMs: this.#ports.store.nowMs(),
      run: run.id,
      agent: run.agent,
      user: run.user,
      policy: this.#ports.policy().hash,
    };
  }

  async #step(run: Run, make: (now: Run) => RunEvent): Promise<Run> {
    const writer = await this.writer(run.id);
    const appended = await writer?.append((now) => (now === null ? null : { events: [make(now)] }));
    if (appended?.type !== 'committed')
      throw new RuntimeError('run.not_found', 'there is no such run');
    return appended.run;
  }

  /** One implicit run per (agent, user, credential): a bare client can't shed labels or budgets by reconnecting. */
  async #implicitRun(principal: AgentPrincipal): Promise<RunWriter> {
    const key = JSON.stringify([principal.agent, principal.user, principal.credential]);
    for (;;) {
      const current = this.#implicit.get(key);
      if (current === undefined) {
        // Calls that arrive together share one opening.
        const opening = this.#openImplicit(principal);
        this.#implicit.set(key, opening);
        opening.catch(() => this.#implicit.delete(key));
        return opening;
      }
      const writer = await current;
      if (goesOn(writer.run)) return writer;
      if (this.#implicit.get(key) === current) this.#implicit.delete(key);
    }
  }

  async #openImplicit(principal: AgentPrincipal): Promise<RunWriter> {
    const { store } = this.#ports;
    const previous = await store.findImplicitRun(
      principal.agent,
      principal.user,
      principal.credential,
    );
    if (previous !== null && goesOn(previous)) {
      const writer = await this.writer(previous.id);
      if (writer !== null) return writer;
    }
    if (previous?.status === 'open') {
      await this.#step(previous, (now) => ({
        ...this.#ofRun(now),
        type: 'run.closed',
        as: 'success',
        by: 'sallyport',
        reason: 'continued by a successor',
      }));
    }
    const id = idPrefix + this.#ports.randomId();
    const writer = new RunWriter(store, id, null);
    this.#keep(writer);
    await writer.append(() => ({
      events: [
        {
          v: 1,
          type: 'run.opened',
          atMs: store.nowMs(),
          run: id,
          agent: principal.agent,
          user: principal.user,
          policy: this.#ports.policy().hash,
          implicit: true,
          credential: principal.credential,
          parent: null,
          case: {},
          request: null,
          requestTrusted: false,
          only: null,
          budget: {},
          outside: [],
          dryRun: false,
          // Coarser, never cleaner: a closed or full predecessor leaves its labels.
          labels: mergeLabels(untrusted, previous?.labels ?? noLabels),
        },
      ],
    }));
    return writer;
  }

  async #parentFor(principal: OpenerPrincipal, id: string): Promise<RunWriter> {
    const run = await this.get(principal, id);
    const writer = await this.writer(run.id);
    if (
      writer === null ||
      run.implicit ||
      run.status !== 'open' ||
      (await this.ancestors(run)).length >= ancestorsMax - 1
    )
      throw new RuntimeError('run.closed', 'the parent run is not open');
    return writer;
  }

  /** Takes the child's budget out of the parent's. What isn't named is all that the parent has left. */
  async #delegate(
    parent: RunWriter,
    child: string,
    agent: Agent,
    asked: RunBudget,
  ): Promise<RunBudget> {
    let given: RunBudget = {};
    const appended = await parent.append((run) => {
      const policy = this.#ports.policy();
      const parentAgent = run === null ? undefined : policy.agents.get(run.agent);
      if (run === null || run.status !== 'open' || parentAgent === undefined)
        throw new RuntimeError('run.closed', 'the parent run is not open');
      given = carveBudget(
        effectiveBudget(agent, asked),
        remainingBudget(parentAgent, run, this.#ports.store.nowMs()),
      );
      return { events: [{ ...this.#ofRun(run), type: 'run.delegated', child, budget: given }] };
    });
    if (appended?.type !== 'committed')
      throw new RuntimeError('run.bad_request', 'the parent run could not be drawn on');
    return given;
  }

  async #giveBack(child: Run): Promise<void> {
    if (child.parent === null || child.implicit) return;
    const parent = await this.writer(child.parent);
    const left = (granted: number | undefined, used: number): number =>
      Math.max(0, (granted ?? 0) - used);
    const unused: RunBudget = {
      toolCalls: left(child.budget.toolCalls, child.toolCalls),
      steps: left(child.budget.steps, child.steps),
      tokens: left(child.budget.tokens, child.tokens),
      costMicroUsd: left(child.budget.costMicroUsd, child.costMicroUsd),
    };
    await parent?.append((run) =>
      run === null
        ? null
        : {
            events: [
              {
                ...this.#ofRun(run),
                type: 'run.returned',
                child: child.id,
                unused,
                labels: child.labels,
              },
            ],
          },
    );
  }

  #keep(writer: RunWriter): void {
    this.#writers.set(writer.id, writer);
    if (this.#writers.size <= writersMax) return;
    for (const [id, old] of this.#writers) {
      if (old.idle && old !== writer) {
        this.#writers.delete(id);
        if (this.#writers.size <= writersMax) return;
      }
    }
  }
}

function goesOn(run: Run | null): boolean {
  return run !== null && run.status === 'open' && run.toolCalls < callsPerRunMax;
}

function mayCarry(principal: AgentPrincipal, run: Run): boolean {
  return principal.agent === run.agent && (principal.user === null || principal.user === run.user);
}

function maySee(principal: Principal | OperatorPrincipal, run: Run): boolean {
  if (principal.type === 'operator') return true;
  if (principal.type === 'agent') return mayCarry(principal, run);
  return principal.agents === null || principal.agents.includes(run.agent);
}

function checkUser(policy: Policy, agent: Agent, user: string | null): void {
  if (user === null) {
    if (agent.unattendedOwner === null) {
      throw new RuntimeError('run.bad_request', `runs of \`${agent.name}\` need a user`, {
        hint: 'name a `user`, or declare `unattended: { owner: role }` for the agent',
      });
    }
    return;
  }
  if (!policy.users.has(user))
    throw new RuntimeError('run.bad_request', 'the policy knows no such user');
}

/** Every declared name is bound, by a value that its kind can read; nothing else is. */
function checkCase(agent: Agent, values: CaseValues): void {
  const problems: string[] = [];
  for (const [name, declaration] of agent.caseNames) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) problems.push(`\`${name}\` is not bound`);
    else if (declaration.type === 'one_of') {
      if (typeof value !== 'string' || !declaration.values.includes(value))
        problems.push(`\`${name}\` has to be one of ${declaration.values.join(', ')}`);
    } else if (parseKind(declaration.kind, value).type === 'unparsable')
      problems.push(`\`${name}\` is no ${declaration.kind.name}`);
  }
  for (const name of Object.keys(values))
    if (!agent.caseNames.has(name)) problems.push(`the agent declares no \`${name.slice(0, 64)}\``);
  if (problems.length > 0)
    throw new RuntimeError('run.bad_request', `the case doesn't fit: ${problems.join('; ')}`);
}

/** A child's budget: what was asked for, never more than is left. */
function carveBudget(asked: RunBudget, left: RunBudget): RunBudget {
  const budget: Partial<Record<keyof RunBudget, number>> = {};
  for (const name of budgetNames) {
    const max = Math.min(
      asked[name] ?? Number.POSITIVE_INFINITY,
      left[name] ?? Number.POSITIVE_INFINITY,
    );
    if (Number.isFinite(max)) budget[name] = max;
  }
  return budget;
}
