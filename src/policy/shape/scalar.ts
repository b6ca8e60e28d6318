import type { JsonObject } from '../../content/value.ts';
import type { SourcePosition } from '../model.ts';
import { didYouMean, nearest } from '../nearest.ts';
import type { Report } from '../report.ts';
import type { ScalarNode } from '../source/node.ts';
import { describeNode, type Located, type Shape, wrongType } from './shape.ts';

/** Why a scalar isn't what it should be; `mend` where we can say it. */
export interface Unfit {
  readonly unfit: true;
  readonly mend: string | null;
  readonly message?: string;
  /** It may be a secret: it is told without the value. */
  readonly isSecret?: true;
}

export function unfit(mend: string | null = null, message?: string): Unfit {
  return message === undefined ? { unfit: true, mend } : { unfit: true, mend, message };
}

export interface ScalarForm<T> {
  readonly expected: string;
  readonly schema: JsonObject;
  readonly parse: (node: ScalarNode, report: Report) => T | Unfit;
  /** What to write when there is a list or map instead. */
  readonly mendForm?: string;
}

export function scalar<T extends string | number | boolean | object>(
  form: ScalarForm<T>,
): Shape<Located<T>> {
  return {
    expected: form.expected,
    // The title says what a pattern can't: editors show it.
    schema: () =>
      'pattern' in form.schema || 'anyOf' in form.schema
        ? { title: form.expected, ...form.schema }
        : form.schema,
    read: (node, report) => {
      if (node.type !== 'scalar' || node.value === null) {
        return wrongType(node, form.expected, report, form.mendForm ?? null);
      }
      const parsed = form.parse(node, report);
      if (isUnfit(parsed)) {
        const { message = notThis(describeNode(node), form.expected), mend } = parsed;
        const code = parsed.isSecret === true ? 'policy.secret' : 'policy.value';
        report.error(code, node.at, message, { expected: form.expected, mend });
        return undefined;
      }
      return { value: parsed, at: node.at };
    },
  };
}

/** What is expected has a line of its own: a long list of it hides the message. */
function notThis(written: string, expected: string): string {
  return expected.length > 90 ? `${written} isn't known here` : `${written} isn't ${expected}`;
}

function isUnfit<T>(parsed: T | Unfit): parsed is Unfit {
  return typeof parsed === 'object' && parsed !== null && 'unfit' in parsed;
}

/** Text, as written: a number where text belongs is asked to be quoted, for YAML has already changed what it says. */
export function text(
  expected: string,
  options: { readonly pattern?: RegExp; readonly mend?: (value: string) => string | null } = {},
): Shape<Located<string>> {
  const { pattern } = options;
  const schema: JsonObject =
    pattern === undefined
      ? { type: 'string', pattern: '\\S' }
      : { type: 'string', pattern: pattern.source };
  return scalar({
    expected,
    schema,
    parse: ({ value, written }) => {
      if (typeof value !== 'string') return unfit(`quote it: ${JSON.stringify(written)}`);
      if (value.trim() === '' || (pattern !== undefined && !pattern.test(value))) {
        return unfit(options.mend?.(value) ?? null);
      }
      return value;
    },
  });
}

/** Begins with a small letter; what a person can say in a sentence. */
const namePattern = /^[a-z][a-z0-9_-]{0,63}$/;

export function name(what: string): Shape<Located<string>> {
  return text(`${what}: small letters, digits, \`_\` and \`-\`, beginning with a letter`, {
    pattern: namePattern,
    mend: mendName,
  });
}

export function isName(value: string): boolean {
  return namePattern.test(value);
}

export function mendName(value: string): string | null {
  const mended = value
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '_')
    .slice(0, 64);
  return isName(mended) && mended !== value ? `write \`${mended}\`` : null;
}

export function choice<T extends string>(
  values: readonly T[],
  mend: (written: string) => string | null = () => null,
): Shape<Located<T>> {
  const expected = oneOf(values);
  return scalar<T>({
    expected,
    schema: { enum: [...values] },
    parse: ({ value, written }) => {
      const found = values.find((candidate) => candidate === value);
      return found ?? unfit(mend(written) ?? didYouMean(written, values));
    },
  });
}

export function oneOf(values: readonly string[]): string {
  const quoted = values.map((value) => `\`${value}\``);
  if (quoted.length === 1) return quoted[0] ?? '';
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1) ?? ''}`;
}

export function wholeNumber(range: {
  readonly min: number;
  readonly max: number;
}): Shape<Located<number>> {
  const { min, max } = range;
  return scalar({
    expected: `a whole number from ${min} to ${max}`,
    schema: { type: 'integer', minimum: min, maximum: max },
    parse: ({ value }) => {
      if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max)
        return value;
      if (typeof value === 'string' && /^\d{1,15}$/.test(value))
        return unfit(`write it without quotes: ${value}`);
      return unfit();
    },
  });
}

export const yesOrNo: Shape<Located<boolean>> = scalar({
  expected: '`true` or `false`',
  schema: { type: 'boolean' },
  parse: ({ value, written }) => {
    if (typeof value === 'boolean') return value;
    // `no` is one letter from `on`.
    if (/^(no|off)$/i.test(written)) return unfit('write `false`');
    if (nearest(written, ['yes', 'on']) !== null || /^(yes|on)$/i.test(written))
      return unfit('write `true`');
    return unfit();
  },
});

export function constant<T extends string | number | boolean>(
  value: T,
  mend: string,
): Shape<Located<T>> {
  return scalar<T>({
    expected: `\`${value}\``,
    schema: { const: value },
    parse: (node) => (node.value === value ? value : unfit(mend)),
  });
}

export interface ExpressionSyntax extends Located<string> {
  readonly placeOf: (offset: number) => SourcePosition;
}

/** A CEL expression. Whether it compiles depends on where it stands, so that is judged later. */
export const expression: Shape<ExpressionSyntax> = {
  expected: 'a CEL expression',
  schema: () => ({ title: 'a CEL expression', type: 'string', pattern: '\\S' }),
  read: (node, report) => {
    if (node.type === 'list' || node.type === 'map') {
      return wrongType(
        node,
        'a CEL expression',
        report,
        'quote the expression: YAML took it for a list or a map',
      );
    }
    const read = expressionText.read(node, report);
    return read === undefined || node.type !== 'scalar'
      ? undefined
      : { ...read, placeOf: node.placeOf };
  },
};

const expressionText = scalar({
  expected: 'a CEL expression',
  schema: {},
  parse: ({ value, written }): string | Unfit => {
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'string')
      return unfit('write an expression, or leave the key out', 'the expression is empty');
    if (typeof value === 'boolean') {
      return unfit(
        value ? 'leave the key out: it would always hold' : 'remove the grant: it could never hold',
      );
    }
    return unfit(`quote the expression: ${JSON.stringify(written)}`);
  },
});
