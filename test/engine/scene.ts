/** Scenes for tests of the engine: a policy as an operator writes it, a run, and calls in it. */

import { isJsonObject, type JsonObject } from '../../src/content/value.ts';
import type { ProposedCall } from '../../src/engine/call.ts';
import type { Ancestor, Context, Proposed } from '../../src/engine/context.ts';
import { decide } from '../../src/engine/decide.ts';
import type { Decision } from '../../src/engine/decision.ts';
import type { RunEvent } from '../../src/engine/events.ts';
import type { Facts } from '../../src/engine/facts.ts';
import { fold } from '../../src/engine/fold.ts';
import { gather } from '../../src/engine/gather.ts';
import { readCall } from '../../src/engine/read-call.ts';
import type { Run } from '../../src/engine/run.ts';
import { scansOf } from '../../src/engine/scans.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import type { Lock, LockedTool } from '../../src/policy/lock.ts';
import { definitionDigest } from '../../src/policy/lock-file.ts';
import type { Policy } from '../../src/policy/model.ts';

/** Tuesday, 3 March 2026, 10:00 in New York. */
export const tuesdayMs: number = Date.UTC(2026, 2, 3, 15, 0);

/** `{ 'mail.send': { to: 'string', cc: 'string?' } }`: a `?` is optional, `[]` a list, anything else a schema. */
export type Signatures = Readonly<Record<string, Readonly<Record<string, string | JsonObject>>>>;

export interface Definitions {
  readonly tools: Signatures;
  readonly outputs?: Readonly<Record<string, JsonObject>>;
}

export function loaded(yaml: string, definitions: Definitions): Policy {
  const result = loadPolicy({
    file: 'policy.yaml',
    readFile: (path) => (path === 'policy.yaml' ? yaml : null),
    lock: lockOf(definitions),
  });
  if (!result.ok) {
    throw new Error(
      result.errors
        .map((error) => `${error.at?.line}:${error.at?.column} ${error.message}`)
        .join('\n'),
    );
  }
  return result.policy;
}

export function lockOf({ tools, outputs = {} }: Definitions): Lock {
  const upstreams: Record<string, { tools: Record<string, LockedTool> }> = {};
  for (const [name, args] of Object.entries(tools)) {
    const [upstream = '', operation = ''] = name.split(/\.(.*)/s);
    const definition: JsonObject = {
      name: operation,
      inputSchema: inputSchema(args),
      ...(outputs[name] === undefined ? {} : { outputSchema: outputs[name] }),
    };
    upstreams[upstream] ??= { tools: {} };
    upstreams[upstream].tools[operation] = {
      digest: definitionDigest(definition),
      definition,
      pinnedAt: '2026-01-01T00:00:00Z',
    };
  }
  return { lockVersion: 1, upstreams };
}

function inputSchema(args: Signatures[string]): JsonObject {
  const required = Object.entries(args)
    .filter(([, type]) => typeof type === 'string' && !type.endsWith('?'))
    .map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(args).map(([name, type]) => [name, propertySchema(type)]),
    ),
    required,
    additionalProperties: false,
  };
}

function propertySchema(written: string | JsonObject): JsonObject {
  if (isJsonObject(written)) return written;
  const type = written.replace('?', '');
  return type.endsWith('[]') ? { type: 'array', items: { type: type.slice(0, -2) } } : { type };
}

export interface SceneOptions {
  readonly agent?: string;
  readonly user?: string | null;
  readonly case?: Run['case'];
  readonly run?: Partial<Run>;
  readonly ancestors?: readonly Ancestor[];
  readonly nowMs?: number;
  readonly facts?: Partial<Facts>;
  /** What each shared counter stands at, by a part of its name. */
  readonly drawn?: Readonly<Record<string, number>>;
  readonly taken?: boolean;
  readonly used?: readonly string[];
  readonly step?: number | null;
  readonly dryRun?: boolean;
}

export function runOf(options: SceneOptions = {}): Run {
  const opened: RunEvent = {
    v: 1,
    type: 'run.opened',
    atMs: (options.nowMs ?? tuesdayMs) - 1_000,
    run: 'run_1',
    agent: options.agent ?? 'helper',
    user: options.user === undefined ? 'ann' : options.user,
    policy: 'sha256:policy',
    implicit: false,
    credential: 'tok_1',
    parent: null,
    case: options.case ?? {},
    request: null,
    requestTrusted: false,
    only: null,
    budget: {},
    outside: [],
    dryRun: false,
    labels: { trust: 'trusted', classes: [], subjects: [] },
  };
  return { ...fold(null, opened), ...options.run };
}

export function proposed(
  policy: Policy,
  name: string,
  args: JsonObject,
  options: SceneOptions = {},
): Proposed {
  const tool = policy.tools.get(name) ?? null;
  const call: ProposedCall = {
    id: 'call_1',
    tool: name,
    args,
    step: options.step ?? null,
    dryRun: options.dryRun ?? false,
  };
  return {
    policy,
    run: runOf(options),
    ancestors: options.ancestors ?? [],
    call,
    tool,
    reading: tool === null ? null : readCall(tool, args),
  };
}

export function contextOf(
  policy: Policy,
  name: string,
  args: JsonObject,
  options: SceneOptions = {},
): Context {
  const proposal = proposed(policy, name, args, options);
  return { ...proposal, facts: factsFor(proposal, options) };
}

export function factsFor(proposal: Proposed, options: SceneOptions = {}): Facts {
  const request = gather(proposal);
  const drawn = Object.entries(options.drawn ?? {});
  return {
    nowMs: options.nowMs ?? tuesdayMs,
    suspended: false,
    windows: Object.fromEntries(
      request.windows.map(({ key }) => [key, drawn.find(([part]) => key.includes(part))?.[1] ?? 0]),
    ),
    once: Object.fromEntries(request.once.map((key) => [key, options.taken ?? false])),
    history: null,
    used: Object.fromEntries(
      request.used.map((key) => [
        key,
        (options.used ?? []).some((value) => key.endsWith(`|${value}`)),
      ]),
    ),
    scans: scansOf(request),
    breaker: { state: 'closed' },
    definition: 'pinned',
    upstreamUp: true,
    ...options.facts,
  };
}

export function decided(
  policy: Policy,
  name: string,
  args: JsonObject,
  options: SceneOptions = {},
): Decision {
  return decide(contextOf(policy, name, args, options));
}

/** `allow`, or `deny authorize.recipients …`, or `hold gate.tier …`: what a row of a table says. */
export function verdictOf(decision: Decision): string {
  const reasons = decision.findings
    .filter((finding) => finding.verdict !== 'note')
    .map((finding) => finding.code);
  return [
    decision.effect === decision.verdict
      ? decision.verdict
      : `${decision.verdict}, ${decision.effect}ed`,
    ...reasons,
  ].join(' ');
}
