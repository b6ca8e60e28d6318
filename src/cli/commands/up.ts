import { Command, Option } from 'commander';
import { SallyportError } from '../../content/errors.ts';
import { printable, printableLines } from '../../content/escape.ts';
import { publicOriginOf } from '../../edges/console/origin.ts';
import type { ConsoleOptions } from '../../edges/console/server.ts';
import { type Gateway, openGateway } from '../../gateway.ts';
import { formatDiagnostic } from '../../policy/diagnostic.ts';
import type { LogLine } from '../../runtime/ports.ts';
import { giveBackMemoryOnceQuiet, makeObjectsYoung } from '../engine-memory.ts';
import { addExamples } from '../examples.ts';
import { type CommonOptions, commonOptions } from '../options.ts';
import { type ExitCode, jsonLine, type Output, UsageError } from '../output.ts';
import { placeOf, requirePolicy } from '../place.ts';
import type { Act } from '../program.ts';

interface UpOptions extends CommonOptions {
  readonly host: string;
  readonly port: string;
  readonly expose?: boolean;
  readonly allowHost?: string[];
  readonly console: string;
  readonly consolePort?: string;
  readonly consoleUrl?: string;
}

const loopback = new Set(['127.0.0.1', 'localhost', '::1']);
const settleMs = 5_000;

export function upCommand(act: Act): Command {
  const command = new Command('up')
    .description('Starts the gateway: MCP at /mcp, the runs API at /v1/runs, and the console.')
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('--port <number>', 'the port; 0 for any that is free', '7080')
    .option('--expose', 'allow an address that others can reach; put TLS in front of it')
    .option('--allow-host <name...>', 'names beside loopback’s that clients reach it by')
    .addOption(
      new Option('--console <state>', 'the pages where people answer what waits for them')
        .choices(['on', 'off'])
        .default('on'),
    )
    .option('--console-port <number>', 'its port; 0 for any that is free (default: the next one)')
    .option(
      '--console-url <url>',
      'where browsers reach it: https://console.example, behind TLS of yours (default: on this machine)',
    )
    .addHelpText(
      'after',
      `
People sign in to the console with a token: \`sallyport token --approver ann\`. It listens on the loopback address; with
--console-url, on that of --host. Reloads when the policy or its lock changes, and on SIGHUP. Ends on SIGINT or SIGTERM,
after the calls under way.`,
    )
    .action(act(up));
  for (const option of commonOptions()) command.addOption(option);
  return addExamples(command, [
    'sallyport up',
    'sallyport up --policy sallyport.yaml --port 0',
    'sallyport up --console off',
    'sallyport up --console-url https://console.example',
    'sallyport up --json',
  ]);
}

async function up(options: UpOptions, output: Output): Promise<ExitCode> {
  const port = portOf(options.port);
  const people = consoleOf(options, port);
  if (!loopback.has(options.host) && options.expose !== true) {
    throw new UsageError(
      `${options.host} can be reached by others`,
      'say `--expose` if that is meant, and put TLS in front of it',
    );
  }
  makeObjectsYoung();
  const place = requirePolicy(placeOf(options));
  const stop = stopSignal();
  const log = (line: LogLine): void => {
    process.stderr.write(
      options.json === true ? jsonLine({ atMs: Date.now(), ...line }) : `${humanLine(line)}\n`,
    );
  };
  const gateway = await openGateway({ ...place, as: 'gateway', log });
  try {
    for (const warning of gateway.policySource.warnings)
      output.progress(`${formatDiagnostic(warning)}\n`);
    // Whoever is told that the gateway is up calls it: its servers get a moment to start first.
    await Promise.race([settled(gateway), stop]);
    const server = await gateway
      .listen({
        host: options.host,
        port,
        allowedHosts: options.allowHost ?? [],
        console: people,
      })
      .catch((error: unknown) => {
        throw addressError(error, options.host, port);
      });
    const { policy } = gateway.policySource;
    output.result(
      true,
      {
        url: `${server.url}/mcp`,
        runs: `${server.url}/v1/runs`,
        console: server.console?.url ?? null,
        policy: policy.hash,
        enforcement: policy.enforcement,
        data: place.dataDirectory,
      },
      [
        `sallyport is up: ${server.url}/mcp`,
        ...(server.console === null
          ? []
          : [`console  ${server.console.url} (sign in: sallyport token --approver <person>)`]),
        `policy   ${place.policyFile} (${policy.enforcement}, ${policy.hash.slice(0, 19)})`,
        `data     ${place.dataDirectory}`,
      ].join('\n'),
    );
    if (server.console?.missing === true)
      output.progress('warning: the console isn’t built: `npm run build` makes its pages');
    reloadOnHangup(gateway, log);
    announceUpstreams(gateway, output);
    giveBackMemoryOnceQuiet();
    log({ level: 'info', event: 'gateway.stopping', signal: await stop });
    dontWaitTwice();
  } finally {
    await gateway[Symbol.asyncDispose]();
  }
  return 0;
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`\`${text}\` is no port`);
}

