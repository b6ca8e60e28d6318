import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { printable } from '../../content/escape.ts';
import type { JsonObject } from '../../content/value.ts';
import { createLedgerKey, loadLedgerKey } from '../../ledger/key.ts';
import { formatVkey } from '../../ledger/note.ts';
import { loadPolicy } from '../../policy/load.ts';
import { emptyLock, type Lock, type LockedTool } from '../../policy/lock.ts';
import { definitionDigest } from '../../policy/lock-file.ts';
import type { Policy } from '../../policy/model.ts';
import { policyJsonSchema } from '../../policy/shape/document.ts';
import { writeLock } from '../../runtime/lock-writing.ts';
import { lockFileOf, PolicyFileError } from '../../runtime/policy-source.ts';
import { type ImportedServer, type MovedSecret, readMcpServers } from '../init/mcp-servers.ts';
import { proposeTools } from '../init/propose.ts';
import { approver, type DraftedServer, policyText, upstreamsText } from '../init/write-policy.ts';
import { type Live, listLive } from '../live-tools.ts';
import { type CommonOptions, commonOptions } from '../options.ts';
import { type ExitCode, type Output, UsageError } from '../output.ts';
import { type Place, placeOf } from '../place.ts';
import type { Act } from '../program.ts';

interface InitOptions extends CommonOptions {
  readonly from?: string;
  readonly agent: string;
  readonly force?: boolean;
}

/** Where hosts keep their servers, looked for in the current directory. */
const usualFiles = [
  'mcp.json',
  '.mcp.json',
  '.cursor/mcp.json',
  '.vscode/mcp.json',
  'claude_desktop_config.json',
];

export function initCommand(act: Act): Command {
  const command = new Command('init')
    .description(
      'Writes a first policy from an `mcpServers` file: starts each server, lists its tools, and proposes what each of them is.',
    )
    .option(
      '--from <file>',
      `the \`mcpServers\` JSON (default: the first of ${usualFiles.join(', ')})`,
    )
    .option('--agent <name>', 'what to call the agent', 'agent')
    .option('--force', 'overwrite a policy and a lock that are there')
    .addHelpText(
      'after',
      `
Secrets in the file are moved into files below .sallyport/secrets (mode 0600); the policy names them.
The policy starts in \`observe\`: nothing waits, and nothing is refused but what is ungranted, unpinned or malformed.

Examples:
  $ sallyport init --from mcp.json
  $ sallyport init --from mcp.json --agent reporter --force`,
    )
    .action(act(init));
  for (const option of commonOptions()) command.addOption(option);
  return command;
}

async function init(options: InitOptions, output: Output): Promise<ExitCode> {
  if (!/^[a-z][a-z0-9_-]{0,63}$/.test(options.agent))
    throw new UsageError(
      `\`${options.agent}\` is no name for an agent`,
      'small letters, digits, `_` and `-`, beginning with a letter',
    );
  const place = placeOf(options);
  const lockFile = lockFileOf(place.policyFile);
  for (const file of [place.policyFile, lockFile]) {
    if (existsSync(file) && options.force !== true)
      throw new UsageError(`${file} is there already`, 'say `--force` to overwrite it');
  }
  const source = sourceOf(options);
  const servers = readMcpServers(source, readText(source));
  const secretPath = (secret: MovedSecret): string =>
    join(place.dataDirectory, 'secrets', secret.file);

  // Loaded first with the upstreams alone: what the policy's own rules refuse (an inexact version, a shell) is not started.
  const started = load(
    place,
    `sallyport: 1\n\n${upstreamsText({ servers: servers.map((server) => ({ server, tools: null })), secretPath })}\n`,
    emptyLock,
  );
  moveSecrets(place, servers);
  output.progress(
    `asking ${servers.length} server${servers.length === 1 ? '' : 's'} for their tools …`,
  );
  const live = await listLive(started.upstreams.values(), dirname(place.policyFile));
  const drafted = servers.map((server) => draftOf(server, live));
  const lock = lockOf(live);
  const text = policyText({ agent: options.agent, servers: drafted, secretPath });
  const policy = load(place, text, lock);

  writeFileSync(place.policyFile, text);
  writeLock(lockFile, lock);
  writeFileSync(
    join(dirname(place.policyFile), 'sallyport.schema.json'),
    `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
  );
  const signer = loadLedgerKey(place.dataDirectory) ?? createLedgerKey(place.dataDirectory);
  return report(place, policy, live, drafted, formatVkey(signer), output);
}

function report(
  place: Place,
  policy: Policy,
  live: readonly Live[],
  drafted: readonly DraftedServer[],
  vkey: string,
  output: Output,
): ExitCode {
  const lines: string[] = [];
  const tools: JsonObject[] = [];
  for (const { server, tools: proposed } of drafted) {
    const asked = live.find(({ upstream }) => upstream === server.name);
    if (asked !== undefined && 'reason' in asked)
      lines.push(
        `${server.name}: could not be asked (${printable(asked.reason)}); its tools are left out`,
      );
    for (const { operation, facts, reviewed } of proposed ?? []) {
      const name = `${server.name}.${operation}`;
      const description = policy.tools.get(name)?.pin?.description ?? '';
      tools.push({
        tool: name,
        action: facts.action,
        tier: facts.tier,
        reach: facts.reach,
        reviewed,
        description,
      });
      lines.push(
        `${printable(name)}: ${facts.tier}, ${facts.reach}${reviewed ? '' : ' (not reviewed)'}`,
        `    ${printable(description, 160)}`,
      );
    }
  }
  const down = live.flatMap((one) =>
    'reason' in one ? [{ upstream: one.upstream, reason: one.reason }] : [],
  );
  lines.push(
    '',
    `wrote ${place.policyFile}: read it, then change \`observe\` to \`strict\``,
    `wrote ${lockFileOf(place.policyFile)}: ${tools.length} definitions, accepted as they are listed now`,
    `ledger key ${vkey}`,
    'next:',
    ...nextSteps([...policy.agents.keys()].join()),
  );
  return output.result(
    down.length === 0,
    { policy: place.policyFile, lock: lockFileOf(place.policyFile), vkey, tools, down },
    lines.join('\n'),
  );
}

