import { dirname } from 'node:path';
import { Command } from 'commander';
import { printable } from '../../content/escape.ts';
import type { JsonObject } from '../../content/value.ts';
import type { Lock, LockedTool } from '../../policy/lock.ts';
import { definitionDigest } from '../../policy/lock-file.ts';
import { writeLock } from '../../runtime/lock-writing.ts';
import { lockFileOf, readPolicy } from '../../runtime/policy-source.ts';
import { compareCatalog } from '../../upstreams/catalog.ts';
import { diffDefinition, formatDifferences } from '../../upstreams/diff.ts';
import { addExamples } from '../examples.ts';
import { type Live, listLive } from '../live-tools.ts';
import { type CommonOptions, commonOptions } from '../options.ts';
import { type ExitCode, type Output, UsageError } from '../output.ts';
import { type Place, placeOf, requirePolicy } from '../place.ts';
import type { Act } from '../program.ts';
import { table } from '../table.ts';

interface PinOptions extends CommonOptions {
  readonly all?: boolean;
}

export function toolsCommand(act: Act): Command {
  const command = new Command('tools').description(
    'What the servers list, against what a person accepted.',
  );
  const list = new Command('list')
    .description('Every tool: pinned, changed, new or missing.')
    .action(act(listTools));
  const diff = new Command('diff')
    .description('What changed since it was accepted; exit code 1 when something did.')
    .argument('[tools...]', 'upstream.operation')
    .action((tools: string[], options: CommonOptions) =>
      act<CommonOptions>((_, output) => diffTools(tools, options, output))(options),
    );
  const pin = new Command('pin')
    .description(
      'Accepts definitions as they are listed now, into the lock. Read `tools diff` first.',
    )
    .argument('[tools...]', 'upstream.operation')
    .option('--all', 'everything that is listed, and drop what no server lists any more')
    .action((tools: string[], options: PinOptions) =>
      act<PinOptions>((_, output) => pinTools(tools, options, output))(options),
    );
  for (const sub of [list, diff, pin]) {
    for (const option of commonOptions()) sub.addOption(option);
    command.addCommand(sub);
  }
  return addExamples(command, [
    'sallyport tools list',
    'sallyport tools diff',
    'sallyport tools pin files.read_text_file',
    'sallyport tools pin --all',
  ]);
}

interface ToolState {
  readonly name: string;
  readonly upstream: string;
  readonly operation: string;
  readonly state: 'pinned' | 'changed' | 'missing' | 'new';
  readonly pinned: JsonObject | null;
  readonly listed: JsonObject | null;
}

interface Survey {
  readonly lock: Lock;
  readonly tools: readonly ToolState[];
  readonly down: readonly { readonly upstream: string; readonly reason: string }[];
}

async function survey(place: Place): Promise<Survey> {
  const { policy, lock } = readPolicy(requirePolicy(place).policyFile);
  const live = await listLive(policy.upstreams.values(), dirname(place.policyFile));
  return {
    lock,
    tools: live.flatMap((upstream) => statesOf(upstream, lock)),
    down: live.flatMap((one) => ('reason' in one ? [one] : [])),
  };
}

function statesOf(live: Live, lock: Lock): ToolState[] {
  if ('reason' in live) return [];
  const pins = lock.upstreams[live.upstream]?.tools ?? {};
  const listed = new Map(live.listed.map(({ operation, definition }) => [operation, definition]));
  return [...compareCatalog(pins, live.listed).states].map(([operation, { state }]) => ({
    name: `${live.upstream}.${operation}`,
    upstream: live.upstream,
    operation,
    state,
    pinned: Object.hasOwn(pins, operation) ? (pins[operation]?.definition ?? null) : null,
    listed: listed.get(operation) ?? null,
  }));
}

async function listTools(options: CommonOptions, output: Output): Promise<ExitCode> {
  const { tools, down } = await survey(placeOf(options));
  reportDown(down, output);
  return output.result(
    down.length === 0,
    {
      tools: tools.map(({ name, state, listed }) => ({ name, state, definition: listed })),
      down: down.map((one) => ({ ...one })),
    },
    tools.length === 0
      ? 'no tools'
      : table(
          ['TOOL', 'STATE'],
          tools.map(({ name, state }) => [printable(name), state]),
        ),
  );
}

async function diffTools(
  names: readonly string[],
  options: CommonOptions,
  output: Output,
): Promise<ExitCode> {
  const { tools, down } = await survey(placeOf(options));
  reportDown(down, output);
  const changed = chosen(names, tools).filter(({ state }) => state !== 'pinned');
  const text = changed
    .map(
      (tool) =>
        `${printable(tool.name)} (${tool.state})\n${formatDifferences(diffDefinition(tool.pinned, tool.listed))}`,
    )
    .join('\n\n');
  return output.result(
    changed.length === 0 && down.length === 0,
    {
      changed: changed.map(({ name, state, pinned, listed }) => ({
        name,
        state,
        differences: diffDefinition(pinned, listed).map((difference) => ({ ...difference })),
      })),
    },
    text === '' ? 'everything is as it was accepted' : text,
  );
}

async function pinTools(
  names: readonly string[],
  options: PinOptions,
  output: Output,
): Promise<ExitCode> {
  if ((names.length === 0) === (options.all !== true)) {
    throw new UsageError(
      'name the tools to accept, or say `--all`',
      '`sallyport tools diff` shows what would be accepted',
    );
  }
  const place = placeOf(options);
  const { lock, tools, down } = await survey(place);
  reportDown(down, output);
  const accepted = chosen(names, tools).filter(({ state }) => state !== 'pinned');
  writeLock(lockFileOf(place.policyFile), accept(lock, accepted, new Date().toISOString()));
  const lines = accepted.map(
    ({ name, state }) =>
      `${state === 'missing' ? 'dropped' : 'accepted'} ${printable(name)}${state === 'changed' ? ' (changed)' : ''}`,
  );
  return output.result(
    true,
    { accepted: accepted.map(({ name, state }) => ({ name, state })) },
    lines.length === 0 ? 'nothing to accept' : lines.join('\n'),
  );
}

function chosen(names: readonly string[], tools: readonly ToolState[]): readonly ToolState[] {
  if (names.length === 0) return tools;
  return names.map((name) => {
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined)
      throw new UsageError(
        `no server lists \`${name}\`, and nothing of that name is pinned`,
        '`sallyport tools list` shows the names',
      );
    return tool;
  });
}

function accept(lock: Lock, tools: readonly ToolState[], pinnedAt: string): Lock {
  const upstreams: Record<string, { tools: Record<string, LockedTool> }> = {};
  for (const [name, { tools: pins }] of Object.entries(lock.upstreams))
    upstreams[name] = { tools: { ...pins } };
  for (const { upstream, operation, listed } of tools) {
    const pins = upstreams[upstream]?.tools ?? {};
    upstreams[upstream] = { tools: pins };
    if (listed === null) delete pins[operation];
    else pins[operation] = { digest: definitionDigest(listed), definition: listed, pinnedAt };
  }
  return { lockVersion: 1, upstreams };
}

function reportDown(down: Survey['down'], output: Output): void {
  for (const { upstream, reason } of down)
    output.progress(`upstream ${upstream} can't be listed: ${printable(reason)}`);
}
