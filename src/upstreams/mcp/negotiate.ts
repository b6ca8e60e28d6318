/**
 * Finds out which era a server lives in. A modern server answers `server/discover`; anything else that it may do
 * (an error of its own, HTTP 400 or 404, silence) says that it is older and wants `initialize`.
 */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { upstreamLimits } from '../limits.ts';
import type { Channel, Exchange, Failure } from './channel.ts';
import {
  type Agreement,
  type ClientInfo,
  clientCapabilities,
  isModernError,
  legacyVersions,
  metaKeys,
  modernVersion,
  rpcCodes,
} from './protocol.ts';

export type Negotiated =
  | { readonly type: 'agreed'; readonly agreement: Agreement }
  | { readonly type: 'failed'; readonly failure: Failure };

export type Probed = Negotiated | { readonly type: 'legacy' };

/** `skipProbe`: it was found to be legacy before; asking again would cost a silent server's whole time-out. */
export async function negotiate(
  channel: Channel,
  clientInfo: ClientInfo,
  skipProbe: boolean,
  timeoutMs: number,
): Promise<Negotiated> {
  const probed: Probed = skipProbe ? { type: 'legacy' } : await probe(channel, timeoutMs);
  return probed.type === 'legacy' ? await initialize(channel, clientInfo, timeoutMs) : probed;
}

export async function probe(channel: Channel, timeoutMs: number): Promise<Probed> {
  const first = await discover(channel, timeoutMs);
  // It turned our version away, and names it among its own: it is asked once more.
  const probed = first === 'again' ? await discover(channel, timeoutMs) : first;
  return probed === 'again'
    ? refused('it turns away a protocol version that it says it supports')
    : probed;
}

async function discover(channel: Channel, timeoutMs: number): Promise<Probed | 'again'> {
  const answer = await channel.ask({
    method: 'server/discover',
    params: {},
    timeoutMs: Math.min(upstreamLimits.probeTimeoutMs, timeoutMs),
    agreement: null,
    probeVersion: modernVersion,
  });
  switch (answer.type) {
    case 'result':
      return readDiscovery(answer.result);
    case 'error':
      if (!isModernError(answer.code)) return { type: 'legacy' };
      if (answer.code === rpcCodes.unsupportedVersion) return readUnsupported(answer.data);
      return refused(`it turned \`server/discover\` away with ${answer.code}: ${answer.message}`);
    case 'failed':
      return endsProbe(answer) ? { type: 'failed', failure: answer } : { type: 'legacy' };
  }
}

/** Failures that `initialize` would only meet again. */
function endsProbe(failure: Failure): boolean {
  if (failure.httpStatus === undefined)
    return failure.reason !== 'timeout' && failure.reason !== 'bad_answer';
  return (
    failure.reason === 'credential' ||
    failure.reason === 'redirect' ||
    failure.reason === 'rate_limited'
  );
}

function readDiscovery(result: JsonObject): Probed {
  const { supportedVersions, capabilities, _meta: meta } = result;
  // Some legacy servers answer any method with something: without versions it isn't a discovery.
  if (!isJsonArray(supportedVersions)) return { type: 'legacy' };
  const info = isJsonObject(meta) ? meta[metaKeys.serverInfo] : undefined;
  if (supportedVersions.includes(modernVersion)) {
    return {
      type: 'agreed',
      agreement: {
        era: 'modern',
        version: modernVersion,
        serverInfo: isJsonObject(info) ? info : null,
        capabilities: isJsonObject(capabilities) ? capabilities : {},
      },
    };
  }
  return readVersions(supportedVersions);
}

function readUnsupported(data: JsonValue): Probed | 'again' {
  const supported = isJsonObject(data) ? data['supported'] : undefined;
  if (isJsonArray(supported) && supported.includes(modernVersion)) return 'again';
  return readVersions(isJsonArray(supported) ? supported : []);
}

/** A dual-era server that has no modern version in common with us is asked in the old way. */
function readVersions(versions: readonly JsonValue[]): Probed {
  if (versions.some((version) => isLegacyVersion(version))) return { type: 'legacy' };
  const named = versions
    .filter((version) => typeof version === 'string')
    .slice(0, 10)
    .join(', ');
  return refused(
    `it supports no protocol version that Sallyport speaks (it names: ${named === '' ? 'none' : named})`,
  );
}

async function initialize(
  channel: Channel,
  clientInfo: ClientInfo,
  timeoutMs: number,
): Promise<Negotiated> {
  const [offered] = legacyVersions;
  const answer: Exchange = await channel.ask({
    method: 'initialize',
    params: {
      protocolVersion: offered,
      capabilities: clientCapabilities,
      clientInfo: { name: clientInfo.name, version: clientInfo.version },
    },
    timeoutMs,
    agreement: null,
  });
  if (answer.type === 'failed') return { type: 'failed', failure: answer };
  if (answer.type === 'error')
    return refused(`it refused \`initialize\` with ${answer.code}: ${answer.message}`);
  const { protocolVersion, serverInfo, capabilities } = answer.result;
  if (typeof protocolVersion !== 'string' || !isLegacyVersion(protocolVersion))
    return refused(
      'it answered `initialize` with a protocol version that Sallyport does not speak',
    );
  const agreement: Agreement = {
    era: 'legacy',
    version: protocolVersion,
    serverInfo: isJsonObject(serverInfo) ? serverInfo : null,
    capabilities: isJsonObject(capabilities) ? capabilities : {},
  };
  await channel.tell('notifications/initialized', {}, agreement);
  return { type: 'agreed', agreement };
}

function isLegacyVersion(version: JsonValue): boolean {
  return legacyVersions.some((legacy) => legacy === version);
}

function refused(detail: string): { readonly type: 'failed'; readonly failure: Failure } {
  return {
    type: 'failed',
    failure: { type: 'failed', reason: 'bad_answer', performed: 'no', detail },
  };
}
