import type { HoldShown } from '../../src/runtime/port.ts';
import { isObject } from '../api/json.ts';
import { Codes, Fact, Facts, Value } from '../parts/parts.tsx';
import { Json } from '../text/json.tsx';
import { Text } from '../text/text.tsx';

/** Of a result that waits: what was found in it, then the whole as the agent would get it. Strangers wrote it. */
export function Result({ hold }: { readonly hold: HoldShown }) {
  const { result, facts } = hold;
  if (result === null && facts.result === null) return null;
  return (
    <section aria-labelledby="result">
      <h2 id="result">What came back, and waits</h2>
      <ul class="reasons">
        {facts.result?.found.map(({ code, text, details }, index) => (
          <li key={index}>
            <p>
              <Text text={text} /> <Codes codes={[code]} />
            </p>
            <Facts>
              {Object.entries(details).map(([name, value]) => (
                <Fact key={name} name={name.replaceAll('_', ' ')}>
                  <Value value={value} />
                </Fact>
              ))}
            </Facts>
          </li>
        ))}
      </ul>
      {result !== null && (
        <>
          {textsOf(result['content']).map((text, index) => (
            <blockquote key={index}>
              <Text text={text} block />
            </blockquote>
          ))}
          <details>
            <summary>All of it, as recorded</summary>
            <Json value={result} />
          </details>
        </>
      )}
    </section>
  );
}

/** Those that a model reads first. */
function textsOf(content: unknown): readonly string[] {
  return Array.isArray(content)
    ? content.flatMap((part) =>
        isObject(part) && typeof part['text'] === 'string' ? [part['text']] : [],
      )
    : [];
}
