/**
 * What the upstreams of the rig can do, over HTTP (`desk`) and over stdio (`shed`). They count every effect where it
 * happens, before they answer: whatever anybody recorded, the journal is what was.
 */
import { appendFileSync } from 'node:fs';
import type { JsonObject } from '../../src/content/value.ts';

const texts = { id: { type: 'string' } };

function tool(name: string, properties: JsonObject, required: readonly string[]): JsonObject {
  return {
    name,
    description: `${name} of the desk`,
    inputSchema: { type: 'object', properties, required, additionalProperties: false },
  };
}

export const deskTools: readonly JsonObject[] = [
  tool('look', texts, ['id']),
  tool('scan', texts, ['id']),
  tool('note', texts, ['id']),
  tool('pay', { ...texts, key: { type: 'string' } }, ['id']),
  tool('send', texts, ['id']),
  tool('wire', texts, ['id']),
  tool('balk', texts, ['id']),
];

/** What is asked for under an id that begins like this is answered some time after its effect. */
export const slow = 'slow';
const slowMs = 1_000;
const scanBytes = 200_000;

/** @returns the result of a `tools/call`, after its effect has happened. */
export function deskOf(
  name: string,
  journal: string,
): (tool: string, args: Record<string, unknown>) => JsonObject {
  return (operation, { id: asked }) => {
    const id = String(asked);
    switch (operation) {
      case 'look':
        return said(`${id} is on the desk`);
      case 'scan':
        return said('x'.repeat(scanBytes));
      case 'balk':
        return { ...said(`${id} is not to be had`), isError: true };
      default: {
        const effect = {
          tool: `${name}.${operation}`,
          args: { id },
          atNs: `${process.hrtime.bigint()}`,
        };
        appendFileSync(journal, `${JSON.stringify(effect)}\n`);
        if (id.startsWith(slow))
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slowMs);
        return said(`${operation} ${id}`);
      }
    }
  };
}

function said(text: string): JsonObject {
  return { content: [{ type: 'text', text }] };
}

/** Who is asked about whatever is wired, and about what is asked for once more. */
export const deskPeople = ['dora', 'dan'] as const;

/**
 * `desk` answers over HTTP at `url`; `shed` is started by the gateway, where there is a command for it.
 *
 * @param holdsFor - how long a call waits for people.
 */
export function deskPolicy(url: string, shed: readonly string[] | null, holdsFor: string): string {
  const names = shed === null ? ['desk'] : ['desk', 'shed'];
  const [command, ...args] = shed ?? [];
  const grants = `{ ${names
    .map(
      (name) =>
        `${name}: { look: allow, scan: allow, note: { rate: 100000/minute }, pay: { rate: 100000/minute, approval: never }, send: { approval: never }, wire: { approval: { by: chiefs } }, balk: allow }`,
    )
    .join(', ')} }`;
  return `sallyport: 1
enforcement: strict
upstreams:
  desk: { mcp: { url: "${url}" } }
${shed === null ? '' : `  shed: { mcp: { command: ${JSON.stringify(command)}, args: ${JSON.stringify(args)} } }\n`}tools:
${names.map(toolLines).join('')}users: { static: { ${deskPeople.map((name) => `${name}: { roles: [chiefs] }`).join(', ')} } }
roles:
  chiefs: { permissions: {} }
  people: { permissions: ${grants} }
approvals: { default: chiefs, wait: 0s, timeout: ${holdsFor} }
agents:
${['clerk', 'temp'].map((agent) => `  ${agent}: { acts_for: [people], unattended: { owner: people }, loops: { same_call: 10000, same_tool: 10000, cycle: 10000 }, budget: { tool_calls: 9000 },${agent === 'temp' ? ' parallel: 1,' : ''} permissions: ${grants} }\n`).join('')}`;
}

function toolLines(name: string): string {
  return `  ${name}.look: { action: look, tier: read_only, reach: internal, args: { id: identifier }, returns: { trust: untrusted, classes: [customer_data] } }
  ${name}.scan: { action: scan, tier: read_only, reach: internal, args: { id: identifier }, returns: { trust: untrusted, classes: [pii] } }
  ${name}.note: { action: note, tier: reversible, reach: internal, args: { id: identifier } }
  ${name}.pay: { action: pay, tier: consequential, reach: internal, args: { id: identifier, key: idempotency_key }, returns: { trust: untrusted, classes: [financial] } }
  ${name}.send: { action: send, tier: irreversible, reach: external, args: { id: identifier } }
  ${name}.wire: { action: wire, tier: irreversible, reach: external, args: { id: identifier } }
  ${name}.balk: { action: balk, tier: reversible, reach: internal, args: { id: identifier } }
`;
}
