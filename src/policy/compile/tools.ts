import { kindNames } from '../../content/kind.ts';
import { isJsonArray, type JsonObject } from '../../content/value.ts';
import { defaults } from '../defaults.ts';
import type { Argument, PinnedDefinition, Tool } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Report } from '../report.ts';
import type { Named } from '../shape/collection.ts';
import { type ToolSyntax, tiers } from '../shape/tool.ts';
import type { Steps } from '../steps.ts';
import { compileArgument } from './kinds.ts';
import { refuseUnlikeFields } from './object-fields.ts';
import {
  compilePin,
  type DeclaredArguments,
  declaredArguments,
  functionDefinition,
  functionPin,
  surfacePin,
} from './pin.ts';
import { linkRecords } from './record-links.ts';
import { noReturns } from './returns.ts';
import {
  finishTool,
  knowsUpstream,
  operationOf,
  type ToolsContext,
  upstreamOf,
} from './tool-context.ts';
import { compileVariant } from './variants.ts';

export interface CompiledTools {
  readonly tools: ReadonlyMap<string, Tool>;
  /** Upstreams with a tool that couldn't be used. */
  readonly brokenUpstreams: ReadonlySet<string>;
}

export function* compileTools(
  entries: readonly Named<ToolSyntax>[],
  context: ToolsContext,
): Steps<CompiledTools> {
  const tools = new Map<string, Tool>();
  const brokenUpstreams = new Set<string>();
  const names = entries.map((entry) => entry.name);
  // Variants last: they inherit from tools, which may stand below them or in another file.
  const isVariant = (entry: Named<ToolSyntax>): boolean => entry.value?.of !== undefined;
  for (const entry of [...entries.filter((one) => !isVariant(one)), ...entries.filter(isVariant)]) {
    const tool = isVariant(entry)
      ? compileVariant(entry, tools, names, context)
      : compileTool(entry, context);
    if (tool === null) brokenUpstreams.add(upstreamOf(entry.name));
    else tools.set(tool.name, tool);
    yield;
  }
  // In the order written, whatever the order of compiling.
  const ordered = names.flatMap((name): [string, Tool][] => {
    const tool = tools.get(name);
    return tool === undefined ? [] : [[name, tool]];
  });
  const linked = linkRecords(entries, new Map(ordered), brokenUpstreams, context);
  refuseUnlikeFields(entries, linked, context.report);
  return {
    tools: linked,
    brokenUpstreams,
  };
}

function compileTool(entry: Named<ToolSyntax>, context: ToolsContext): Tool | null {
  const { report } = context;
  const syntax = entry.value;
  if (syntax === undefined || context.laterUpstreams.has(upstreamOf(entry.name))) return null;
  if (!knowsUpstream(entry, context)) return null;
  if (syntax.with !== undefined) {
    report.error('policy.conflict', syntax.with.at, '`with` is for a variant', {
      mend: 'say with `of` which tool it is a variant of',
    });
    return null;
  }
  if (syntax.action === undefined) {
    if (!syntax.hasAction)
      report.error('policy.missing', entry.at, `\`${entry.name}\` has no \`action\``, {
        mend: 'say what it does: `action: read`',
      });
    return null;
  }
  const args = new Map<string, Argument>();
  let broken = false;
  for (const written of syntax.args?.value ?? []) {
    const argument = compileArgument(written, context.currency, report);
    if (argument === null) broken = true;
    else args.set(written.name, argument);
  }
  if (broken || (syntax.args === undefined && syntax.hasArgs)) return null;
  const pin = pinOf(entry, args, context);
  if (pin === 'unusable') return null;
  if (pin !== null && !argumentsFit(entry, syntax, args, pin, report)) return null;
  const operation = operationOf(entry.name);
  const base = {
    name: entry.name,
    upstream: upstreamOf(entry.name),
    operation,
    surface: surfaceOf(operation),
    at: entry.at,
    action: syntax.action.value,
    tier: syntax.tier === undefined ? defaults.tier : tiers[syntax.tier.value],
    reach: syntax.reach?.value ?? defaults.reach,
    args,
    fixed: {},
    variantOf: null,
    returns: noReturns,
    idempotent: syntax.idempotent?.value ?? false,
    memory: syntax.memory?.value ?? false,
    persists: syntax.persists?.value ?? false,
    on: syntax.on?.value ?? null,
    resolve: new Map(),
    freshMs: syntax.fresh?.value ?? null,
    pin,
  };
  return finishTool(base, syntax, context);
}

