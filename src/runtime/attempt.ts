/** One proposed call on its way: what every part of its life needs to know of it. */
import { SallyportError } from '../content/errors.ts';
import { redactText } from '../content/redact.ts';
import type { ReadCall } from '../engine/call.ts';
import type { Decision } from '../engine/decision.ts';
import type { RunEvent } from '../engine/events.ts';
import type { SeenReference } from '../engine/references.ts';
import type { Run } from '../engine/run.ts';
import type { Policy, Tool } from '../policy/model.ts';
import type { ToolResult, Upstream } from '../upstreams/port.ts';
import type { OpenHold } from './approvals/open-holds.ts';
import type { Showing } from './approvals/showing.ts';
import type { Payloads } from './payloads.ts';
import type { AgentPrincipal, ClientSignal, Proposal, Refusal } from './port.ts';
import type { RuntimePorts } from './ports.ts';
import { type CallIdentity, cutText } from './record.ts';
import type { RunWriter } from './writer.ts';

export interface Attempt {
  readonly principal: AgentPrincipal;
  readonly proposal: Proposal;
  readonly id: string;
  /** Sallyport's own look at what the call of this id names; null: the agent's call. */
  readonly lookUpFor: string | null;
  /** It was held before, and people agreed: it begins only if that is still so. Null: it has just come. */
  readonly resumes: OpenHold | null;
  /** What a person is to be shown beside the decision; null: nobody looked, since most calls aren't held. */
  readonly showing: Showing | null;
  /** The policy that decides and ends this call, whatever is loaded meanwhile. */
  readonly policy: Policy;
  readonly writer: RunWriter;
  readonly signal: ClientSignal;
  readonly onProgress: ((progress: number, total: number | null) => void) | undefined;
}

/** A call that was let through: what it is, and what is written for it. */
export interface Started {
  readonly type: 'started';
  readonly read: ReadCall;
  /** Compared once more right before the effect. */
  readonly references: readonly SeenReference[];
  readonly decision: Decision;
  readonly started: RunEvent & { type: 'call.started' };
  readonly payloads: Payloads;
  /** Its start isn't written yet: it shares one commit with the outcome. */
  readonly deferred: boolean;
  /** The one that was looked at when it was decided. */
  readonly upstream: Upstream | undefined;
  /** A person changed what the agent proposed: the agent is told. */
  readonly edited: boolean;
}

/** How a call ended, as its own request and every duplicate that joined it learn it. */
export interface Settled {
  /** Its end is known and recorded. */
  readonly finished: boolean;
  /** The record says that its client was there: one that turns out to have gone is then recorded too. */
  readonly awaited: boolean;
  readonly result: ToolResult | null;
  readonly refusal: Refusal | null;
  /** Its result waits for a person. */
  readonly withheld: OpenHold | null;
}

export function identityOf(
  ports: RuntimePorts,
  attempt: Attempt,
  run: Run,
  tool: Tool | null,
  digest: string,
): CallIdentity {
  const { proposal, id } = attempt;
  return {
    call: id,
    step: proposal.step,
    // A name that the policy doesn't know is the agent's own text.
    toolName:
      tool === null ? cutText(redactText(proposal.tool, ports.heldSecrets())) : proposal.tool,
    tool,
    digest,
    mediation: tool === null ? 'brokered' : ports.mediation(run.agent, tool.upstream),
  };
}

/** What an operator's log may say of an error of ours: never a value that came with a call. */
export function describe(error: unknown): string {
  if (error instanceof SallyportError)
    return `${error.code}: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
  return error instanceof Error ? `${error.name}: ${error.stack ?? error.message}` : 'unknown';
}
