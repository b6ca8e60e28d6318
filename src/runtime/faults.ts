/**
 * Refusals that no decision made: a handle that is somebody else's, a fault of ours before a call was decided or after it
 * was let through. Each is recorded, in the spool where the store can't; without that the gateway is out of service.
 */
import { redactText } from '../content/redact.ts';
import type { FindingCode } from '../engine/codes.ts';
import { StoreError } from '../store/errors.ts';
import { type Attempt, describe, type Settled, type Started } from './attempt.ts';
import type { AgentPrincipal, CallAnswer, Proposal, Refusal } from './port.ts';
import type { RuntimePorts } from './ports.ts';
import { cutText } from './record.ts';
import { plainRefusal } from './refusals.ts';

export class Faults {
  readonly #ports: RuntimePorts;

  constructor(ports: RuntimePorts) {
    this.#ports = ports;
  }

  /** The record names the credential; the agent learns nothing of the run. */
  async foreignHandle({ credential }: AgentPrincipal, id: string): Promise<CallAnswer> {
    const { store } = this.#ports;
    const atMs = store.nowMs();
    await store.commitGateway({
      events: [{ v: 1, type: 'identity.refused', atMs, code: 'identity.run', credential }],
      writes: [],
    });
    return { type: 'refused', refusal: plainRefusal('identity.run', id, null) };
  }

  /** Nothing happened. */
  async undecided(
    principal: AgentPrincipal,
    proposal: Proposal,
    id: string,
    error: unknown,
  ): Promise<CallAnswer> {
    const code = error instanceof StoreError ? 'store.unavailable' : 'engine.fault';
    return {
      type: 'refused',
      refusal: await this.#refused(principal, proposal, { code, id, run: null }, error),
    };
  }

  /** The effect may have happened, and how it ended could not be written. */
  async unended(
    { id, principal, proposal, writer }: Attempt,
    { read, decision }: Started,
    error: unknown,
  ): Promise<Settled> {
    const mayHaveHappened = read.tool.tier > 0 && !decision.dryRun;
    const code = mayHaveHappened ? 'upstream.indeterminate' : 'store.unavailable';
    const refusal = await this.#refused(principal, proposal, { code, id, run: writer.id }, error);
    return { finished: false, awaited: false, result: null, refusal, withheld: null };
  }

  async #refused(
    principal: AgentPrincipal,
    proposal: Proposal,
    {
      code,
      id,
      run,
    }: { readonly code: FindingCode; readonly id: string; readonly run: string | null },
    error: unknown,
  ): Promise<Refusal> {
    this.#ports.log({ level: 'error', event: code, call: id, error: describe(error) });
    const spooled = await this.#spool(principal, proposal, id, code);
    return { ...plainRefusal(code, id, run), as: spooled ? 'result' : 'unavailable' };
  }

  async #spool(
    { agent, user }: AgentPrincipal,
    proposal: Proposal,
    id: string,
    code: string,
  ): Promise<boolean> {
    try {
      const tool = cutText(redactText(proposal.tool, this.#ports.heldSecrets()));
      await this.#ports.spool({ atMs: Date.now(), code, call: id, agent, user, tool });
      return true;
    } catch (error) {
      this.#ports.log({ level: 'error', event: 'spool.failed', call: id, error: describe(error) });
      return false;
    }
  }
}
