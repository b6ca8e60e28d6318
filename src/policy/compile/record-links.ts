import { isJsonArray } from '../../content/value.ts';
import type { Argument, Resolve, Tool } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Report } from '../report.ts';
import type { Named } from '../shape/collection.ts';
import type { ArgumentSyntax, KindSyntax } from '../shape/kind.ts';
import type { Located } from '../shape/shape.ts';
import { type ToolSyntax, tierName } from '../shape/tool.ts';
import { declaredArguments } from './pin.ts';
import { upstreamOf } from './tool-context.ts';

interface Links {
  readonly tools: ReadonlyMap<string, Tool>;
  /** Tools that are written, whether or not they could be used. */
  readonly names: ReadonlySet<string>;
  readonly report: Report;
}

/** What tools say of each other: which one reads the thing that an argument of another names. */
export function linkRecords(
  entries: readonly Named<ToolSyntax>[],
  tools: ReadonlyMap<string, Tool>,
  brokenUpstreams: ReadonlySet<string>,
  { report }: { readonly report: Report },
): ReadonlyMap<string, Tool> {
  const links: Links = { tools, names: new Set(entries.map((entry) => entry.name)), report };
  const resolves = new Map<string, Tool['resolve']>();
  for (const { name, value } of entries) {
    const tool = tools.get(name);
    if (tool === undefined || value === undefined) continue;
    refuseIdleFresh(tool, value, report);
    if (value.resolve !== undefined) resolves.set(name, resolveOf(tool, value, links));
  }
  warnOfUnreadObjects(entries, tools, brokenUpstreams, report);
  return new Map(
    [...tools].map(([name, tool]) => {
      const resolve = resolves.get(name) ?? resolves.get(tool.variantOf ?? name) ?? tool.resolve;
      return [name, { ...tool, resolve: withoutFixed(resolve, tool) }];
    }),
  );
}

function withoutFixed(resolve: Tool['resolve'], tool: Tool): Tool['resolve'] {
  if (tool.variantOf === null) return resolve;
  return new Map([...resolve].filter(([argument]) => !Object.hasOwn(tool.fixed, argument)));
}

function refuseIdleFresh(tool: Tool, syntax: ToolSyntax, report: Report): void {
  if (syntax.fresh === undefined || thingsNamed(tool).length > 0) return;
  report.error(
    'policy.conflict',
    syntax.fresh.at,
    `\`fresh\` bounds the age of a record, and no argument of \`${tool.name}\` names one`,
    { mend: 'give the argument that names it the kind `object.<name>`, or remove `fresh`' },
  );
}

/** Arguments that an agent fills with the id of a thing. */
function thingsNamed(tool: Tool): readonly Argument[] {
  return [...tool.args.values()].filter(
    (argument) =>
      !Object.hasOwn(tool.fixed, argument.name) &&
      argument.parts.some((part) => isThing(part.kind.name)),
  );
}

function isThing(kind: string): boolean {
  return kind === 'reference' || kind.startsWith('object.');
}

function resolveOf(tool: Tool, syntax: ToolSyntax, links: Links): Tool['resolve'] {
  const resolves = new Map<string, Resolve>();
  const { resolve, resolveAt } = syntax;
  const things = thingsNamed(tool);
  if (resolve?.type === 'tool') {
    const [only, ...others] = things;
    if (only === undefined || others.length > 0) {
      links.report.error(
        'policy.conflict',
        resolveAt,
        only === undefined
          ? `no argument of \`${tool.name}\` names a thing that could be read`
          : `\`${tool.name}\` has ${things.length} arguments that name a thing`,
        {
          expected: 'one argument of a kind `object.<name>` or `reference`',
          mend:
            only === undefined
              ? 'give the argument the kind `object.<name>`'
              : `write \`resolve: { ${only.name}: ${resolve.tool.value} }\``,
        },
      );
      return resolves;
    }
    const link = linkOf(only, resolve.tool, links);
    return link === null ? resolves : new Map([[only.name, link]]);
  }
  for (const { name, at, value } of resolve?.tools.value ?? []) {
    const argument = things.find((one) => one.name === name);
    if (argument === undefined) {
      const known = tool.args.get(name);
      links.report.error(
        known === undefined ? 'policy.unknown' : 'policy.conflict',
        at,
        known === undefined
          ? `\`${tool.name}\` has no argument \`${name}\``
          : `\`${name}\` names no thing that could be read`,
        {
          expected: 'an argument of a kind `object.<name>` or `reference`',
          mend:
            known === undefined
              ? didYouMean(
                  name,
                  things.map((one) => one.name),
                )
              : `give it the kind \`object.<name>\` in the \`args\` of \`${tool.variantOf ?? tool.name}\``,
        },
      );
      continue;
    }
    const link = value === undefined ? null : linkOf(argument, value, links);
    if (link !== null) resolves.set(name, link);
  }
  return resolves;
}

