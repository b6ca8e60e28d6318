/** Proxies that a registry has, beside us: the same tool behind them, the same load, the same raw pass-through to compare with. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pythonEnvironment } from '../examples/email-agent/rig/cache.ts';
import { startService } from '../examples/email-agent/rig/process.ts';
import { type BenchOptions, beside, median, type Row, skipped } from './bench.ts';
import { plainCallers } from './callers.ts';
import { Connection, requestHead } from './connection.ts';
import { load, pairs, perSecond } from './load.ts';

const peers = join(import.meta.dirname, 'peers');
const upMs = 30_000;
const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'bench', version: '1.0.0' },
  },
});

interface Setting {
  readonly options: BenchOptions;
  readonly rounds: number;
  readonly seconds: number;
  readonly tool: string;
  readonly proxy: string;
  readonly connections: number;
}

/** Each set up without sessions and with plain JSON answers, which is their fastest. */
export async function peerRows(setting: Setting): Promise<readonly Row[]> {
  const { tool } = setting;
  const stdio = [process.execPath, join(import.meta.dirname, 'serve.ts'), 'stdio'];
  return [
    await peerRow(setting, 'fastmcp', (bin, port) => [
      ...[join(bin, 'python'), join(peers, 'fastmcp_proxy.py')],
      ...[`${tool}/mcp`, port],
    ]),
    // It stands in front of programs only: the same tool, over standard input and output.
    await peerRow(setting, 'mcp_proxy', (bin, port) => [
      ...[join(bin, 'mcp-proxy'), '--host', '127.0.0.1', '--port', port],
      ...['--stateless', '--log-level', 'ERROR', '--', ...stdio],
    ]),
  ];
}

async function peerRow(
  setting: Setting,
  peer: string,
  commandFor: (bin: string, port: string) => readonly string[],
): Promise<Row> {
  const name = `calls.peer.${peer}`;
  let bin: string;
  try {
    ({ bin } = await pythonEnvironment(join(peers, `${peer}.txt`)));
  } catch (error) {
    setting.options.progress(`${peer}: ${error instanceof Error ? error.message : String(error)}`);
    return skipped(name, 'Python 3 and PyPI are needed');
  }
  const port = await freePort();
  const [command = '', ...argv] = commandFor(bin, String(port));
  const service = startService(command, argv);
  try {
    const share = await measured(setting, peer, `http://127.0.0.1:${port}`);
    return beside(name, share, 'of raw');
  } catch (error) {
    setting.options.progress(`${peer}: ${String(error)}\n${service.output()}`);
    return skipped(name, 'it fails here');
  } finally {
    await service.stop();
  }
}

async function measured(
  { options, rounds, seconds, proxy, connections }: Setting,
  peer: string,
  url: string,
): Promise<number> {
  await answering(url);
  using raw = await plainCallers(proxy, '/mcp', connections);
  using theirs = await plainCallers(url, '/mcp', connections);
  const made = await pairs(
    rounds,
    () => load(raw.callers, seconds),
    () => load(theirs.callers, seconds),
  );
  const rate = median(made.map(({ other }) => perSecond(other)));
  options.progress(`${peer}: ${Math.round(rate)} calls/s`);
  return median(made.map(({ one, other }) => perSecond(other) / perSecond(one)));
}

async function answering(url: string): Promise<void> {
  const untilMs = performance.now() + upMs;
  for (;;) {
    try {
      const connection = await Connection.open(url);
      const { status, body } = await connection.post(requestHead(url, '/mcp'), initialize);
      connection.close();
      if (status === 200) return;
      throw new Error(`it answers ${status} ${body.slice(0, 300)}`);
    } catch (error) {
      if (performance.now() > untilMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('it has a port');
  return address.port;
}
