import type { LockedTool } from '../../policy/lock.ts';
import { definitionDigest } from '../../policy/lock-file.ts';
import { putLockInForce } from '../../runtime/lock-writing.ts';
import type { PolicySource } from '../../runtime/policy-source.ts';
import type { Functions } from '../../upstreams/functions.ts';

/**
 * Accepts the definitions that the program's functions bring into the lock beside the policy, and puts it in force. A
 * lock that the policy doesn't load with (an argument without a kind, say) is taken back, and its errors are thrown.
 *
 * @returns the full names of those that are new or changed.
 */
export async function pinDefinitions(
  source: PolicySource,
  functions: readonly Functions[],
): Promise<string[]> {
  const upstreams: Record<string, { readonly tools: Readonly<Record<string, LockedTool>> }> = {
    ...source.lock.upstreams,
  };
  const accepted: string[] = [];
  const pinnedAt = new Date().toISOString();
  for (const upstream of functions) {
    const tools = new Map(Object.entries(upstreams[upstream.name]?.tools ?? {}));
    for (const { operation, definition } of await upstream.listTools()) {
      const digest = definitionDigest(definition);
      if (tools.get(operation)?.digest === digest) continue;
      tools.set(operation, { digest, definition, pinnedAt });
      accepted.push(`${upstream.name}.${operation}`);
    }
    upstreams[upstream.name] = { tools: Object.fromEntries(tools) };
  }
  if (accepted.length === 0) return [];
  await putLockInForce(source, { lockVersion: 1, upstreams });
  return accepted.sort();
}
