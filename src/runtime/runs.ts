/** The life of runs: opened by an opener (or implied by a bare agent), carried by a handle, closed once. */
import { redactText } from '../content/redact.ts';
import { spentBudget } from '../engine/budget.ts';
import type { CarriedOver, GatewayEvent, HandedOver, RunEvent } from '../engine/events.ts';
import type { Held } from '../engine/hold.ts';
import { mergeLabels, noLabels } from '../engine/labels.ts';
import { limits } from '../engine/limits.ts';
import type { Labels, Run } from '../engine/run.ts';
import { everyCall } from '../engine/run-memory.ts';
import type { Principal } from '../identity/principal.ts';
import { alertEvent } from './alerts.ts';
import type { OpenHolds } from './approvals/open-holds.ts';
import { type Withdrawal, withdrawalOf, withdrawn } from './approvals/withdrawal.ts';
import { RuntimeError } from './errors.ts';
import { checkOpenRun, checkUsage } from './open-checks.ts';
import { screenOpener, writtenDown } from './opener-texts.ts';
import type {
  AgentPrincipal,
  OpenedRun,
  OpenerPrincipal,
  OpenRun,
  OperatorPrincipal,
  Usage,
} from './port.ts';
import type { RuntimePorts } from './ports.ts';
import { ancestorsMax, RunFamily } from './run-family.ts';
import { type RunHandles, sealedHandles } from './run-handles.ts';
import { RunWriters } from './run-writers.ts';
import type { RunWriter } from './writer.ts';

/** Calls of a full run that its successor remembers: the newest. */
const callsCarriedMax = 1_000;

const untrusted: Labels = { trust: 'untrusted', classes: [], subjects: [] };

/** How a run ends, and which of its holds don't end with it. */
interface RunEnd {
  readonly event: Extract<RunEvent, { type: 'run.closing' | 'run.closed' | 'run.abandoned' }>;
  readonly alert?: GatewayEvent;
}

/** A run's writer, held until the call that it was fetched for has ended. */
export interface Carried {
  readonly writer: RunWriter;
  readonly letGo: () => void;
}

export class Runs {
  readonly #ports: RuntimePorts;
  readonly #holds: OpenHolds;
  readonly #writers: RunWriters;
  readonly #family: RunFamily;
  /** The id of the implicit run of each (agent, user, credential) that called since the start. */
  readonly #implicit = new Map<string, Promise<string>>();
  readonly #handles: RunHandles;

  constructor(ports: RuntimePorts, holds: OpenHolds) {
    this.#ports = ports;
    this.#holds = holds;
    this.#writers = new RunWriters(ports);
    this.#family = new RunFamily(ports, this.#writers);
    this.#handles = sealedHandles(ports.handleKey);
  }

  /** Null: there is no such run. */
  writer(id: string): Promise<RunWriter | null> {
    return this.#writers.get(id);
  }

  /** As it stands. Null: there is no such run. */
  async now(id: string): Promise<Run | null> {
    return (await (await this.writer(id))?.current()) ?? null;
  }

  /** The runs above this one, parent first. */
  ancestors(run: Run): Promise<readonly Run[]> {
    return this.#family.ancestors(run);
  }

  /** When what these runs gave to the store up to now is written. */
  async written(runs: readonly string[]): Promise<void> {
    await Promise.all(runs.map(async (id) => (await this.writer(id))?.written()));
  }

  /** The outcome of a call was handed to the network: a repeat of it doesn't join it any more. */
  delivered(writer: RunWriter, outcome: HandedOver): Promise<void> {
    return this.#writers.delivered(writer, outcome);
  }

  /** Writes the deliveries that only this process knows of. */
  tellDelivered(): Promise<void> {
    return this.#writers.tellDelivered();
  }

  /** Lets go of what nobody needs in memory. Only from a timer. */
  makeRoom(): void {
    this.#writers.makeRoom();
  }

  /** A call of this run has ended, and the run may have been closed meanwhile. */
  ended(run: Run): Promise<void> {
    return this.#family.ended(run);
  }

