/** Runs one of the servers as a process of its own, and prints where it listens. */
import { serveLedger, serveProxy, serveTool, serveToolOnStdio } from './servers.ts';

const [, , what, target = '', directory = ''] = process.argv;
if (what === 'stdio') serveToolOnStdio();
else process.stdout.write(`${await listening()}\n`);

function listening(): Promise<string> {
  if (what === 'proxy') return serveProxy(target);
  if (what === 'ledger') return serveLedger(target, directory);
  return serveTool(target === '' ? undefined : Number(target));
}