function surfaceOf(operation: string): Tool['surface'] {
  if (operation === 'resources/read') return 'resource';
  return operation === 'prompts/get' ? 'prompt' : 'tool';
}

function pinOf(
  entry: Named<ToolSyntax>,
  args: ReadonlyMap<string, Argument>,
  { lock, report, functionUpstreams }: ToolsContext,
): PinnedDefinition | null | 'unusable' {
  const operation = operationOf(entry.name);
  const pinnedTools = lock.upstreams[upstreamOf(entry.name)]?.tools;
  const locked = pinnedTools?.[operation];
  if (operation === 'resources/read' || operation === 'prompts/get')
    return usable(entry, surfacePin(operation), report);
  if (locked === undefined) {
    if (functionUpstreams.has(upstreamOf(entry.name)))
      return usable(entry, functionPin(functionDefinition(operation, args)), report);
    report.warning(
      'policy.pin',
      entry.at,
      `\`${entry.name}\` isn't pinned, so every call of it is refused`,
      {
        mend: didYouMean(operation, Object.keys(pinnedTools ?? {})) ?? 'run `sallyport tools pin`',
      },
    );
    return null;
  }
  return usable(entry, compilePin(locked), report);
}

function usable(
  entry: Named<ToolSyntax>,
  pinned: ReturnType<typeof compilePin>,
  report: Report,
): PinnedDefinition | 'unusable' {
  if ('pin' in pinned) return pinned.pin;
  report.error('policy.pin', entry.at, `\`${entry.name}\` can't be used: ${pinned.error}`, {
    mend: 'report it to whoever makes the server; leave the tool out until then',
  });
  return 'unusable';
}

/** Every argument of the pinned schema has a kind, and nothing else has: what has no kind can't be judged. */
function argumentsFit(
  entry: Named<ToolSyntax>,
  syntax: ToolSyntax,
  args: ReadonlyMap<string, Argument>,
  pin: PinnedDefinition,
  report: Report,
): boolean {
  const declared = declaredArguments(pin.inputSchema);
  let fits = true;
  for (const [name, schema] of declared.byName) {
    if (args.has(name)) continue;
    fits = false;
    report.error(
      'policy.pin',
      syntax.hasArgs ? syntax.argsAt : entry.at,
      `\`${entry.name}\` has an argument \`${name}\` that isn't listed`,
      {
        expected: 'every argument of the pinned schema',
        mend: `add \`${name}: ${likelyKind(name, schema)}\`, or the kind that fits better`,
      },
    );
  }
  for (const written of syntax.args?.value ?? []) {
    if (declared.byName.has(written.name) || declared.isOpen) continue;
    fits = false;
    report.error(
      'policy.pin',
      written.at,
      `\`${entry.name}\` has no argument \`${written.name}\``,
      {
        expected: `one of ${[...declared.byName.keys()].map((name) => `\`${name}\``).join(', ') || 'none: it takes no arguments'}`,
        mend: didYouMean(written.name, missingOf(declared, args)) ?? 'remove it',
      },
    );
  }
  return fits;
}

function missingOf(
  declared: DeclaredArguments,
  args: ReadonlyMap<string, Argument>,
): readonly string[] {
  return [...declared.byName.keys()].filter((name) => !args.has(name));
}

/** A first guess for the mend; whoever writes the policy decides. */
function likelyKind(name: string, schema: JsonObject): string {
  const known = kindNames.find((kind) => kind === name);
  if (known !== undefined && known !== 'sender' && known !== 'amount') return known;
  const types = isJsonArray(schema['type']) ? schema['type'] : [schema['type']];
  if (types.includes('boolean')) return 'flag';
  if (types.includes('integer') || types.includes('number')) return 'number';
  if (/^(to|cc|bcc|recipients?|reply_to)$/.test(name)) return 'recipient';
  if (/(^|_)id$|_id(s)?$/.test(name)) return 'identifier';
  if (/path|file|director/i.test(name)) return 'path';
  if (/url|uri|link/i.test(name)) return 'url';
  return 'content';
}
