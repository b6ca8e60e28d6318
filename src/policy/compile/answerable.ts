import type { KindName } from '../../content/kind.ts';
import type { Tool } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { ConstraintSyntax } from '../shape/constraint.ts';
import { kindOf } from './where.ts';
import { objectNamed } from './where-record.ts';

export interface Unanswerable {
  readonly message: string;
  readonly mend: string | null;
}

/**
 * Whether a tool can answer a constraint: a constraint that nothing in a call speaks of would be silently true.
 * Null: it can.
 */
export function unanswerable(
  constraint: ConstraintSyntax,
  tool: Tool,
  isAlone: boolean,
): Unanswerable | null {
  const say = (why: string, mend: string | null): Unanswerable => ({
    message: `\`${tool.name}\` can't answer \`${constraint.name}\`: ${why}`,
    mend,
  });
  const perTool = isAlone
    ? 'remove it: nothing in a call of this tool speaks of it'
    : 'name the tools that it is for with `tools`, in a list of grants';
  switch (constraint.type) {
    case 'recipients':
    case 'max_recipients':
    case 'allowed_domains':
    case 'forbidden_domains':
      if (hasArgument(tool, 'recipient')) return null;
      return hasAttribute(tool, 'recipient')
        ? say('no argument of it is a `recipient`', 'filter its items: `items: { recipient: … }`')
        : say('no argument of it is a `recipient`', perTool);
    case 'senders':
      return hasAttribute(tool, 'sender') ? null : say('its items have no `sender`', perTool);
    case 'folders':
      return hasArgument(tool, 'folder') || hasAttribute(tool, 'folder')
        ? null
        : say('no argument and no item of it is a `folder`', perTool);
    case 'paths':
      return hasArgument(tool, 'path') || hasAttribute(tool, 'path')
        ? null
        : say('no argument and no item of it is a `path`', perTool);
    case 'urls':
      return hasArgument(tool, 'url') ? null : say('no argument of it is a `url`', perTool);
    case 'accounts':
      return hasArgument(tool, 'account')
        ? null
        : say('no argument of it is an `account`', perTool);
    case 'commands':
      return hasArgument(tool, 'command') ? null : say('no argument of it is a `command`', perTool);
    case 'tables':
    case 'rows':
      return hasDialect(tool) ? null : say('no argument of it is SQL', sqlMend(tool, perTool));
    case 'max_amount':
    case 'max_total':
      return hasArgument(tool, 'amount') ? null : say('no argument of it is an `amount`', perTool);
    case 'novelty':
      return hasArgument(tool, constraint.of)
        ? null
        : say(`no argument of it is of the kind \`${constraint.of}\``, perTool);
    case 'items': {
      const attributes = tool.returns.each.map((each) => each.attribute);
      if (attributes.includes(constraint.attribute)) return null;
      if (tool.returns.items === null)
        return say('it returns no items', 'say where they are: `returns: { items: …, each: … }`');
      return say(
        `its items have no attribute \`${constraint.attribute}\``,
        didYouMean(constraint.attribute, attributes) ?? perTool,
      );
    }
    case 'once_per': {
      const missing = constraint.arguments.find((name) => !tool.args.has(name.value));
      if (missing === undefined) return null;
      return say(
        `it has no argument \`${missing.value}\``,
        didYouMean(missing.value, tool.args.keys()) ?? perTool,
      );
    }
    case 'where': {
      if (!tool.args.has(constraint.argument)) {
        return say(
          `it has no argument \`${constraint.argument}\``,
          didYouMean(constraint.argument, tool.args.keys()) ?? perTool,
        );
      }
      if (constraint.test.type === 'record')
        return objectNamed(tool, constraint.argument) === null
          ? say(
              `\`${constraint.argument}\` names no thing whose fields could be asked`,
              'give it the kind `object.<name>` in the `args` of the tool',
            )
          : null;
      return kindOf(tool, constraint.argument) === null
        ? say(`\`${constraint.argument}\` has parts`, 'use `when`')
        : null;
    }
    case 'after':
    case 'not_after': {
      const missing = constraint.same.find((name) => !tool.args.has(name.value));
      if (missing === undefined) return null;
      return say(
        `it has no argument \`${missing.value}\``,
        didYouMean(missing.value, tool.args.keys()) ?? perTool,
      );
    }
    case 'fields':
    case 'hours':
    case 'rate':
    case 'when':
      return null;
  }
}

/** A limit in one currency says nothing of an amount in another. */
export function otherCurrency(currency: string, tool: Tool): string | null {
  for (const argument of tool.args.values()) {
    for (const { kind } of argument.parts) {
      if (kind.name === 'amount' && kind.currency !== null && kind.currency !== currency)
        return kind.currency;
    }
  }
  return null;
}

function hasArgument(tool: Tool, kind: KindName): boolean {
  return [...tool.args.values()].some((argument) =>
    argument.parts.some((part) => part.kind.name === kind),
  );
}

function hasDialect(tool: Tool): boolean {
  return [...tool.args.values()].some(({ parts }) =>
    parts.some(({ kind }) => kind.dialect !== null),
  );
}

function sqlMend(tool: Tool, otherwise: string): string {
  const [query] = [...tool.args.values()].filter(({ parts }) =>
    parts.some(({ kind }) => kind.name === 'query'),
  );
  return query === undefined
    ? otherwise
    : `say so of the argument: \`${query.name}: { is: query, dialect: postgresql }\``;
}

function hasAttribute(tool: Tool, kind: KindName): boolean {
  return tool.returns.items !== null && tool.returns.each.some((each) => each.kind?.name === kind);
}
