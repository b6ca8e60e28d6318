/** A process that holds one upstream open, to be killed by a test: `node gateway-stand-in.ts OPTIONS…`. */
import { openFixture } from './open.ts';

const { upstream } = openFixture(process.argv.slice(2));
await upstream.listTools(AbortSignal.timeout(30_000));
process.stdout.write('ready\n');
setInterval(() => {}, 1_000);
