/**
 * Whom a hold asks, and how the same reason is known again when the call is decided once more: an answer speaks for what it
 * was shown, and for nothing that came later.
 */
import { digestOf } from '../content/digest.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import type { FindingCode } from './codes.ts';
import type { Context } from './context.ts';
import type { Asked, Finding } from './decision.ts';
import type { Approver, Ask } from './hold.ts';
import type { Party } from './parties.ts';

/** One person of those whom the policy asks by default, about this call alone. */
export const anybody: Asked = {
  by: 'default',
  quorum: 1,
  freshMs: null,
  grants: null,
  autonomy: null,
};

/** As a policy names them: a role, or `user` for the person on whose behalf the run works. */
export function approverNamed(role: string): Approver {
  return role === 'user' ? { type: 'user' } : { type: 'role', role };
}

/** The person of a run above this one isn't there to be asked about it, unless both runs are of the same person. */
export function asOf(
  { party, context: { run } }: { readonly party: Party; readonly context: Context },
  by: Approver,
): Asked['by'] {
  return by.type === 'role' || party.user === run.user ? by : 'nobody';
}

type Asking = Pick<Context, 'policy' | 'run'>;

/** Null: the policy names nobody who could be asked. */
export function askOf(context: Asking, finding: Finding): Ask | null {
  const { code, approver } = finding;
  const { by: named, quorum, freshMs, grants, autonomy } = approver ?? anybody;
  const by = whoIsAsked(context, named);
  if (by === null) return null;
  return {
    // Whoever may answer, and how many of them, belongs to it: what was enough before a policy was tightened isn't after.
    key: digestOf([code, by, quorum, freshMs, lasting(finding)]),
    code,
    by,
    quorum,
    freshMs,
    remember: rememberedAs(context, finding, by),
    grants,
    ...(autonomy === null ? {} : { autonomy }),
  };
}

function whoIsAsked({ policy, run }: Asking, named: Asked['by']): Approver | null {
  if (named === 'nobody') return null;
  if (named === 'default') {
    const { default: role } = policy.approvals;
    return role === null ? null : whoIsAsked({ policy, run }, approverNamed(role));
  }
  return named.type !== 'role' && run.user === null ? null : named;
}

/**
 * What asked for a hold (`hold_next`), as a person has seen it who agreed: of this run it is cleared by that, of a run above
 * it is answered for this one.
 */
export function orderSeen(by: Approver, run: JsonValue, askedBy: JsonValue): string {
  return digestOf(['inputs.hold_next', by, run, askedBy]);
}

/**
 * An answer about a value speaks for the rest of the run: about that value, by whoever was asked then. A tier's, an
 * amount's and what was found in a text are asked about each time.
 */
function rememberedAs(
  { policy }: Asking,
  { stage, code, details }: Finding,
  by: Approver,
): string | null {
  if (code === 'inputs.hold_next')
    return orderSeen(by, details['run'] ?? null, details['askedBy'] ?? null);
  const { remember } = details;
  if (stage !== 'flow' || policy.approvals.remember === 'never' || !isJsonObject(remember))
    return null;
  const { kind, tool, value } = remember;
  if (kind === undefined || tool === undefined || value === undefined) return null;
  return digestOf([code, by, kind, tool, value]);
}

/**
 * Details that another minute changes and the reason survives: what was counted, the time, what a look-up was called, where
 * else a value stands, and how sure somebody is. All that the arguments say is bound by the call's digest in any case.
 */
const passing: { readonly [code in FindingCode]?: ReadonlySet<string> } = {
  'limits.steps': new Set(['used']),
  'limits.tool_calls': new Set(['used']),
  'limits.duration': new Set(['used']),
  'limits.tokens': new Set(['used']),
  'limits.cost': new Set(['used']),
  'authorize.hours': new Set(['nowMs']),
  'authorize.rate': new Set(['started']),
  'authorize.max_total': new Set(['drawn']),
  'authorize.where': new Set(['call']),
  'inputs.outbound': new Set(['score', 'reason']),
  'inputs.detector': new Set(['score', 'reason']),
  'inputs.secret': new Set(['score']),
  'flow.destination': new Set(['found', 'near', 'unless']),
  'flow.object': new Set(['found', 'names']),
  'flow.link': new Set(['found']),
  // Which records it carries is the reason; by which of their words is not.
  'flow.content': new Set(['by', 'pieces', 'written', 'continued', 'result', 'names']),
};

function lasting({ code, details }: Finding): JsonObject {
  const gone = passing[code];
  return gone === undefined ? details : membersWithout(details, gone);
}

function membersWithout(value: JsonObject, gone: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !gone.has(name))
      .map(([name, member]) => [name, without(member, gone)]),
  );
}

function without(value: JsonValue, gone: ReadonlySet<string>): JsonValue {
  if (isJsonArray(value)) return value.map((one) => without(one, gone));
  return isJsonObject(value) ? membersWithout(value, gone) : value;
}
