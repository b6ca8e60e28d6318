import type { Pointer } from '../../content/pointer.ts';
import type { RecordField, Returns } from '../model.ts';
import type { Report } from '../report.ts';
import { type RecordFieldSyntax, type RecordSyntax, reservedFields } from '../shape/record.ts';
import type { Located } from '../shape/shape.ts';
import { compileKind } from './kinds.ts';
import { compilePointer, compilePointers } from './pointers.ts';

type RecordKeys = Pick<Returns, 'object' | 'id' | 'owner' | 'fields' | 'names' | 'order'>;

/** What the items of a result are, or the result itself where it has none. */
export function compileRecord(
  syntax: RecordSyntax,
  each: Returns['each'],
  currency: string | null,
  report: Report,
): RecordKeys {
  refuseNamelessRecord(syntax, report);
  const fields = new Map<string, RecordField>();
  for (const { name, at, value } of syntax.fields?.value ?? []) {
    if (reservedFields.has(name)) {
      report.error(
        'policy.conflict',
        at,
        `\`${name}\` already means something where a rule speaks of a record`,
        {
          mend:
            name === 'owner'
              ? 'say it beside `fields`: `owner: /pointer`'
              : `call it \`${name}_value\``,
        },
      );
      continue;
    }
    const field = value === undefined ? null : compileField(value, each, currency, report);
    if (field !== null) fields.set(name, field);
  }
  return {
    object: syntax.object?.value ?? null,
    id: singlePlace(syntax.id, 'id', report),
    owner: singlePlace(syntax.owner, 'owner', report),
    fields,
    names: compilePointers(syntax.names?.value ?? [], report),
    order: (syntax.order?.value ?? []).flatMap(
      (written) => singlePlace(written, 'order', report) ?? [],
    ),
  };
}

/** What nothing can name is remembered for nobody: rules that ask for it would find it missing for ever. */
function refuseNamelessRecord(syntax: RecordSyntax, report: Report): void {
  const { object, id, keyAt } = syntax;
  const missing = (key: string, what: string, mend: string): void =>
    report.error('policy.missing', keyAt(key), what, { mend });
  if (object !== undefined && id === undefined) {
    missing('object', '`object` needs `id`: a call names a record by it', 'add `id: /id`');
  }
  if (object !== undefined) return;
  const speaking = (['id', 'owner', 'fields'] as const).find((key) => syntax[key] !== undefined);
  if (speaking !== undefined) {
    missing(
      speaking,
      `\`${speaking}\` needs \`object\`: it speaks of a record`,
      'say what it is: `object: order`',
    );
  }
}

function compileField(
  syntax: RecordFieldSyntax,
  each: Returns['each'],
  currency: string | null,
  report: Report,
): RecordField | null {
  const pointer = compilePointer(syntax.at, report);
  if (pointer === null) return null;
  if (syntax.kind === undefined) {
    const declared = each.find((one) => one.pointer.text === pointer.text);
    return { pointer, kind: declared?.kind ?? null };
  }
  const kind = compileKind(syntax.kind, currency, report);
  return kind === null ? null : { pointer, kind };
}

function singlePlace(
  written: Located<string> | undefined,
  key: string,
  report: Report,
): Pointer | null {
  const pointer = written === undefined ? null : compilePointer(written, report);
  if (written === undefined || pointer === null) return null;
  if (pointer.segments.every((segment) => segment.type === 'name')) return pointer;
  report.error(
    'policy.value',
    written.at,
    `\`${key}\` is one value of a record, and \`${written.value}\` is many`,
    {
      expected: 'a pointer without `*`, from the record',
      mend: pointer.text.startsWith('/*/')
        ? `it starts at an item: write \`${pointer.text.slice(2)}\``
        : null,
    },
  );
  return null;
}