function consoleOf(
  { host, console: state, consolePort, consoleUrl }: UpOptions,
  port: number,
): Pick<ConsoleOptions, 'host' | 'port' | 'url'> | null {
  if (state === 'off') return null;
  return {
    // What others reach has a name and TLS, or it isn't reached.
    host: consoleUrl === undefined ? '127.0.0.1' : host,
    port: consolePort === undefined ? nextPort(port) : portOf(consolePort),
    url: consoleUrl === undefined ? null : originOf(consoleUrl),
  };
}

function originOf(url: string): string {
  try {
    return publicOriginOf(url).origin;
  } catch (error) {
    throw error instanceof SallyportError ? new UsageError(error.message, error.hint) : error;
  }
}

function nextPort(port: number): number {
  return port === 0 || port === 65_535 ? 0 : port + 1;
}

function addressError(error: unknown, host: string, port: number): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const taken = 'port' in error && typeof error.port === 'number' ? error.port : port;
  const hints: Readonly<Record<string, string>> = {
    EADDRINUSE:
      'something listens there already; name another with `--port` or `--console-port`, or 0 for any that is free',
    EADDRNOTAVAIL: 'this machine has no such address; see `--host`',
    EACCES: 'ports below 1024 are for root; name another with `--port`',
  };
  const hint = hints[String(error.code)];
  return hint === undefined
    ? error
    : new SallyportError('cli.address', `${host}:${taken} can't be listened on`, {
        hint,
        cause: error,
      });
}

/** When every upstream has listed its tools or failed to, or has had time enough: a dead one holds nobody up for long. */
async function settled(gateway: Gateway): Promise<void> {
  await Promise.race([
    gateway.catalog.refresh(),
    new Promise((resolve) => setTimeout(resolve, settleMs).unref()),
  ]);
}

/** Says how each upstream stands: a dead one is a line here, not a surprise at the first call. */
function announceUpstreams(gateway: Gateway, output: Output): void {
  for (const name of gateway.policySource.policy.upstreams.keys()) {
    const status = gateway.upstream(name)?.status();
    const listed = gateway.catalog.listed(name)?.length ?? 0;
    output.progress(
      `upstream ${name}: ${status?.state ?? 'down'}${status?.reason == null ? `, ${listed} tools` : `: ${printable(status.reason)}`}`,
    );
  }
}

/** Heard from the first moment on: one that comes while servers start must end what was started too. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

function reloadOnHangup(gateway: Gateway, log: (line: LogLine) => void): void {
  process.on('SIGHUP', () => {
    gateway.policySource.reload().then(
      (refused) =>
        log(
          refused === null
            ? { level: 'info', event: 'policy.reloaded' }
            : { level: 'error', event: 'policy.rejected', error: refused.message },
        ),
      (error: unknown) => log({ level: 'error', event: 'policy.reload', error: String(error) }),
    );
  });
}

/** A second signal does not wait for the calls under way. */
function dontWaitTwice(): void {
  const now = (): never => process.exit(3);
  process.once('SIGINT', now);
  process.once('SIGTERM', now);
}

/** What has lines of its own goes on below, set in: no line begins like one of ours but ours. */
function humanLine({ level, event, ...details }: LogLine): string {
  const said = Object.entries(details).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return printableLines([`${level}: ${event}`, ...said].join(' ')).replaceAll('\n', '\n    ');
}
