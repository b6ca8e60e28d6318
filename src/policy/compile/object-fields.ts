import type { Kind } from '../../content/kind.ts';
import type { Pointer } from '../../content/pointer.ts';
import type { RecordField, SourcePosition, Tool } from '../model.ts';
import { ownerKind, readsAlike } from '../objects.ts';
import type { Report } from '../report.ts';
import type { Named } from '../shape/collection.ts';
import type { ToolSyntax } from '../shape/tool.ts';

/** What the tools that return one object have said of it so far. */
interface Said {
  readonly fields: Map<string, { readonly field: RecordField; readonly by: string }>;
  owner: { readonly kind: Kind; readonly by: string } | null;
}

/** One field of one object is one thing, whichever tool returned it: rules compare what any of them returned. */
export function refuseUnlikeFields(
  entries: readonly Named<ToolSyntax>[],
  tools: ReadonlyMap<string, Tool>,
  report: Report,
): void {
  const objects = new Map<string, Said>();
  for (const { name, value } of entries) {
    const returns = tools.get(name)?.returns;
    const written = value?.returns?.record;
    if (returns === undefined || returns.object === null || written === undefined) continue;
    const said: Said = objects.get(returns.object) ?? { fields: new Map(), owner: null };
    objects.set(returns.object, said);
    const refuse = (at: SourcePosition, what: string, by: string, why: string): void =>
      report.error('policy.conflict', at, `${what} ${why} in \`${by}\``, {
        mend: 'say the same in each tool that returns it: `{ at: pointer, is: kind }`',
      });
    for (const { name: field, at } of written.fields?.value ?? []) {
      const declared = returns.fields.get(field);
      const known = said.fields.get(field);
      if (declared === undefined) continue;
      if (known === undefined) said.fields.set(field, { field: declared, by: name });
      else {
        const why = unlike(declared, known.field);
        if (why !== null) refuse(at, `the \`${field}\` of \`${returns.object}\``, known.by, why);
      }
    }
    if (returns.owner === null || written.owner === undefined) continue;
    const kind = ownerKind(returns);
    if (kind.name === 'identifier') continue;
    if (said.owner === null) said.owner = { kind, by: name };
    else if (!readsAlike(said.owner.kind, kind))
      refuse(
        written.owner.at,
        `the owner of \`${returns.object}\``,
        said.owner.by,
        `is \`${kind.name}\` here, and \`${said.owner.kind.name}\``,
      );
  }
}

function unlike(one: RecordField, other: RecordField): string | null {
  if (isMany(one.pointer) !== isMany(other.pointer))
    return isMany(one.pointer) ? 'is many values here, and one' : 'is one value here, and many';
  if (one.kind !== null && other.kind !== null)
    return readsAlike(one.kind, other.kind)
      ? null
      : `is ${kindText(one.kind)} here, and ${kindText(other.kind)}`;
  // Of a bare number nobody knows what it counts.
  const kind = one.kind ?? other.kind;
  if (kind?.name !== 'amount') return null;
  return one.kind === null
    ? 'is a bare number here, and an amount'
    : 'is an amount here, and a bare number';
}

function kindText({ name, currency }: Kind): string {
  return currency === null ? `\`${name}\`` : `\`${name}\` in ${currency}`;
}

function isMany({ segments }: Pointer): boolean {
  return segments.some(({ type }) => type !== 'name');
}
