/** Runs one of the servers as a process of its own, and prints where it listens. */
import { startProxy, startTool } from './servers.ts';

const [, , what, target = ''] = process.argv;
const { url } = what === 'proxy' ? await startProxy(target) : await startTool();
process.stdout.write(`${url}\n`);
