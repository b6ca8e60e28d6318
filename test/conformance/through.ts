/** The fixture behind a real gateway with a strict policy that grants exactly its tools. */

import { startRealGateway } from '../real-gateway.ts';
import { type FixtureEra, startFixture } from './fixture/server.ts';
import { agent, policyFor } from './policy.ts';
import { type Shim, startShim } from './shim.ts';

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

function closeTarget(target: Shim): Promise<void> {
  return target.close();
}
