import { kindNames } from '../../content/kind.ts';
import { defaults } from '../defaults.ts';
import type { Returns, Tool } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Report } from '../report.ts';
import type { ReturnsSyntax } from '../shape/returns.ts';
import { compileKind } from './kinds.ts';
import { compilePointer, compilePointers } from './pointers.ts';
import { compileProvides } from './provides.ts';
import { compileRecord } from './record.ts';

/** What holds of a result that the policy says nothing about. */
export const noReturns: Returns = {
  trust: defaults.trust,
  classes: [],
  subject: null,
  items: null,
  each: [],
  counts: [],
  provides: [],
  object: null,
  id: null,
  owner: null,
  fields: new Map(),
  names: [],
  order: [],
  parse: null,
  content: new Set(),
  success: null,
};

/** All but `success`, which needs the compiled tool. */
export function compileReturns(
  syntax: ReturnsSyntax,
  tool: Pick<Tool, 'name' | 'args'>,
  currency: string | null,
  report: Report,
): Returns | null {
  const items = syntax.items === undefined ? null : compilePointer(syntax.items, report);
  for (const [key, written] of [
    ['each', syntax.each],
    ['counts', syntax.counts],
  ] as const) {
    if (written !== undefined && !syntax.hasItems) {
      report.error(
        'policy.missing',
        written.at,
        `\`${key}\` needs \`items\`: it speaks of the items of a result`,
        {
          mend: 'say where the items are: `items: /messages`',
        },
      );
    }
  }
  const each = compileEach(syntax, currency, report);
  const record = compileRecord(syntax.record, each, currency, report);
  return {
    ...noReturns,
    ...record,
    trust: syntax.trust?.value ?? defaults.trust,
    classes: syntax.classes?.value.map((one) => one.value) ?? [],
    subject: compileSubject(syntax, tool, report),
    items,
    each,
    counts: compilePointers(syntax.counts?.value ?? [], report),
    provides: compileProvides(syntax.provides, { items, each, fields: record.fields }, report),
    parse: syntax.parse?.value ?? null,
    content: new Set(syntax.content?.value.map((one) => one.value)),
  };
}

function compileSubject(
  syntax: ReturnsSyntax,
  tool: Pick<Tool, 'name' | 'args'>,
  report: Report,
): Returns['subject'] {
  const { subject } = syntax;
  if (subject === undefined) return null;
  if (subject.type === 'pointers') return compilePointers(subject.pointers, report);
  if (!tool.args.has(subject.arg.value)) {
    report.error(
      'policy.unknown',
      subject.arg.at,
      `\`${tool.name}\` has no argument \`${subject.arg.value}\``,
      {
        mend: didYouMean(subject.arg.value, tool.args.keys()),
      },
    );
  }
  return { arg: subject.arg.value };
}

function compileEach(
  syntax: ReturnsSyntax,
  currency: string | null,
  report: Report,
): Returns['each'] {
  const each: Returns['each'][number][] = [];
  for (const { name, at, value } of syntax.each?.value ?? []) {
    const pointer = value === undefined ? null : compilePointer({ value: name, at }, report);
    if (pointer === null || value === undefined) continue;
    if (value.type === 'attribute') {
      const meant = didYouMean(value.name.value, kindNames);
      if (meant !== null) {
        report.warning(
          'policy.value',
          value.name.at,
          `\`${value.name.value}\` is taken as the name of an attribute`,
          {
            mend: `if a kind is meant: ${meant}`,
          },
        );
      }
      each.push({ pointer, attribute: value.name.value, kind: null });
      continue;
    }
    const kind = compileKind(value.kind, currency, report);
    if (kind !== null) each.push({ pointer, attribute: kind.name, kind });
  }
  return each;
}
