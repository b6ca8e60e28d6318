import { isJsonArray, type JsonObject, type JsonValue } from '../../content/value.ts';
import { resultEnvironment } from '../cel-environment.ts';
import { defaults } from '../defaults.ts';
import type { Lock } from '../lock.ts';
import type { Argument, PinnedDefinition, Tool } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Report } from '../report.ts';
import { compileSchema } from '../schema-check.ts';
import type { Named } from '../shape/collection.ts';
import { kindNames, type ToolSyntax, tierName, tiers } from '../shape/tool.ts';
import { compileExpression } from './cel.ts';
import { compileArgument } from './kinds.ts';
import { compilePin, type DeclaredArguments, declaredArguments, surfacePin } from './pin.ts';
import { compileReturns, noReturns } from './returns.ts';

export interface ToolsContext {
  readonly report: Report;
  readonly lock: Lock;
  readonly currency: string | null;
  readonly upstreamNames: ReadonlySet<string>;
  /** Their arguments stand in documents that nobody reads yet, so nothing is said of their tools. */
  readonly laterUpstreams: ReadonlySet<string>;
}

export interface CompiledTools {
  readonly tools: ReadonlyMap<string, Tool>;
  /** Upstreams with a tool that couldn't be used. */
  readonly brokenUpstreams: ReadonlySet<string>;
}

export function compileTools(
  entries: readonly Named<ToolSyntax>[],
  context: ToolsContext,
): CompiledTools {
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
  }
  // In the order written, whatever the order of compiling.
  const ordered = names.flatMap((name): [string, Tool][] => {
    const tool = tools.get(name);
    return tool === undefined ? [] : [[name, tool]];
  });
  return { tools: new Map(ordered), brokenUpstreams };
}

export function upstreamOf(toolName: string): string {
  return toolName.slice(0, toolName.indexOf('.'));
}

export function operationOf(toolName: string): string {
  return toolName.slice(toolName.indexOf('.') + 1);
}

function compileTool(entry: Named<ToolSyntax>, context: ToolsContext): Tool | null {
  const { report, lock } = context;
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
  const pin = pinOf(entry, lock, report);
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
    memory: false,
    persists: syntax.persists?.value ?? false,
    pin,
  };
  return finish(base, syntax, context);
}

function compileVariant(
  entry: Named<ToolSyntax>,
  tools: ReadonlyMap<string, Tool>,
  names: readonly string[],
  context: ToolsContext,
): Tool | null {
  const { report, lock } = context;
  const syntax = entry.value;
  if (syntax?.of === undefined || context.laterUpstreams.has(upstreamOf(entry.name))) return null;
  if (!knowsUpstream(entry, context)) return null;
  const base = tools.get(syntax.of.value);
  if (base === undefined) {
    if (!names.includes(syntax.of.value)) {
      report.error('policy.unknown', syntax.of.at, `unknown tool \`${syntax.of.value}\``, {
        mend: didYouMean(syntax.of.value, names),
      });
    }
    return null;
  }
  if (base.variantOf !== null) {
    report.error('policy.conflict', syntax.of.at, `\`${base.name}\` is itself a variant`, {
      mend: `write \`of: ${base.variantOf}\`, and all the arguments that are fixed`,
    });
    return null;
  }
  if (base.upstream !== upstreamOf(entry.name)) {
    report.error(
      'policy.conflict',
      entry.at,
      `a variant of \`${base.name}\` belongs to the same upstream`,
      {
        mend: `call it \`${base.upstream}.${operationOf(entry.name)}\``,
      },
    );
    return null;
  }
  if (lock.upstreams[base.upstream]?.tools[operationOf(entry.name)] !== undefined) {
    report.error('policy.conflict', entry.at, `\`${entry.name}\` is a tool of the upstream's own`, {
      mend: 'give the variant another name',
    });
    return null;
  }
  if (syntax.hasArgs) {
    report.error(
      'policy.conflict',
      syntax.argsAt,
      'a variant inherits the arguments of the tool that it is of',
      {
        mend: 'remove `args`; fix single arguments with `with`',
      },
    );
    return null;
  }
  const fixed = fixedArguments(syntax, base, report);
  if (fixed === null || (syntax.action === undefined && syntax.hasAction)) return null;
  return finish(
    {
      ...base,
      name: entry.name,
      at: entry.at,
      action: syntax.action?.value ?? base.action,
      tier: syntax.tier === undefined ? base.tier : tiers[syntax.tier.value],
      reach: syntax.reach?.value ?? base.reach,
      fixed,
      variantOf: base.name,
      idempotent: syntax.idempotent?.value ?? base.idempotent,
      persists: syntax.persists?.value ?? base.persists,
    },
    syntax,
    context,
  );
}

