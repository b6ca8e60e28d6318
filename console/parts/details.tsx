import type { JsonObject } from '../../src/content/value.ts';
import { Text } from '../text/text.tsx';
import { Fact, Facts } from './parts.tsx';
import { Value } from './value.tsx';

/** What a finding says besides its sentence. */
export function Details({ details }: { readonly details: JsonObject }) {
  const named = Object.entries(details);
  if (named.length === 0) return null;
  return (
    <Facts>
      {named.map(([name, value]) => (
        <Fact key={name} name={<Text text={name.replaceAll('_', ' ')} />}>
          <Value value={value} />
        </Fact>
      ))}
    </Facts>
  );
}
