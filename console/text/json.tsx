import type { JsonValue } from '../../src/content/value.ts';
import { Text } from './text.tsx';

/** As JSON writes it, escapes and all: what is in quotes can't pose as what stands around it. */
export function Json({ value }: { readonly value: JsonValue }) {
  return (
    <pre class="json">
      <Text text={JSON.stringify(value, null, 2)} block />
    </pre>
  );
}