/** What is the same for tools and variants, and needs the rest. */
function finish(tool: Tool, syntax: ToolSyntax, { report, currency }: ToolsContext): Tool | null {
  if (tool.persists && tool.tier < 2) {
    // A rule or a share acts when nobody looks any more: that is never a small thing.
    report.error(
      'policy.conflict',
      syntax.persists?.at ?? syntax.tierAt,
      `a tool that persists is at least \`consequential\`, and this one is \`${tierName(tool.tier)}\``,
      {
        mend: 'write `tier: consequential`',
      },
    );
    return null;
  }
  if (syntax.returns === undefined) return tool;
  const returns = compileReturns(syntax.returns, tool, currency, report);
  if (returns === null) return null;
  const { success } = syntax.returns;
  const program =
    success === undefined
      ? null
      : compileExpression(success, resultEnvironment(tool.pin?.outputSchema ?? null), report);
  return { ...tool, returns: { ...returns, success: program } };
}

function knowsUpstream(entry: Named<ToolSyntax>, { report, upstreamNames }: ToolsContext): boolean {
  const upstream = upstreamOf(entry.name);
  if (upstreamNames.has(upstream)) return true;
  report.error('policy.unknown', entry.at, `unknown upstream \`${upstream}\``, {
    mend: didYouMean(upstream, upstreamNames),
  });
  return false;
}

function surfaceOf(operation: string): Tool['surface'] {
  if (operation === 'resources/read') return 'resource';
  return operation === 'prompts/get' ? 'prompt' : 'tool';
}

function pinOf(
  entry: Named<ToolSyntax>,
  lock: Lock,
  report: Report,
): PinnedDefinition | null | 'unusable' {
  const operation = operationOf(entry.name);
  const pinnedTools = lock.upstreams[upstreamOf(entry.name)]?.tools;
  const locked = pinnedTools?.[operation];
  if (operation === 'resources/read' || operation === 'prompts/get')
    return usable(entry, surfacePin(operation), report);
  if (locked === undefined) {
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
  if (/(^|_)id$|_id(s)?$/.test(name)) return 'identifier';
  if (/path|file|director/i.test(name)) return 'path';
  if (/url|uri|link/i.test(name)) return 'url';
  return 'content';
}

function fixedArguments(syntax: ToolSyntax, base: Tool, report: Report): JsonObject | null {
  if (syntax.with === undefined) {
    report.error('policy.missing', syntax.at, 'a variant has to fix an argument', {
      mend: 'write `with: { argument: value }`',
    });
    return null;
  }
  const fixed: [string, JsonValue][] = [];
  let fits = true;
  for (const { name, at, value } of syntax.with.value) {
    if (value === undefined) return null;
    if (!base.args.has(name)) {
      report.error('policy.unknown', at, `\`${base.name}\` has no argument \`${name}\``, {
        mend: didYouMean(name, base.args.keys()),
      });
      fits = false;
      continue;
    }
    const wrong = base.pin === null ? null : misfit(base.pin.inputSchema, name, value.value);
    if (wrong !== null) {
      report.error(
        'policy.pin',
        value.at,
        `\`${value.written}\` doesn't fit the pinned schema of \`${name}\`: ${wrong}`,
      );
      fits = false;
      continue;
    }
    fixed.push([name, value.value]);
  }
  return fits ? Object.fromEntries(fixed) : null;
}

/** Judges one argument alone, by the whole schema without what it requires of the others. */
export function misfit(schema: JsonObject, name: string, value: JsonValue): string | null {
  const property = declaredArguments(schema).byName.get(name);
  if (property === undefined) return null;
  const definitions = Object.fromEntries(
    Object.entries(schema).filter(
      ([key]) => key === '$defs' || key === 'definitions' || key === '$schema',
    ),
  );
  const alone = compileSchema({ ...definitions, type: 'object', properties: { [name]: property } });
  if ('error' in alone) return null;
  const [problem] = alone.check({ [name]: value });
  return problem === undefined ? null : problem.message;
}