function nextSteps(agent: string): string[] {
  const steps = [
    ['sallyport policy check', 'what it lets through, and who is asked about what'],
    [`sallyport token --agent ${agent}`, 'for the agent'],
    [`sallyport token --approver ${approver}`, 'for you: the console asks for it'],
    ['sallyport up', 'prints the URLs of both'],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  return steps.map(([command, what]) => `  ${command.padEnd(width)}   ${what}`);
}

function sourceOf(options: InitOptions): string {
  const source = options.from ?? usualFiles.find((file) => existsSync(file));
  if (source === undefined) {
    throw new UsageError(
      'there is no `mcpServers` file to start from',
      'name one: `sallyport init --from mcp.json`; it reads { "mcpServers": { "files": { "command": "…", "args": [] } } }',
    );
  }
  return source;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${resolve(file)} can't be read: ${causeOf(error)}`,
      '`--from` names a file with `mcpServers`, from the current directory',
    );
  }
}

function causeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const causes: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'there is no such folder',
    EISDIR: 'it is a folder',
    EACCES: 'you may not read it',
  };
  return causes[code] ?? (code === '' ? 'unknown' : code);
}

function load(place: Place, text: string, lock: Lock): Policy {
  const loaded = loadPolicy({
    file: place.policyFile,
    readFile: (path) => (path === place.policyFile ? text : null),
    lock,
  });
  if (!loaded.ok) throw new PolicyFileError(place.policyFile, loaded.errors);
  return loaded.policy;
}

function draftOf(server: ImportedServer, live: readonly Live[]): DraftedServer {
  const asked = live.find(({ upstream }) => upstream === server.name);
  if (asked === undefined || 'reason' in asked) return { server, tools: null };
  return { server, tools: proposeTools(asked.serverName, asked.listed) };
}

function lockOf(live: readonly Live[]): Lock {
  const pinnedAt = new Date().toISOString();
  const upstreams: Record<string, { readonly tools: Record<string, LockedTool> }> = {};
  for (const one of live) {
    if ('reason' in one) continue;
    const tools: Record<string, LockedTool> = {};
    for (const { operation, definition } of one.listed)
      tools[operation] = { digest: definitionDigest(definition), definition, pinnedAt };
    upstreams[one.upstream] = { tools };
  }
  return { lockVersion: 1, upstreams };
}

/** Into files that only their owner reads, in a directory that is not to be committed. */
function moveSecrets(
  { policyFile, dataDirectory }: Place,
  servers: readonly ImportedServer[],
): void {
  const directory = join(dataDirectory, 'secrets');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const { transport, credential } of servers) {
    const env =
      transport.type === 'stdio'
        ? Object.values(transport.env).flatMap((value) => ('secret' in value ? [value.secret] : []))
        : [];
    for (const { file, value } of credential === null ? env : [...env, credential.secret]) {
      writeFileSync(join(directory, file), value, { mode: 0o600 });
    }
  }
  const ignore = join(dirname(policyFile), '.gitignore');
  const entry = `${basename(dataDirectory)}/`;
  const before = existsSync(ignore) ? readFileSync(ignore, 'utf8') : '';
  if (dirname(dataDirectory) === dirname(policyFile) && !before.split('\n').includes(entry)) {
    writeFileSync(
      ignore,
      `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${entry}\n`,
    );
  }
}