/** Sallyport makes this call on its own: it may read, and nothing else. */
function linkOf(argument: Argument, written: Located<string>, links: Links): Resolve | null {
  const { tools, names, report } = links;
  const reader = tools.get(written.value);
  if (reader === undefined) {
    if (!names.has(written.value)) {
      report.error('policy.unknown', written.at, `unknown tool \`${written.value}\``, {
        mend: didYouMean(written.value, names),
      });
    }
    return null;
  }
  const conflict = (message: string, mend: string): null => {
    report.error('policy.conflict', written.at, message, { mend });
    return null;
  };
  if (reader.tier !== 0) {
    return conflict(
      `\`${reader.name}\` is \`${tierName(reader.tier)}\`, and what is read before a decision must change nothing`,
      'name a tool of tier `read_only`',
    );
  }
  const kinds = argument.parts.map((part) => part.kind.name).filter(isThing);
  for (const kind of kinds) {
    const object = kind.startsWith('object.') ? kind.slice('object.'.length) : null;
    if (object !== null && reader.returns.object !== object) {
      return conflict(
        `\`${reader.name}\` returns no \`${object}\`, which \`${argument.name}\` names`,
        `add \`returns: { object: ${object}, id: … }\` to it, or name the tool that reads it`,
      );
    }
  }
  const takes = takingArgument(reader, argument, kinds);
  if (takes === null) {
    return conflict(
      `\`${reader.name}\` has no argument that \`${argument.name}\` could go into`,
      `give that argument of it the kind \`${kinds[0] ?? 'reference'}\``,
    );
  }
  const others = otherRequired(reader, takes);
  if (others.length > 0) {
    return conflict(
      `\`${reader.name}\` also needs ${others.map((name) => `\`${name}\``).join(', ')}, which nothing fills`,
      'name a variant of it that fixes them: `{ of: …, with: { … } }`',
    );
  }
  // Asked with an id that the agent wrote, before any rule has looked at it: an id may be a sentence.
  if (reader.reach === 'external') {
    return conflict(
      `\`${reader.name}\` reaches outside, and what is read before a decision must tell nobody anything`,
      'name a tool with `reach: internal`, or say `reach: internal` of it if nobody outside learns what it is asked',
    );
  }
  return { tool: reader.name, argument: takes, isList: isList(reader, takes) };
}

/** By kind, else by name, else the only one that takes an id. */
function takingArgument(reader: Tool, argument: Argument, kinds: readonly string[]): string | null {
  const whole = [...reader.args.values()].filter(
    ({ name, parts }) =>
      !Object.hasOwn(reader.fixed, name) && parts.length === 1 && parts[0]?.pointer.text === '',
  );
  const kindOf = (one: Argument): string => one.parts[0]?.kind.name ?? '';
  const fitting = [
    whole.filter((one) => kinds.includes(kindOf(one))),
    whole.filter((one) => one.name === argument.name),
    whole.filter((one) => isThing(kindOf(one)) || kindOf(one) === 'identifier'),
  ];
  for (const [only, ...others] of fitting)
    if (only !== undefined && others.length === 0) return only.name;
  return null;
}

function otherRequired(reader: Tool, takes: string): readonly string[] {
  const required = reader.pin?.inputSchema['required'];
  if (!isJsonArray(required)) return [];
  return required
    .filter(
      (name) => typeof name === 'string' && name !== takes && !Object.hasOwn(reader.fixed, name),
    )
    .map(String);
}

function isList(reader: Tool, argument: string): boolean {
  if (reader.pin === null) return false;
  return declaredArguments(reader.pin.inputSchema).byName.get(argument)?.['type'] === 'array';
}

/** An id that no result declares can be shown to nobody, so no rule ever finds it named. */
function warnOfUnreadObjects(
  entries: readonly Named<ToolSyntax>[],
  tools: ReadonlyMap<string, Tool>,
  brokenUpstreams: ReadonlySet<string>,
  report: Report,
): void {
  // What a tool provides is named too, beside a record of another object: the addresses in a customer's profile.
  const read = new Set(
    [...tools.values()].flatMap(({ returns }) => [
      ...(returns.object === null ? [] : [returns.object]),
      ...returns.provides.flatMap(({ kind }) =>
        kind.name.startsWith('object.') ? [kind.name.slice('object.'.length)] : [],
      ),
    ]),
  );
  for (const entry of entries) {
    if (!tools.has(entry.name) || brokenUpstreams.has(upstreamOf(entry.name))) continue;
    for (const { value } of entry.value?.args?.value ?? []) {
      for (const kind of kindsOf(value)) {
        const object = kind.name.startsWith('object.') ? kind.name.slice('object.'.length) : null;
        if (object === null || read.has(object)) continue;
        report.warning(
          'policy.unknown',
          kind.at,
          `no tool returns \`${object}\`: nothing that a run reads can name one`,
          {
            mend:
              didYouMean(object, read) ??
              `add \`returns: { object: ${object}, id: … }\` to the tool that reads it`,
          },
        );
      }
    }
  }
}

function kindsOf(argument: ArgumentSyntax | undefined): readonly KindSyntax[] {
  if (argument === undefined) return [];
  if (argument.type === 'whole') return [argument.kind];
  return argument.parts.value.flatMap((part) => part.value ?? []);
}
