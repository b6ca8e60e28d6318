import { isJsonArray, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { Tool } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Report } from '../report.ts';
import { compileSchema } from '../schema-check.ts';
import type { Named } from '../shape/collection.ts';
import { type ToolSyntax, tiers } from '../shape/tool.ts';
import { declaredArguments } from './pin.ts';
import {
  finishTool,
  knowsUpstream,
  operationOf,
  type ToolsContext,
  upstreamOf,
} from './tool-context.ts';

/** One tool's second meaning: some arguments are fixed, the rest is inherited. */
export function compileVariant(
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
  return finishTool(
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
      memory: syntax.memory?.value ?? base.memory,
      on: syntax.on?.value ?? base.on,
      freshMs: syntax.fresh?.value ?? base.freshMs,
    },
    syntax,
    context,
  );
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
        { mend: likelyValue(base.pin, name, value.written) },
      );
      fits = false;
      continue;
    }
    fixed.push([name, value.value]);
  }
  return fits ? Object.fromEntries(fixed) : null;
}

function likelyValue(pin: Tool['pin'], name: string, written: string): string | null {
  const schema = pin === null ? undefined : declaredArguments(pin.inputSchema).byName.get(name);
  const values = schema?.['enum'];
  if (!isJsonArray(values)) return null;
  const texts = values.map(String);
  return didYouMean(written, texts) ?? `write one of: ${texts.join(', ')}`;
}

/** Judges one argument alone, by the whole schema without what it requires of the others. */
function misfit(schema: JsonObject, name: string, value: JsonValue): string | null {
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
