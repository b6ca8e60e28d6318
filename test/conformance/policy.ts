import { isJsonObject, type JsonValue } from '../../src/content/value.ts';
import { askingTools } from './fixture/asking-tools.ts';
import { contentTools } from './fixture/content-tools.ts';
import type { FixtureEra } from './fixture/server.ts';

export const agent = 'conformance_suite';

/** Deny is the default: a tool of the fixture that isn't written here is refused. */
export function policyFor(
  url: string,
  era: FixtureEra,
  tier: 'read_only' | 'reversible' = 'read_only',
): string {
  const tools = [...contentTools, ...askingTools[era]].map(
    ({ definition: { name, inputSchema } }) => {
      const args = argumentNames(inputSchema).map((argument) => `${argument}: content`);
      return `  fixture.${name}: { action: call, tier: ${tier}, reach: internal, args: { ${args.join(', ')} }, returns: { content: [image, audio, resource] } }`;
    },
  );
  return [
    'sallyport: 1',
    'enforcement: strict',
    'upstreams:',
    `  fixture: { mcp: { url: '${url}' } }`,
    'tools:',
    ...tools,
    '  fixture.resources/read: { action: read, tier: read_only, reach: internal, args: { uri: identifier }, returns: { content: [resource] } }',
    '  fixture.prompts/get: { action: prompt, tier: read_only, reach: internal, args: { name: identifier, arguments: content }, returns: { content: [image, resource] } }',
    'roles:',
    '  tester: { permissions: { fixture: { call: allow, read: allow, prompt: allow } } }',
    'agents:',
    `  ${agent}:`,
    '    acts_for: [tester]',
    '    unattended: { owner: tester }',
    '    permissions: { fixture: { call: allow, read: allow, prompt: allow } }',
    '',
  ].join('\n');
}

function argumentNames(inputSchema: JsonValue | undefined): readonly string[] {
  const properties = isJsonObject(inputSchema) ? inputSchema['properties'] : undefined;
  return isJsonObject(properties) ? Object.keys(properties) : [];
}