  async open(principal: OpenerPrincipal, request: OpenRun): Promise<OpenedRun> {
    const policy = this.#ports.policy();
    if (principal.agents !== null && !principal.agents.includes(request.agent)) {
      throw new RuntimeError(
        'identity.scope',
        `this credential may not open runs of \`${request.agent}\``,
      );
    }
    const agent = checkOpenRun(policy, request);
    const own = this.#handles.idOf(this.#ports.randomId());
    const said = await screenOpener(this.#ports, policy, request, own);
    const { risk } = said;
    const parent =
      request.parent === null ? null : await this.#parentFor(principal, request.parent);
    const budget =
      parent === null
        ? request.budget
        : await this.#family.delegate(parent, own, agent, request.budget);
    const writer = this.#writers.begin(own);
    const appended = await writer.append(() => ({
      gatewayEvents:
        risk !== null && risk.score >= policy.content.injection.at
          ? [
              alertEvent('injection_detected', own, null, this.#ports.store.nowMs(), {
                reasons: risk.reasons,
              }),
            ]
          : [],
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
          request: said.request,
          requestTrusted: request.requestTrusted,
          only: request.only,
          budget,
          outside: request.outside.map((name) => redactText(name, this.#ports.heldSecrets())),
          dryRun: request.dryRun,
          labels: mergeLabels(
            parent?.run?.labels ?? noLabels,
            request.outside.length > 0 ? untrusted : noLabels,
          ),
          ...(risk === null ? {} : { risk }),
        },
      ],
    }));
    if (appended?.type !== 'committed')
      throw new RuntimeError('run.bad_request', 'the run could not be opened');
    return {
      run: appended.run,
      handle: this.#handles.seal(own),
      risk,
    };
  }

  /** The run that a call belongs to. Null: a handle that isn't this credential's, or two that differ. */
  async carried(principal: AgentPrincipal, handles: readonly string[]): Promise<Carried | null> {
    const [handle, ...others] = handles;
    if (others.some((other) => other !== handle)) return null;
    const writer =
      handle === undefined
        ? await this.#implicitRun(principal)
        : await this.#named(principal, handle);
    return writer === null ? null : { writer, letGo: writer.hold() };
  }

  /** The same of a run that is in memory. Null: that has to be asked of `carried`. */
  carriedAtOnce(principal: AgentPrincipal, [handle, ...others]: readonly string[]): Carried | null {
    if (handle === undefined || others.some((other) => other !== handle)) return null;
    const id = this.#handles.open(handle);
    const writer = id === null ? undefined : this.#writers.known(id);
    return writer !== undefined && isCarriedBy(principal, writer.run)
      ? { writer, letGo: writer.hold() }
      : null;
  }

