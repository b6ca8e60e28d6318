/**
 * `/mcp`: both eras of the protocol at one URL. Translates between the wire and the runtime, and decides nothing:
 * whatever is about permission, budget or rate comes back from the runtime as a result with HTTP 200.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../../content/value.ts';
import type { AgentPrincipal, Runtime } from '../../runtime/port.ts';
import { checkJsonBody } from '../http/body.ts';
import {
  type Authenticate,
  type CredentialRefusal,
  CredentialRefused,
  credentialOf,
  type EdgeLog,
  readBodyOf,
  wrongScope,
} from '../http/credentials.ts';
import { headerOf } from '../http/headers.ts';
import { HttpRefusal } from '../http/refusal.ts';
import type { RefusalTally } from '../http/refusal-tally.ts';
import { sendEmpty, sendJson } from '../http/respond.ts';
import { mcpCalls } from './calls.ts';
import { isModern, subscriptionKey } from './era.ts';
import { checkLegacyVersion, initializeResult, legacyEra } from './era-legacy.ts';
import { checkModernRequest, discoverResult, modernEra } from './era-modern.ts';
import type { Exchange } from './exchange.ts';
import {
  refuseCredential,
  sendCredentialRefusal,
  sendFailure,
  sendRpcRefusal,
} from './failures.ts';
import { showsPages } from './held-calls.ts';
import type { HoldsOnTheWire } from './holds.ts';
import { mcpLimits } from './limits.ts';
import { resourceTemplatesList, toolsList } from './lists.ts';
import { idOf, messageOf, type RequestId, readBodyJson } from './message.ts';
import { RpcRefusal, rpcCodes } from './refusal.ts';
import { acceptsEvents } from './reply.ts';
import { type Session, signedSessions } from './sessions.ts';
import { standingStreams } from './standing-streams.ts';
import { capabilities, legacyCapabilities, unknownMethod } from './surfaces.ts';
import { legacyVersions } from './versions.ts';

export interface McpEndpointOptions {
  readonly authenticate: Authenticate;
  readonly runtime: Runtime;
  readonly holds: HoldsOnTheWire;
  readonly sessionKey: Uint8Array;
  readonly version: string;
  readonly log: EdgeLog;
  /** Counts a request that is refused before it is a call. */
  readonly noteRefusal: RefusalTally['note'];
}

export interface McpEndpoint {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Ends the streams that only wait. Calls in flight go on. */
  readonly close: () => void;
}

type AgentCredential =
  | { readonly principal: AgentPrincipal }
  | { readonly refused: CredentialRefusal };

