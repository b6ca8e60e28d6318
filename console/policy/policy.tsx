import { useEffect, useRef } from 'preact/hooks';
import type { PolicyView } from '../../src/edges/console/views.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { Page } from '../parts/page.tsx';
import { Badge, Fact, Facts, Shown } from '../parts/parts.tsx';
import { Text } from '../text/text.tsx';

export function PolicyPage({
  file,
  line,
}: {
  readonly file: string | null;
  readonly line: number | null;
}) {
  const loaded = useLoaded<PolicyView>('/api/policy');
  return (
    <Page title="Policy">
      <Shown loaded={loaded}>
        {(policy) => (
          <>
            <Facts>
              <Fact name="enforcement">
                <Badge word={policy.enforcement} />
              </Fact>
              <Fact name="hash">
                <code>{policy.hash}</code>
              </Fact>
              <Fact name="lock">
                <code>{policy.lock}</code>
              </Fact>
            </Facts>
            {policy.files.map(({ name, text }) => (
              <File key={name} name={name} text={text} line={isFile(name, file) ? line : null} />
            ))}
          </>
        )}
      </Shown>
    </Page>
  );
}

/** A finding names the file as the gateway was told it, this page as the policy's folder has it. */
function isFile(name: string, asked: string | null): boolean {
  return asked === name || asked?.endsWith(`/${name}`) === true;
}

function File({
  name,
  text,
  line,
}: {
  readonly name: string;
  readonly text: string;
  /** To look at; null: none. */
  readonly line: number | null;
}) {
  const marked = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (line !== null) marked.current?.scrollIntoView({ block: 'center' });
  }, [line]);
  return (
    <section aria-label={name}>
      <h2>
        <Text text={name} />
      </h2>
      <ol class="source">
        {text
          .replace(/\n$/, '')
          .split('\n')
          .map((one, index) => (
            <li
              key={index}
              ref={index + 1 === line ? marked : null}
              aria-current={index + 1 === line ? 'location' : undefined}
            >
              <Text text={one} block />
            </li>
          ))}
      </ol>
    </section>
  );
}
