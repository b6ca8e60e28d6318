/** Proxies that a registry has, beside us: the same tool behind them, the same load, the same raw pass-through to compare with. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pythonEnvironment } from '../examples/email-agent/rig/cache.ts';
import { type BenchOptions, beside, median, type Row, skipped } from './bench.ts';
import { plainCallers } from './callers.ts';
import { Connection, requestHead } from './connection.ts';
import { load, pairs, perSecond } from './load.ts';
import type { Processes } from './processes.ts';

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
  readonly processes: Processes;
  readonly tool: string;
  readonly proxy: string;
  readonly connections: number;
}

/** Each set up without sessions and with plain JSON answers, which is their fastest. */
export async function peerRows(setting: Setting): Promise<readonly Row[]> {
  let bin: string;
  try {
    ({ bin } = await pythonEnvironment(join(peers, 'requirements.txt')));
  } catch (error) {
    setting.options.progress(`peers: ${error instanceof Error ? error.message : String(error)}`);
    const why = 'Python 3 and PyPI are needed';
    return [skipped('calls.peer.fastmcp', why), skipped('calls.peer.mcp_proxy', why)];
  }
  const stdio = [process.execPath, join(import.meta.dirname, 'serve.ts'), 'stdio'];
  return [
    await peerRow(setting, 'fastmcp', (port) => [
      join(bin, 'python'),
      join(peers, 'fastmcp_proxy.py'),
      `${setting.tool}/mcp`,
      port,
    ]),
    await peerRow(setting, 'mcp_proxy', (port) => [
      join(bin, 'mcp-proxy'),
      ...['--host', '127.0.0.1', '--port', port, '--stateless', '--log-level', 'ERROR'],
      ...['--', ...stdio],
    ]),
  ];
}

async function peerRow(
  { options, rounds, seconds, processes, proxy, connections }: Setting,
  name: string,
  commandFor: (port: string) => readonly string[],
): Promise<Row> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [command = '', ...argv] = commandFor(String(port));
  const stop = processes.startSilent(command, argv);
  await answering(url);
  using raw = await plainCallers(proxy, '/mcp', connections);
  using theirs = await plainCallers(url, '/mcp', connections);
  const measured = await pairs(
    rounds,
    () => load(raw.callers, seconds),
    () => load(theirs.callers, seconds),
  );
  await stop();
  const rate = median(measured.map(({ other }) => perSecond(other)));
  options.progress(`${name}: ${Math.round(rate)} calls/s`);
  const share = median(measured.map(({ one, other }) => perSecond(other) / perSecond(one)));
  return beside(`calls.peer.${name}`, share, 'of raw');
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
