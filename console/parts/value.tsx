/** Details of a finding, and whatever else Sallyport recorded as JSON: the way people read it. */
import type { JsonValue } from '../../src/content/value.ts';
import { isObject } from '../api/json.ts';
import { Text } from '../text/text.tsx';

/** Of a number that isn't whole: a score says no more than this. */
const digitsMax = 3;

export function Value({ value }: { readonly value: JsonValue }) {
  if (typeof value === 'string') return <Text text={value} />;
  if (typeof value === 'number') return <>{numberText(value)}</>;
  if (typeof value === 'boolean') return <>{value ? 'yes' : 'no'}</>;
  if (value === null) return <span class="dim">none</span>;
  if (Array.isArray(value) && value.length > 0) {
    if (value.every((one) => typeof one === 'string')) return <Text text={value.join(', ')} />;
    const columns = columnsOf(value);
    if (columns !== null) return <Table rows={value.filter(isObject)} columns={columns} />;
  }
  return <Text text={JSON.stringify(value)} />;
}

function numberText(value: number): string {
  return Number.isInteger(value)
    ? value.toLocaleString()
    : String(Number(value.toFixed(digitsMax)));
}

/** Null where it is no list of things of one kind, each of them plain. */
function columnsOf(list: readonly JsonValue[]): readonly string[] | null {
  const columns = new Set<string>();
  for (const one of list) {
    if (!isObject(one)) return null;
    for (const [name, value] of Object.entries(one)) {
      if (typeof value === 'object' && value !== null) return null;
      columns.add(name);
    }
  }
  return [...columns];
}

function Table({
  rows,
  columns,
}: {
  readonly rows: readonly Readonly<Record<string, JsonValue>>[];
  readonly columns: readonly string[];
}) {
  return (
    <table>
      <thead>
        <tr>
          {columns.map((name) => (
            <th key={name} scope="col">
              <Text text={name.replaceAll('_', ' ')} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            {columns.map((name) => (
              <td key={name}>{row[name] !== undefined && <Value value={row[name]} />}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
