import { policyPath } from '../router/routes.ts';
import { Text } from '../text/text.tsx';

/** Where the policy says it: a link to the line. Which file it is is shown by its name, and wholly on demand. */
export function Place({ at }: { readonly at: string }) {
  return (
    <a class="place" href={policyPath(at)} title={at}>
      <Text text={at.slice(at.lastIndexOf('/') + 1)} />
    </a>
  );
}
