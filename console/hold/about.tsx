import type { HoldShown } from '../../src/runtime/port.ts';
import { Fact, Facts, Reach, Tier } from '../parts/parts.tsx';
import { agentPath, runPath } from '../router/routes.ts';
import { Text } from '../text/text.tsx';
import { TimeLeft, When } from '../time/time.tsx';

/** Who asks for what, and until when. */
export function About({
  hold,
  over,
}: {
  readonly hold: Omit<HoldShown, 'state'>;
  readonly over: boolean;
}) {
  const { tool } = hold.facts;
  return (
    <section class="about" aria-label="About the call">
      <Facts>
        {!over && (
          <Fact name="time left">
            <TimeLeft untilMs={hold.expiresAtMs} />
          </Fact>
        )}
        <Fact name="agent">
          <a href={agentPath(hold.agent)}>
            <Text text={hold.agent} />
          </a>
          {hold.user === null ? (
            ', unattended'
          ) : (
            <>
              {' '}
              for <Text text={hold.user} />
            </>
          )}
        </Fact>
        <Fact name="tool">
          <code>
            <Text text={tool.name} />
          </code>
          {tool.title !== null && (
            <span class="dim aside">
              its server calls it “<Text text={tool.title} />”
            </span>
          )}
        </Fact>
        <Fact name="what it does">
          <Text text={tool.action} /> <Tier tier={tool.tier} /> <Reach reach={tool.reach} />
        </Fact>
        <Fact name="run">
          <a href={runPath(hold.run)}>
            <code>
              <Text text={hold.run} />
            </code>
          </a>
        </Fact>
        <Fact name="held">
          <When atMs={hold.atMs} />
        </Fact>
        {hold.edited !== null && (
          <Fact name="edited by">
            <Text text={hold.edited.by} />
          </Fact>
        )}
      </Facts>
    </section>
  );
}