  /** A stolen handle is useless: the run answers to its agent's own credential, and to its person's where one is bound. */
  async #named(principal: AgentPrincipal, handle: string): Promise<RunWriter | null> {
    const id = this.#handles.open(handle);
    if (id === null) return null;
    const writer = this.#writers.known(id) ?? (await this.writer(id));
    return writer !== null && isCarriedBy(principal, writer.run) ? writer : null;
  }

  async get(principal: Principal | OperatorPrincipal, id: string): Promise<Run> {
    const run = await (await this.writer(id))?.current();
    if (run == null || !maySee(principal, run)) {
      throw new RuntimeError('run.not_found', 'there is no such run', {
        hint: '`sallyport runs list` shows the runs',
      });
    }
    return run;
  }

  async reportUsage(principal: Principal, id: string, usage: Usage): Promise<Run> {
    const run = await this.get(principal, id);
    checkUsage(usage);
    const { steps, tokens, costMicroUsd, model } = usage;
    return this.#writers.step(run, (now) => {
      if (now.status !== 'open') throw new RuntimeError('run.closed', 'the run is closed');
      return { ...this.#writers.ofRun(now), type: 'run.usage', steps, tokens, costMicroUsd, model };
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
    const said = reason && (await writtenDown(this.#ports, this.#ports.policy(), reason, id));
    return this.#end(run.id, (now) => {
      // Who gave it up after all, gives up what it still waits for.
      if (now.status !== 'open' && !(now.status === 'closing' && as === 'failure'))
        throw new RuntimeError('run.closed', 'the run is closed already');
      const ofRun = this.#writers.ofRun(now);
      const waits = as === 'success' && !now.implicit && this.#waitsFor(now).length > 0;
      return {
        event: waits
          ? { ...ofRun, type: 'run.closing', by, reason: said }
          : { ...ofRun, type: 'run.closed', as, by, reason: said },
      };
    });
  }

  /** A hold of this run is over: one that was only open for those ends with the last of them. */
  async settled(id: string): Promise<void> {
    const { run } = (await this.writer(id)) ?? {};
    if (run?.status !== 'closing' || this.#waitsFor(run).length > 0) return;
    await this.#end(id, (now) =>
      now.status !== 'closing' || this.#waitsFor(now).length > 0
        ? null
        : { event: this.#closed(now, 'what it waited for is settled') },
    ).catch((error: unknown) => {
      if (!(error instanceof RuntimeError)) throw error;
    });
  }

  /** Ends a run that nobody closed in time, with its alert. Null: somebody closed it after all. */
  async abandon(id: string): Promise<Run | null> {
    try {
      return await this.#end(id, (run) => {
        if (run.status !== 'open') return null;
        const ofRun = this.#writers.ofRun(run);
        return {
          event: { ...ofRun, type: 'run.abandoned' },
          alert: alertEvent('run_abandoned', id, null, ofRun.atMs, { agent: run.agent }),
        };
      });
    } catch (error) {
      if (error instanceof RuntimeError) return null;
      throw error;
    }
  }

  /** Whether people are asked in a run below this one: what they agree to there isn't done any more once this one has ended. */
  async waitsBelow(id: string): Promise<boolean> {
    for (const run of new Set(this.#holds.inOrder().map((hold) => hold.run))) {
      const below = await this.now(run);
      const above = below === null ? [] : await this.ancestors(below);
      if (above.some((one) => one.id === id)) return true;
    }
    return false;
  }

  /** What people may still answer, or have agreed to and is about to be done. */
  #waitsFor(run: Run): readonly Held[] {
    return run.held.filter((held) => this.#isPending(held));
  }

  #isPending({ id, state }: Held): boolean {
    const isUnderWay = state === 'approved' && this.#holds.get(id)?.performing != null;
    return state === 'waiting' || isUnderWay;
  }

  /**
   * Ends a run, and withdraws what it waits for; or begins to, and withdraws only what nobody will come for.
   *
   * @param make - null: it is to go on.
   */
  async #end(id: string, make: (run: Run) => RunEnd | null): Promise<Run> {
    const writer = await this.writer(id);
    let held: Withdrawal['held'] = [];
    const appended = await writer?.append((run) => {
      const end = run === null ? null : make(run);
      if (run === null || end === null) return null;
      const { event, alert } = end;
      const { type, policy, atMs } = event;
      const why = type === 'run.abandoned' ? type : 'run.closed';
      // An answer to what nobody asked for any more would be an answer to nothing.
      const goes = (one: Held): boolean => type !== 'run.closing' || !this.#isPending(one);
      const withdrawal = withdrawalOf(run, why, { policy, atMs }, goes);
      held = withdrawal.held;
      return {
        events: [...withdrawal.events, event],
        gatewayEvents: alert === undefined ? [] : [alert],
        writes: withdrawal.writes,
      };
    });
    if (appended?.type !== 'committed')
      throw new RuntimeError('run.not_found', 'there is no such run');
    withdrawn(this.#holds, id, held);
    if (appended.run.status !== 'closing') await this.#family.giveBack(appended.run);
    return appended.run;
  }

  #closed(run: Run, reason: string): RunEnd['event'] {
    return {
      ...this.#writers.ofRun(run),
      type: 'run.closed',
      as: 'success',
      by: 'sallyport',
      reason,
    };
  }

  /** One implicit run per (agent, user, credential): a bare client can't shed labels or budgets by reconnecting. */
  async #implicitRun(principal: AgentPrincipal): Promise<RunWriter> {
    const key = JSON.stringify([principal.agent, principal.user, principal.credential]);
    for (;;) {
      const current = this.#implicit.get(key) ?? this.#openImplicit(principal);
      // Calls that arrive together share one opening.
      this.#implicit.set(key, current);
      const forget = (): void => {
        if (this.#implicit.get(key) === current) this.#implicit.delete(key);
      };
      try {
        const opened = await current;
        const writer = this.#writers.known(opened) ?? (await this.writer(opened));
        if (writer !== null && goesOn(writer.run)) return writer;
        forget();
      } catch (error) {
        forget();
        throw error;
      }
    }
  }

  async #openImplicit(principal: AgentPrincipal): Promise<string> {
    const { store } = this.#ports;
    // A successor remembers what the store knows of its predecessor.
    await this.tellDelivered();
    const previous = await store.findImplicitRun(
      principal.agent,
      principal.user,
      principal.credential,
    );
    if (previous !== null && goesOn(previous)) return previous.id;
    if (previous?.status === 'open') {
      // What it asked people isn't asked in the successor: there the same call is asked about anew, and made once.
      await this.#end(previous.id, (now) => ({
        event: this.#closed(now, 'continued by a successor'),
      }));
    }
    const id = this.#handles.idOf(this.#ports.randomId());
    const writer = this.#writers.begin(id);
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
          // Coarser, never cleaner: a closed or full predecessor leaves its labels, and what its window has spent.
          labels: mergeLabels(untrusted, previous?.labels ?? noLabels),
          ...this.#carriedOver(previous),
        },
      ],
    }));
    return id;
  }

  /**
   * Else ten thousand quick refusals would buy a fresh budget, and a second effect of what was done. Closed by a person,
   * a run is settled: what goes on knows only that something was read before.
   */
  #carriedOver(previous: Run | null): { carried: CarriedOver } | undefined {
    const agent = previous === null ? undefined : this.#ports.policy().agents.get(previous.agent);
    if (previous === null) return undefined;
    const holding = previous.holdsNext !== null ? { holdsNext: true as const } : {};
    if (agent === undefined || previous.toolCalls < limits.runCallsMax)
      return { carried: { spent: {}, calls: [], ...holding } };
    const nowMs = this.#ports.store.nowMs();
    const { steps, toolCalls, tokens, costMicroUsd } = spentBudget(agent, previous, nowMs);
    const calls = everyCall(previous.remembered)
      .filter((call) => call.state !== 'failed' && nowMs - call.atMs < limits.implicitMemoryMs)
      .sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? -1 : 1))
      .slice(0, callsCarriedMax)
      // Its end will be written in the run that it began in. Whoever repeats it here waits for it, or learns that
      // nobody knows.
      .map((call) =>
        call.state === 'started' ? { ...call, state: 'indeterminate' as const } : call,
      );
    return { carried: { spent: { steps, toolCalls, tokens, costMicroUsd }, calls, ...holding } };
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
}

/** A full run goes on in a successor. */
function goesOn(run: Run | null): boolean {
  return run !== null && run.status === 'open' && run.toolCalls < limits.runCallsMax;
}

/** By its handle. */
function isCarriedBy(principal: AgentPrincipal, run: Run | null): boolean {
  return run !== null && !run.implicit && mayCarry(principal, run);
}

function mayCarry(principal: AgentPrincipal, run: Run): boolean {
  return principal.agent === run.agent && (principal.user === null || principal.user === run.user);
}

function maySee(principal: Principal | OperatorPrincipal, run: Run): boolean {
  if (principal.type === 'operator') return true;
  if (principal.type === 'opener')
    return principal.agents === null || principal.agents.includes(run.agent);
  return mayCarry(principal, run) && (!run.implicit || run.credential === principal.credential);
}
