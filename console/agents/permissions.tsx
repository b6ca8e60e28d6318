import type { GrantView, PermissionsView } from '../../src/edges/console/views.ts';
import { Badge, Empty, Reach, Tier } from '../parts/parts.tsx';
import { Place } from '../parts/place.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { Text } from '../text/text.tsx';

/** Each action with what allows it, from both sides: the agent's grants and the person's. */
export function Permissions({ view }: { readonly view: PermissionsView }) {
  if (view.actions.length === 0)
    return (
      <Empty>
        Nothing. A grant under <code>agents</code> in the <a href="/policy">policy</a> allows an
        action.
      </Empty>
    );
  return (
    <ul class="permissions">
      {view.actions.map(({ action, tools, tier, reach, allowed, agentGrants, userGrants, why }) => (
        <li key={action}>
          <p>
            <b>
              <Text text={action} />
            </b>{' '}
            <Badge word={allowed} /> <Tier tier={tier} /> <Reach reach={reach} />
          </p>
          <p class="dim">
            <code>
              <Text text={tools.join(', ')} />
            </code>
          </p>
          {why !== null && (
            <p>
              <Sentence text={why} />
            </p>
          )}
          <div class="sides">
            <Grants name="the agent" grants={agentGrants} />
            <Grants name="the person" grants={userGrants} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function Grants({
  name,
  grants,
}: {
  readonly name: string;
  readonly grants: readonly GrantView[];
}) {
  if (grants.length === 0) return null;
  return (
    <details>
      <summary>
        {grants.length === 1 ? 'A grant' : `${grants.length} grants`} of {name}
      </summary>
      <ul class="grants">
        {grants.map(({ key, at, constraints, approval }) => (
          <li key={`${at}${key}`}>
            <code>
              <Text text={key} />
            </code>{' '}
            <Place at={at} />
            <span class="dim">
              {' '}
              approval: <Text text={approval} />
            </span>
            <ul>
              {constraints.map((one) => (
                <li key={`${one.at}${one.name}`}>
                  <code>
                    <Text text={`${one.name}: ${one.text}`} />
                  </code>{' '}
                  <Place at={one.at} />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </details>
  );
}
