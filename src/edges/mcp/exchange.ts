import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AgentPrincipal } from '../../runtime/port.ts';
import type { Era } from './era.ts';
import type { RpcRequest } from './message.ts';
import type { Session } from './sessions.ts';

/** One request of one agent, with what its answer needs. */
export interface Exchange {
  readonly principal: AgentPrincipal;
  readonly http: IncomingMessage;
  readonly response: ServerResponse;
  readonly request: RpcRequest;
  readonly era: Era;
  /** Of the legacy era; null: the request stands alone. */
  readonly session: Session | null;
}
