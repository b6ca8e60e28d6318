import type { ResultOrigin, ShownValue, ValueOrigin } from '../../src/engine/hold-facts.ts';
import type { Mark } from '../text/pieces.ts';
import { type MarkedAs, Text } from '../text/text.tsx';

/** Every value of the call, with where it stood before the agent used it. */
export function Values({
  values,
  omitted,
}: {
  readonly values: readonly ShownValue[];
  readonly omitted: number;
}) {
  return (
    <>
      <ul class="values">
        {values.map((value) => (
          <li key={value.pointer} class={`value ${originClass(value.origin)}`}>
            <OneValue shown={value} />
          </li>
        ))}
      </ul>
      {omitted > 0 && (
        <p class="warning">
          {omitted === 1 ? '1 more value isn’t' : `${omitted.toLocaleString()} more values aren’t`}{' '}
          listed here; the raw arguments below have all of them.
        </p>
      )}
    </>
  );
}

function OneValue({ shown }: { readonly shown: ShownValue }) {
  const { pointer, kind, value, cut, origin, also, firstUse, ascii, disguised } = shown;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <>
      <p class="what">
        <b>
          <Text text={kind ?? 'value'} />
        </b>{' '}
        <code class="dim">
          <Text text={pointer} />
        </code>{' '}
        {firstUse === true && <span class="label new">first use</span>}{' '}
        {disguised.length > 0 && <span class="label untrusted">disguised letters</span>}
      </p>
      <p class="shown">
        <Text text={text} marks={[...spansOf(origin, text), ...disguised]} block />
      </p>
      {cut > 0 && (
        <p class="warning">
          {cut.toLocaleString()} more characters follow; the raw arguments have them.
        </p>
      )}
      {ascii !== null && ascii !== text && (
        <p class="ascii">
          In ASCII:{' '}
          <code>
            <Text text={ascii} />
          </code>
        </p>
      )}
      <p class="origin">
        <Origin origin={origin} />
      </p>
      {also.map((one, index) => (
        <p key={index} class="origin">
          Also <Result origin={one} />
        </p>
      ))}
    </>
  );
}

function spansOf(origin: ValueOrigin, text: string): readonly Mark<MarkedAs>[] {
  if (origin.type !== 'result') return [];
  const { trust, spans } = origin;
  // Offsets are those of a text; of a number or a list it is the whole.
  return spans.map(({ start, end }) => ({ start, end: Math.min(end, text.length), as: trust }));
}

function originClass(origin: ValueOrigin): string {
  if (origin.type === 'untrusted_request') return 'from-untrusted';
  return origin.type === 'result' ? `from-${origin.trust}` : `from-${origin.type}`;
}

function Origin({ origin }: { readonly origin: ValueOrigin }) {
  switch (origin.type) {
    case 'case':
      return (
        <>
          From the case:{' '}
          <code>
            <Text text={origin.name} />
          </code>
        </>
      );
    case 'request':
      return <>Stands in the user’s request, or in the plan of whoever opened the run</>;
    case 'untrusted_request':
      return (
        <>
          <strong>from untrusted text:</strong> the request itself, for which nobody vouches
        </>
      );
    case 'policy':
      return <>Filled by the policy or the tool’s schema</>;
    case 'approver':
      return (
        <>
          Changed by <Text text={origin.by} />
        </>
      );
    case 'result':
      return <Result origin={origin} />;
    case 'agent':
      return <>The agent’s own: it stood nowhere that Sallyport saw</>;
    case 'unknown':
      return (
        <>Nobody can say where it comes from: not all that the run was shown is known any more</>
      );
  }
}

function Result({ origin }: { readonly origin: ResultOrigin }) {
  const { trust, tool, field, sender, provided, call } = origin;
  return (
    <>
      <strong>from {trust} text:</strong> <Text text={tool} />
      {field !== null && (
        <>
          {' '}
          <code>
            <Text text={field} />
          </code>
        </>
      )}
      {sender !== null && (
        <>
          , written by <Text text={sender} />
        </>
      )}
      {provided && ', a field that the policy lets provide such values'}, call{' '}
      <code>
        <Text text={call} />
      </code>
    </>
  );
}
