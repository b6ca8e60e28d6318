import type { JsonObject } from '../../src/content/value.ts';
import type { HoldShown } from '../../src/runtime/port.ts';
import { isObject } from '../api/json.ts';
import { Details } from '../parts/details.tsx';
import { Codes } from '../parts/parts.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { Json } from '../text/json.tsx';
import type { Mark } from '../text/pieces.ts';
import { type MarkedAs, Text } from '../text/text.tsx';

/** Of a result that waits: as the agent would get it, then what was found in it. Strangers wrote it. */
export function Result({ hold }: { readonly hold: Pick<HoldShown, 'result' | 'facts'> }) {
  const { result, facts } = hold;
  if (result === null && facts.result === null) return null;
  return (
    <section aria-labelledby="result">
      <h2 id="result">What came back, and waits</h2>
      {result !== null &&
        textsOf(result['content']).map((text, index) => (
          <blockquote key={index}>
            <Text text={text} marks={flagged(text)} block />
          </blockquote>
        ))}
      {facts.result !== null && (
        <>
          <h3>What was found in it</h3>
          <ul class="reasons">
            {facts.result.found.map(({ code, text, details }, index) => (
              <li key={index}>
                <p>
                  <Sentence text={text} /> <Codes codes={[code]} />
                </p>
                <FoundDetails details={details} />
              </li>
            ))}
          </ul>
        </>
      )}
      {result !== null && (
        <details>
          <summary>All of it, as recorded</summary>
          <Json value={result} />
        </details>
      )}
    </section>
  );
}

/** Lists of what detectors saw are for whoever doubts them. */
function FoundDetails({ details }: { readonly details: JsonObject }) {
  const entries = Object.entries(details);
  const plain = entries.filter(([, value]) => typeof value !== 'object' || value === null);
  const lists = entries.filter(([, value]) => typeof value === 'object' && value !== null);
  return (
    <>
      <Details details={Object.fromEntries(plain)} />
      {lists.length > 0 && (
        <details>
          <summary>What exactly was seen</summary>
          <Details details={Object.fromEntries(lists)} />
        </details>
      )}
    </>
  );
}

/** What Sallyport has put a boundary around, because it gives orders. Who writes such a boundary of their own marks more, not less. */
const boundary = /\[flagged ([\w-]+): [^\]]*\]([\s\S]*?)\[\/flagged \1\]/g;

function flagged(text: string): readonly Mark<MarkedAs>[] {
  return Array.from(text.matchAll(boundary), ({ 0: whole, index }) => ({
    start: index,
    end: index + whole.length,
    as: 'flagged',
  }));
}

/** Those that a model reads first. */
function textsOf(content: unknown): readonly string[] {
  return Array.isArray(content)
    ? content.flatMap((part) =>
        isObject(part) && typeof part['text'] === 'string' ? [part['text']] : [],
      )
    : [];
}
