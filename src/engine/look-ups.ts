/**
 * Sallyport's own look at what a call names, before it is decided: a read that the policy declares (`resolve`), made with
 * the id that the agent wrote and with nothing else of the agent's. The agent sees nothing of it.
 */
import type { JsonObject } from '../content/value.ts';
import type { Tool } from '../policy/model.ts';
import { conclude, refuse } from './conclude.ts';
import type { Context, Proposed } from './context.ts';
import type { Decision } from './decision.ts';
import type { Exchange, ShownRecord } from './exchange.ts';
import { fault } from './findings.ts';
import { limits } from './limits.ts';
import { objectsNamed } from './objects-named.ts';
import { recordOf } from './records.ts';
import { accepted } from './stages/catalog.ts';
import { identityOfLookUp } from './stages/identity.ts';
import { breaker } from './stages/limits.ts';
import { schema } from './stages/schema.ts';

export interface LookUp {
  readonly tool: Tool;
  readonly args: JsonObject;
}

/** What of the call isn't known, or not as it stands now. */
export function lookUpsOf(
  { policy, tool, reading }: Proposed,
  history: readonly Exchange[],
  nowMs: number,
): readonly LookUp[] {
  if (tool === null || tool.resolve.size === 0 || reading?.ok !== true) return [];
  const lookUps = new Map<string, LookUp>();
  for (const named of objectsNamed(tool, reading.read.args)) {
    const resolve = tool.resolve.get(named.argument);
    const reader = resolve === undefined ? undefined : policy.tools.get(resolve.tool);
    if (resolve === undefined || reader === undefined) continue;
    const known = recordOf(history, policy.tools, named, { nowMs, freshMs: tool.freshMs });
    if (known !== null && known.staleBecause === null && isWhole(known.record, reader)) continue;
    const value = resolve.isList ? [named.written] : named.written;
    lookUps.set(`${reader.name} ${named.id}`, {
      tool: reader,
      args: { [resolve.argument]: value },
    });
  }
  return [...lookUps.values()].slice(0, limits.lookUpsMax);
}

/** A list shows less of a thing than the thing itself does: what it left out may be what a rule asks. */
function isWhole({ owner, fields }: ShownRecord, { returns }: Tool): boolean {
  if (returns.owner !== null && owner === null) return false;
  return [...returns.fields.keys()].every((name) => Object.hasOwn(fields, name));
}

/**
 * Needs no grant and draws on nothing, for it is no call of the agent's. Everything else holds: the run is open, the tool
 * is the one that a person accepted, its arguments fit, its upstream isn't failing. What comes is filtered for nobody.
 */
export function decideLookUp(context: Context): Decision {
  try {
    const findings = [
      ...identityOfLookUp(context),
      ...accepted(context),
      ...schema(context),
      ...breaker(context),
    ];
    const decision = conclude(context, findings, []);
    return context.tool?.tier === 0
      ? { ...decision, reservations: [] }
      : refuse([...findings, fault(new Error('a look changes nothing'))]);
  } catch (error) {
    return refuse([fault(error)]);
  }
}
