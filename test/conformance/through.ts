/** The fixture behind a real gateway with a strict policy that grants exactly its tools. */

import { startRealGateway } from '../real-gateway.ts';
import { askingTools } from './fixture/asking-tools.ts';
import { contentTools } from './fixture/content-tools.ts';
import { type Fixture, type FixtureEra, startFixture } from './fixture/server.ts';
import { startShim } from './shim.ts';

const agent = 'conformance_suite';

export interface Targets extends AsyncDisposable {
  readonly direct: string;
  readonly gateway: string;
}

export async function startTargets(era: FixtureEra): Promise<Targets> {
  const stack = new AsyncDisposableStack();
  try {
    const fixture = stack.adopt(await startFixture(era), closeTarget);
    const gateway = stack.use(
      await startRealGateway({
        policy: policyFor(fixture.url, era),
        upstreams: [{ name: 'fixture', transport: { type: 'streamable_http', url: fixture.url } }],
      }),
    );
    const shim = stack.adopt(
      await startShim(gateway.url, await gateway.agentToken(agent), 'fixture'),
      closeTarget,
    );
    return {
      direct: fixture.url,
      gateway: shim.url,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function closeTarget(target: Fixture): Promise<void> {
  return target.close();
}

/** Deny is the default: a tool of the fixture that isn't written here is refused. */
function policyFor(url: string, era: FixtureEra): string {
  const tools = [...contentTools, ...askingTools[era]].map(
    ({ definition: { name, inputSchema } }) => {
      const args = argumentNames(inputSchema).map((argument) => `${argument}: content`);
      return `  fixture.${name}: { action: call, tier: read_only, reach: internal, args: { ${args.join(', ')} }, returns: { content: [image, audio, resource] } }`;
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

function argumentNames(inputSchema: unknown): readonly string[] {
  if (typeof inputSchema !== 'object' || inputSchema === null || !('properties' in inputSchema))
    return [];
  return Object.keys(inputSchema.properties ?? {});
}
