/**
 * What can be said of an expression's text and shape before its types: the parts of CEL in which implementations
 * differ, or that this place has no use for, are refused by name, so that an expression means the same to whoever
 * reads it. What isn't listed as known here is refused too: a new release of the parser can't widen the language.
 */
import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { isInt64 } from './cel-value.ts';

export interface CelProblem {
  readonly message: string;
  readonly mend?: string;
  /** 0-based, in UTF-16 units of the source. */
  readonly offset?: number;
}

export type ProblemSink = (message: string, node: ASTNode, mend?: string) => void;

const sourceCharactersMax = 4_096;

const parser: Environment = new Environment({
  limits: {
    maxAstNodes: 512,
    maxDepth: 24,
    maxListElements: 256,
    maxMapEntries: 1,
    maxCallArguments: 3,
  },
});

/** The syntax tree, or why there is none. */
export function parseCel(
  source: string,
): { readonly tree: ASTNode } | { readonly problem: CelProblem } {
  if (source.trim() === '') return { problem: { message: 'the expression is empty' } };
  if (source.length > sourceCharactersMax) {
    return {
      problem: { message: `the expression is longer than ${sourceCharactersMax} characters` },
    };
  }
  const comment = commentIn(source);
  if (comment !== null) {
    return {
      problem: {
        message: 'comments of CEL are not read alike everywhere',
        offset: comment,
        mend: 'write a comment of YAML, with `#`, above the expression',
      },
    };
  }
  try {
    return { tree: parser.parse(source).ast };
  } catch (error) {
    if (!(error instanceof ParseError)) {
      return { problem: { message: 'the expression nests too deep to be read' } };
    }
    const offset = error.range?.start;
    return {
      problem: {
        message: `not an expression: ${lowerFirst(error.summary)}`,
        ...(offset === undefined ? {} : { offset }),
        ...parseMend(source, offset),
      },
    };
  }
}

const relations: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);

/**
 * What the parser that we use reads in its own way, where there are no brackets: `a == b in c` is `(a == b) in c` to the
 * specification, and `a == (b in c)` to it; `a ? b ? c : d : e` is no expression, and one to it.
 */
export function isReadTwoWays(source: string, node: ASTNode): boolean {
  if (!Array.isArray(node.args)) return false;
  const [left, right] = node.args;
  if (!isNode(left) || !isNode(right)) return false;
  const alike = relations.has(node.op) && relations.has(right.op);
  if (!alike && !(node.op === '?:' && right.op === '?:')) return false;
  const bare = source.replaceAll(textOrComment, (text) => ' '.repeat(text.length));
  const opened = bare.slice(left.end, right.start).split('(').length - 1;
  return opened <= closedWithin(bare.slice(right.start, right.end));
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'start' in value;
}

/** Brackets that were opened before the text and end in it. */
function closedWithin(text: string): number {
  let depth = 0;
  let lowest = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    lowest = Math.min(lowest, depth);
  }
  return -lowest;
}

/** Where `//` stands outside of a text; null: nowhere. */
function commentIn(source: string): number | null {
  for (const { 0: token, index } of source.matchAll(textOrComment))
    if (token === '//') return index;
  return null;
}

const textOrComment =
  /[rR](?:'''.*?'''|""".*?"""|'[^']*'|"[^"]*")|'''(?:\\.|[^\\])*?'''|"""(?:\\.|[^\\])*?"""|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\/\//gs;

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The slips that people make who write other languages all day. */
function parseMend(
  source: string,
  offset: number | undefined,
): { mend: string } | Record<never, never> {
  const rest = offset === undefined ? '' : source.slice(offset);
  if (/^=(?!=)/.test(rest)) return { mend: 'write `==` to compare' };
  if (/^\s*(and|AND)\b/.test(rest)) return { mend: 'write `&&`' };
  if (/^\s*(or|OR)\b/.test(rest)) return { mend: 'write `||`' };
  if (/^\s*not\b/.test(rest)) return { mend: 'write `!`' };
  return {};
}

/** Mends for what people reach for and this dialect doesn't have. */
const functionMends: ReadonlyMap<string, string> = new Map([
  ['has', 'an absent optional argument is null: compare with `null`'],
  ['dyn', 'types are known here: leave it out'],
  ['type', 'types are known here: leave it out'],
  ['uint', 'write an int'],
  ['bytes', 'compare strings'],
  ['lowerAscii', "write `matches('(?i)…')`"],
  ['upperAscii', "write `matches('(?i)…')`"],
  ['toLowerCase', "write `matches('(?i)…')`"],
  ['indexOf', 'use `contains`, `startsWith` or `matches`'],
  ['lastIndexOf', 'use `contains`, `endsWith` or `matches`'],
  ['substring', 'use `contains`, `startsWith` or `matches`'],
  ['split', 'use `matches`'],
  ['join', 'use `exists` on the list'],
  ['trim', 'use `matches`'],
  ['includes', 'write `contains` for text, `in` for lists'],
  ['some', 'write `exists`'],
  ['any', 'write `exists`'],
  ['every', 'write `all`'],
  ['length', 'write `size(…)`'],
  ['len', 'write `size(…)`'],
  ['money', 'write `usd(50)`'],
  ['getHours', 'use the constraint `hours`, which has a time zone'],
  ['getDayOfWeek', 'use the constraint `hours`, which has a time zone'],
]);

export function functionMend(name: string): string | undefined {
  return functionMends.get(name);
}

/** Escapes that every implementation reads alike. */
const plainEscape = /^\\(?:[\\'"nrt]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/;

/** A literal as written: what its value alone no longer shows. */
export function checkLiteral(source: string, node: ASTNode, report: ProblemSink): void {
  if (node.op !== 'value') return;
  const value = node.args;
  if (typeof value === 'object' && value !== null) {
    const what = value instanceof Uint8Array ? 'bytes' : 'unsigned integers';
    report(
      `${what} have no use here`,
      node,
      what === 'bytes' ? 'write a string' : 'leave out the `u`',
    );
    return;
  }
  if (typeof value === 'bigint' && source.startsWith('0X', node.start)) {
    report("`0X` isn't read everywhere", node, 'write `0x`');
  }
  if (typeof value === 'bigint' && !isInt64(value)) {
    report('the integer overflows 64 bits', node);
  }
  if (typeof value === 'string') checkEscapes(source.slice(node.start, node.end), node, report);
}

function checkEscapes(written: string, node: ASTNode, report: ProblemSink): void {
  if (/^[rR]/.test(written)) return;
  for (let index = 0; index < written.length; index += 1) {
    if (written[index] !== '\\') continue;
    const plain = plainEscape.exec(written.slice(index));
    if (plain === null) {
      const shown = written.slice(index, index + 2);
      report(
        `the escape \`${shown}\` isn't read alike everywhere`,
        node,
        'write `\\\\`, `\\\'`, `\\"`, `\\n`, `\\r`, `\\t` or `\\uXXXX`',
      );
      return;
    }
    index += plain[0].length - 1;
  }
}
