/** The tools of the benchmarks and the policy on them: five argument rules a tool, for the agent and for its role. */
import type { JsonObject } from '../src/content/value.ts';
import type { Lock } from '../src/policy/lock.ts';
import { definitionDigest } from '../src/policy/lock-file.ts';

export const readTool = 'look';
export const actTool = 'touch';
/** Of a policy with 100 argument rules. */
const toolsUsual = 20;

export interface DeskTool extends JsonObject {
  readonly name: string;
}

export function deskTools(count: number = toolsUsual): readonly DeskTool[] {
  const others = Array.from({ length: count - 2 }, (_, index) => `other_${index}`);
  return [readTool, actTool, ...others].map((name) => ({
    name,
    description: `${name} at something`,
    inputSchema: {
      type: 'object',
      properties: {
        id: { type: 'string' },
        path: { type: 'string' },
        to: { type: 'string' },
        count: { type: 'integer' },
        colour: { type: 'string' },
      },
      required: ['id', 'path', 'to', 'count', 'colour'],
      additionalProperties: false,
    },
  }));
}

/** Arguments that every rule has to look at and that all of them let through. Never the same twice: nothing is a duplicate. */
export function deskArguments(n: number): {
  readonly id: string;
  readonly path: string;
  readonly to: string;
  readonly count: number;
  readonly colour: string;
} {
  return {
    id: `ok-${n}`,
    path: `/srv/out/${n}.md`,
    to: 'ann@customer.example',
    count: n % 100,
    colour: 'green',
  };
}

export function callBody(tool: string, n: number): string {
  return `{"jsonrpc":"2.0","id":${n},"method":"tools/call","params":{"name":"${tool}","arguments":{"id":"ok-${n}","path":"/srv/out/${n}.md","to":"ann@customer.example","count":${n % 100},"colour":"green"}}}`;
}

export function httpUpstream(url: string): string {
  return `{ mcp: { url: "${url}/mcp" } }`;
}

/** A line each for grants and tools: a policy of thousands of them is a file as people write it. */
export function deskPolicy(
  upstream: string,
  count: number = toolsUsual,
  of: 'agent_and_role' | 'agent' = 'agent_and_role',
): string {
  const rules =
    '{ where: { id: "ok-*", count: { min: 0, max: 100 }, colour: [red, green] }, paths: { under: [/srv/out] }, allowed_domains: [customer.example] }';
  const args = '{ id: identifier, path: path, to: recipient, count: number, colour: title }';
  const names = deskTools(count).map(({ name }) => name);
  const tier = (name: string): string => (name === actTool ? 'reversible' : 'read_only');
  return [
    'sallyport: 1',
    'enforcement: strict',
    `upstreams: { desk: ${upstream} }`,
    'tools:',
    ...names.map(
      (name) =>
        `  desk.${name}: { action: ${name}, tier: ${tier(name)}, reach: internal, args: ${args} }`,
    ),
    'roles:',
    '  people:',
    '    permissions:',
    '      desk:',
    ...names.map((name) => `        ${name}: ${of === 'agent' ? 'allow' : rules}`),
    'agents:',
    '  bench:',
    '    acts_for: [people]',
    '    unattended: { owner: people }',
    '    loops: { same_call: 10000, same_tool: 10000, cycle: 10000 }',
    '    permissions:',
    '      desk:',
    ...names.map((name) => `        ${name}: ${rules}`),
    '',
  ].join('\n');
}

export function deskLock(count: number = toolsUsual): Lock {
  return lockOf('desk', deskTools(count));
}

export function lockOf(upstream: string, definitions: readonly DeskTool[]): Lock {
  const tools = definitions.map((definition) => [
    definition.name,
    { digest: definitionDigest(definition), definition, pinnedAt: '2026-01-01T00:00:00Z' },
  ]);
  return { lockVersion: 1, upstreams: { [upstream]: { tools: Object.fromEntries(tools) } } };
}
