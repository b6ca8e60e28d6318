/** `tools/call`, `resources/read` and `prompts/get` as proposals: three surfaces, one door. */
import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { ListedForAgent, Proposal } from '../../runtime/port.ts';
import { headerOf } from '../http/headers.ts';
import { type Address, promptAddress, resourceAddress, toolAddress } from './addresses.ts';
import { metaOf } from './era.ts';
import { mcpLimits } from './limits.ts';
import type { RpcRequest } from './message.ts';
import { invalidParams } from './refusal.ts';

const runKey = 'dev.sallyport/run';
const stepKey = 'dev.sallyport/step';
const dryRunKey = 'dev.sallyport/dry_run';
const reasonKey = 'dev.sallyport/reason';

/** @param listed asked for only where an address can mean several upstreams' */
export function addressOf(request: RpcRequest, listed: () => readonly ListedForAgent[]): Address {
  switch (request.method) {
    case 'resources/read':
      return resourceAddress(textParam(request, 'uri', mcpLimits.uriLengthMax), listed());
    case 'prompts/get':
      return promptAddress(
        textParam(request, 'name', mcpLimits.nameLengthMax),
        argumentsOf(request),
      );
    default:
      return toolAddress(textParam(request, 'name', mcpLimits.nameLengthMax), argumentsOf(request));
  }
}

export function proposalOf(
  address: Address,
  headers: IncomingMessage,
  request: RpcRequest,
): Proposal {
  const meta = metaOf(request.params);
  const step = meta[stepKey];
  return {
    tool: address.tool,
    args: address.args,
    handles: handlesOf(headerOf(headers, 'sallyport-run'), meta[runKey]),
    step: typeof step === 'number' && Number.isSafeInteger(step) && step >= 0 ? step : null,
    dryRun: dryRunOf(meta[dryRunKey]),
    ...reasonOf(meta[reasonKey]),
  };
}

/** Null when the client wants no progress, or asks for it under a token that can't be repeated to it. */
export function progressTokenOf(request: RpcRequest): string | number | null {
  const token = metaOf(request.params)['progressToken'];
  if (typeof token === 'string')
    return token.length <= mcpLimits.progressTokenLengthMax ? token : null;
  return typeof token === 'number' && Number.isSafeInteger(token) ? token : null;
}

/** Every handle presented, in order of precedence: two that differ are the runtime's to refuse. */
function handlesOf(header: string | null, meta: JsonValue | undefined): readonly string[] {
  if (meta !== undefined && typeof meta !== 'string')
    throw invalidParams(`\`_meta["${runKey}"]\` has to be a string`);
  const longest = Math.max(header?.length ?? 0, meta?.length ?? 0);
  if (longest > mcpLimits.handleLengthMax) throw invalidParams('a run handle is too long');
  if (header === null) return meta === undefined ? [] : [meta];
  return meta === undefined ? [header] : [header, meta];
}

/** Anything but a boolean is refused: whoever wrote `"true"` wanted nothing to happen. */
function dryRunOf(value: JsonValue | undefined): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'boolean')
    throw invalidParams(`\`_meta["${dryRunKey}"]\` has to be true or false`);
  return value;
}

/** Refused where it is no text, or more than a person would read: what they are shown is what was written, or nothing. */
function reasonOf(value: JsonValue | undefined): Pick<Proposal, 'reason'> {
  if (value === undefined || value === '') return {};
  if (typeof value !== 'string' || value.length > mcpLimits.reasonLengthMax) {
    throw invalidParams(
      `\`_meta["${reasonKey}"]\` has to be a string of at most ${mcpLimits.reasonLengthMax} characters`,
    );
  }
  return { reason: value };
}

function textParam(request: RpcRequest, name: 'name' | 'uri', lengthMax: number): string {
  const value = request.params[name];
  if (typeof value !== 'string' || value === '' || value.length > lengthMax) {
    throw invalidParams(`\`${name}\` has to be a string of 1 to ${lengthMax} characters`);
  }
  return value;
}

/** Null counts as absent: some clients write an empty map so. */
function argumentsOf(request: RpcRequest): JsonObject {
  const args = request.params['arguments'] ?? {};
  if (!isJsonObject(args)) throw invalidParams('`arguments` has to be an object');
  return args;
}
