/** The tools of the benchmarks and the policy on them: 20 tools with five argument rules each, for the agent and for its role. */
import { definitionDigest, formatLock } from '../src/policy/lock-file.ts';

export const readTool = 'look';
export const actTool = 'touch';
const otherTools = Array.from({ length: 18 }, (_, index) => `other_${index}`);

export const deskTools = [readTool, actTool, ...otherTools].map((name) => ({
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

/** Arguments that every rule has to look at and that all of them let through. Never the same twice: nothing is a duplicate. */
export function deskArguments(n: number): string {
  return `{"id":"ok-${n}","path":"/srv/out/${n}.md","to":"ann@customer.example","count":${n % 100},"colour":"green"}`;
}

export function callBody(tool: string, n: number): string {
  return `{"jsonrpc":"2.0","id":${n},"method":"tools/call","params":{"name":"${tool}","arguments":${deskArguments(n)}}}`;
}

export function deskPolicy(upstream: string): string {
  const rules =
    '{ where: { id: "ok-*", count: { min: 0, max: 100 }, colour: [red, green] }, paths: { under: [/srv/out] }, allowed_domains: [customer.example] }';
  const grants = deskTools.map(({ name }) => `${name}: ${rules}`).join(', ');
  const args = '{ id: identifier, path: path, to: recipient, count: number, colour: title }';
  const tools = deskTools.map(
    ({ name }) =>
      `  desk.${name}: { action: ${name}, tier: ${name === actTool ? 'reversible' : 'read_only'}, reach: internal, args: ${args} }`,
  );
  return `sallyport: 1
enforcement: strict
upstreams: { desk: ${upstream} }
tools:
${tools.join('\n')}
roles: { people: { permissions: { desk: { ${grants} } } } }
agents:
  bench:
    acts_for: [people]
    unattended: { owner: people }
    loops: { same_call: 10000, same_tool: 10000, cycle: 10000 }
    permissions: { desk: { ${grants} } }
`;
}

export function deskLock(): string {
  const tools = deskTools.map((definition) => [
    definition.name,
    { digest: definitionDigest(definition), definition, pinnedAt: '2026-01-01T00:00:00Z' },
  ]);
  return formatLock({ lockVersion: 1, upstreams: { desk: { tools: Object.fromEntries(tools) } } });
}
