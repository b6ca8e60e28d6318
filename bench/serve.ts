/** Runs one of the servers as a process of its own, and prints where it listens. */
import { serveProxy, serveTool, serveToolOnStdio } from './servers.ts';

const [, , what, target = ''] = process.argv;
if (what === 'stdio') serveToolOnStdio();
else
  process.stdout.write(
    `${what === 'proxy' ? await serveProxy(target) : await serveTool(target === '' ? undefined : Number(target))}\n`,
  );