export function openMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const { runtime } = options;
  const sessions = signedSessions(options.sessionKey);
  const streams = standingStreams();
  const calls = mcpCalls({ ...options, tell: streams.tell });
  const modern = modernEra(options.version);

  function agentOf(http: IncomingMessage): AgentCredential {
    const credential = credentialOf(http, options.authenticate, options.log);
    if ('refused' in credential) return credential;
    const { principal } = credential;
    return principal.type === 'agent'
      ? { principal }
      : { refused: wrongScope('this credential opens runs; MCP needs an agent’s') };
  }

  async function answerPost(http: IncomingMessage, response: ServerResponse): Promise<void> {
    let id: RequestId | null = null;
    let shown: string | null = null;
    try {
      const credential = agentOf(http);
      if ('refused' in credential) {
        options.noteRefusal(credential.refused.code, null);
        return await refuseCredential(http, response, credential.refused);
      }
      const { principal } = credential;
      shown = principal.credential;
      checkJsonBody(http);
      const value = readBodyJson(await readBodyOf(http, () => agentOf(http)));
      id = idOf(value);
      const message = messageOf(value);
      if (message.type === 'notification') {
        await sendEmpty(response, 202);
        return;
      }
      const versionHeader = headerOf(http, 'mcp-protocol-version');
      const era = isModern(message, versionHeader) ? modern : legacyEra;
      if (era === modern) checkModernRequest(http, message);
      const session =
        era === modern || message.method === 'initialize'
          ? null
          : legacySession(http, principal, versionHeader);
      await answerRequest({ principal, http, response, request: message, era, session });
    } catch (error) {
      if (error instanceof CredentialRefused) {
        options.noteRefusal(error.code, shown);
        return await sendCredentialRefusal(response, error.refusal, null);
      }
      if (error instanceof RpcRefusal || error instanceof HttpRefusal)
        options.noteRefusal(error.code, shown);
      await sendFailure(response, id, error, options.log);
    }
  }

  function answerRequest(exchange: Exchange): Promise<void> | void {
    const { request, response, era, principal } = exchange;
    switch (request.method) {
      case 'tools/call':
      case 'resources/read':
      case 'prompts/get':
        return calls.answer(exchange);
      case 'tools/list':
        return answerList(exchange, toolsList(runtime.listTools(principal)));
      case 'resources/list':
        return answerList(exchange, { resources: [] });
      case 'resources/templates/list':
        return answerList(exchange, resourceTemplatesList(runtime.listTools(principal)));
      case 'prompts/list':
        return answerList(exchange, { prompts: [] });
      default:
        break;
    }
    if (era === modern) {
      if (request.method === 'server/discover') {
        return sendResult(exchange, discoverResult(era, capabilities, mcpLimits.discoverTtlMs));
      }
      if (request.method === 'subscriptions/listen') return listen(exchange);
    } else {
      if (request.method === 'initialize') {
        const result = initializeResult(request.params, legacyCapabilities, options.version);
        // Pages came with the newest revision: who speaks an older one doesn't mean them.
        const pages =
          result['protocolVersion'] === legacyVersions[0] &&
          showsPages(request.params['capabilities']);
        response.setHeader('mcp-session-id', sessions.open(principal.credential, pages));
        return sendResult(exchange, result);
      }
      if (request.method === 'ping' || request.method === 'logging/setLevel')
        return sendResult(exchange, {});
    }
    throw unknownMethod(request.method, era);
  }

  function listen({ principal, response, request, era }: Exchange): void {
    const subscription = { [subscriptionKey]: request.id };
    const acknowledged: JsonObject = {
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      // Of what may be asked for, nothing is offered: lists say themselves how long they hold.
      params: { notifications: {}, _meta: subscription },
    };
    const farewell: JsonObject = {
      jsonrpc: '2.0',
      id: request.id,
      result: era.result({ _meta: subscription }),
    };
    const owner = { credential: principal.credential, session: null };
    if (!streams.open(owner, response, acknowledged, farewell)) {
      throw new RpcRefusal(
        'mcp.surface',
        rpcCodes.methodNotFound,
        404,
        'this credential has too many open streams',
      );
    }
  }

  function legacySession(
    http: IncomingMessage,
    principal: AgentPrincipal,
    versionHeader: string | null,
  ): Session | null {
    checkLegacyVersion(versionHeader);
    const id = headerOf(http, 'mcp-session-id');
    // Without one the request stands alone, as a stateless server of that era has it.
    if (id === null) return null;
    const session = sessions.find(id, principal.credential);
    if (session === null) {
      throw new RpcRefusal(
        'mcp.session',
        rpcCodes.invalidRequest,
        404,
        'there is no such session: initialize again',
      );
    }
    return session;
  }

  /** GET and DELETE exist in the legacy era alone, and only within a session. */
  async function answerSession(http: IncomingMessage, response: ServerResponse): Promise<void> {
    const credential = agentOf(http);
    if ('refused' in credential) {
      options.noteRefusal(credential.refused.code, null);
      return sendCredentialRefusal(response, credential.refused, null);
    }
    const session = headerOf(http, 'mcp-session-id');
    if (session === null) throw notAllowed();
    if (sessions.find(session, credential.principal.credential) === null) {
      options.noteRefusal('mcp.session', credential.principal.credential);
      await sendRpcRefusal(
        response,
        null,
        new RpcRefusal('mcp.session', rpcCodes.invalidRequest, 404, 'there is no such session'),
      );
      return;
    }
    if (http.method === 'DELETE') {
      sessions.end(session);
      await sendEmpty(response, 204);
      return;
    }
    if (
      !acceptsEvents(http) ||
      !streams.open({ credential: credential.principal.credential, session }, response, null, null)
    )
      throw notAllowed();
  }

  return {
    answer(http, response) {
      if (http.method === 'POST') return answerPost(http, response);
      if (http.method === 'GET' || http.method === 'DELETE') return answerSession(http, response);
      throw notAllowed();
    },
    close() {
      calls.close();
      streams.close();
    },
  };
}

async function answerList(exchange: Exchange, fields: JsonObject): Promise<void> {
  // Lists have one page. A cursor was made by somebody else.
  if (exchange.request.params['cursor'] !== undefined) {
    throw new RpcRefusal(
      'mcp.params',
      rpcCodes.invalidParams,
      200,
      'there is no page at this cursor',
    );
  }
  return sendResult(exchange, exchange.era.cacheable(fields, mcpLimits.listTtlMs));
}

async function sendResult({ response, request }: Exchange, result: JsonObject): Promise<void> {
  await sendJson(response, 200, { jsonrpc: '2.0', id: request.id, result });
}

function notAllowed(): HttpRefusal {
  return new HttpRefusal(405, 'http.method', 'use POST here', { headers: { allow: 'POST' } });
}
