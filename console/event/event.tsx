import { useEffect, useState } from 'preact/hooks';
import type { JsonValue } from '../../src/content/value.ts';
import type { EventPage } from '../../src/edges/console/views.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { budgetTexts } from '../parts/budget.ts';
import { Details } from '../parts/details.tsx';
import { Page } from '../parts/page.tsx';
import { Badge, Codes, Fact, Facts, Labels, Shown } from '../parts/parts.tsx';
import { Place } from '../parts/place.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { Receipt } from '../receipts/receipt.tsx';
import { isPayload } from '../receipts/shown.ts';
import { agentPath, runPath } from '../router/routes.ts';
import { Json } from '../text/json.tsx';
import { Text } from '../text/text.tsx';
import { durationText, usdText } from '../time/left.ts';
import { When } from '../time/time.tsx';

export function EventPageShown({ seq }: { readonly seq: number }) {
  const loaded = useLoaded<EventPage>(`/api/events/${seq}`);
  return (
    <Page title={`Event ${seq}`}>
      <Shown loaded={loaded} missing="The ledger has no event of this number yet.">
        {(page) => <Whole page={page} />}
      </Shown>
    </Page>
  );
}

function Whole({ page }: { readonly page: EventPage }) {
  const { row, event, findings, payloads } = page;
  return (
    <>
      <Receipt row={row} />
      <Facts>
        <Fact name="what">
          <Text text={row.type} /> {row.outcome !== null && <Badge word={row.outcome} />}
        </Fact>
        <Fact name="when">
          <When atMs={row.atMs} />
        </Fact>
        {row.run !== null && (
          <Fact name="run">
            <a href={runPath(row.run)}>
              <code>
                <Text text={row.run} />
              </code>
            </a>
          </Fact>
        )}
        {row.agent !== null && (
          <Fact name="agent">
            <a href={agentPath(row.agent)}>
              <Text text={row.agent} />
            </a>
            {row.user !== null && (
              <>
                {' '}
                for <Text text={row.user} />
              </>
            )}
          </Fact>
        )}
        {row.tool !== null && (
          <Fact name="tool">
            <code>
              <Text text={row.tool} />
            </code>
          </Fact>
        )}
        {row.call !== null && (
          <Fact name="call">
            <code>
              <Text text={row.call} />
            </code>
          </Fact>
        )}
        {row.durationMs !== null && <Fact name="took">{durationText(row.durationMs)}</Fact>}
        {row.costMicroUsd !== null && <Fact name="cost">{usdText(row.costMicroUsd)}</Fact>}
        {(row.trust !== null || row.classes.length > 0) && (
          <Fact name="labels">
            <Labels trust={row.trust} classes={row.classes} />
          </Fact>
        )}
        {row.budgetLeft !== null && Object.keys(row.budgetLeft).length > 0 && (
          <Fact name="budget left">{budgetTexts(row.budgetLeft).join(', ')}</Fact>
        )}
      </Facts>
      {findings.length > 0 && (
        <section aria-labelledby="findings">
          <h2 id="findings">What was found</h2>
          <Findings findings={findings} />
        </section>
      )}
      {Object.entries(payloads).map(([digest, payload]) => (
        <Payload key={digest} digest={digest} payload={payload} event={event} />
      ))}
      <section aria-labelledby="event">
        <h2 id="event">The event</h2>
        <Json value={event} />
      </section>
    </>
  );
}

export function Findings({ findings }: Pick<EventPage, 'findings'>) {
  return (
    <ol class="reasons">
      {findings.map(({ stage, code, verdict, text, details, at }, index) => (
        <li key={index}>
          <p>
            <Badge word={text === null ? 'passed' : verdict} />{' '}
            {text !== null && <Sentence text={text} />} <Codes codes={[code]} />{' '}
            <span class="dim">{stage}</span>
            {at !== null && <Place at={at} />}
          </p>
          <Details details={details} />
        </li>
      ))}
    </ol>
  );
}

function Payload({
  digest,
  payload,
  event,
}: {
  readonly digest: string;
  readonly payload: JsonValue;
  readonly event: EventPage['event'];
}) {
  const [good, setGood] = useState<boolean | null>(null);
  useEffect(() => void isPayload(digest, payload).then(setGood), [digest, payload]);
  const name = Object.entries(event).find(([, value]) => value === digest)?.[0] ?? 'payload';
  return (
    <section aria-label={name}>
      <h2 class="what">
        <Text text={name} />{' '}
        {good !== null && (
          <span class={good ? 'label good' : 'label bad'}>
            {good ? '✓ the one that the event names' : '✗ not the one that the event names'}
          </span>
        )}
      </h2>
      <Json value={payload} />
    </section>
  );
}
