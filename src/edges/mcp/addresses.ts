/**
 * Which tool of the policy a request means. Tools and prompts carry their upstream's name in front; a resource has a
 * URI, which names one as `sallyport+<upstream>:<uri>`, or is read from the only upstream that the agent may read.
 */
import type { JsonObject } from '../../content/value.ts';
import type { ListedForAgent } from '../../runtime/port.ts';
import { RpcRefusal, rpcCodes } from './refusal.ts';

export interface Address {
  readonly surface: 'tool' | 'resource' | 'prompt';
  /** Full name in the policy. One that doesn't exist is the runtime's to refuse, and to record. */
  readonly tool: string;
  readonly args: JsonObject;
}

const resourceForm = /^sallyport\+([^:]{1,128}):(.+)$/s;

export function toolAddress(name: string, args: JsonObject): Address {
  return { surface: 'tool', tool: name, args };
}

export function promptAddress(name: string, args: JsonObject): Address {
  const dot = name.indexOf('.');
  const tool = dot === -1 ? 'prompts/get' : `${name.slice(0, dot)}.prompts/get`;
  return { surface: 'prompt', tool, args: { name: name.slice(dot + 1), arguments: args } };
}

export function resourceAddress(uri: string, listed: readonly ListedForAgent[]): Address {
  const [, upstream, own] = resourceForm.exec(uri) ?? [];
  if (upstream !== undefined && own !== undefined) return resource(upstream, own);
  const [only, ...others] = readableUpstreams(listed);
  if (only === undefined) return { surface: 'resource', tool: 'resources/read', args: { uri } };
  if (others.length === 0) return resource(only, uri);
  throw new RpcRefusal(
    'mcp.params',
    rpcCodes.invalidParams,
    200,
    'several upstreams have resources: write the URI as `sallyport+<upstream>:<uri>`',
    { uri },
  );
}

export function readableUpstreams(listed: readonly ListedForAgent[]): readonly string[] {
  return [
    ...new Set(
      listed.filter(({ tool }) => tool.surface === 'resource').map(({ tool }) => tool.upstream),
    ),
  ].sort();
}

function resource(upstream: string, uri: string): Address {
  return { surface: 'resource', tool: `${upstream}.resources/read`, args: { uri } };
}
