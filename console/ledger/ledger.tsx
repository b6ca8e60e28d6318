import { useCallback, useState } from 'preact/hooks';
import type { EventRow, StreamMessage } from '../../src/edges/console/views.ts';
import { EventLine } from '../event/line.tsx';
import { useKeysetList } from '../list/use-keyset-list.ts';
import { VirtualList } from '../list/virtual-list.tsx';
import { useMessages } from '../live/use-live.ts';
import { Page } from '../parts/page.tsx';
import { navigate } from '../router/router.tsx';
import { ledgerPath } from '../router/routes.ts';
import { filterNames, filtersOf, type LedgerFilters, queryOf, requestOf } from './filters.ts';

const keyOf = ({ seq }: EventRow) => seq;

const lineOf = (row: EventRow) => <EventLine row={row} />;

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

export function LedgerPage({ filters }: { readonly filters: LedgerFilters }) {
  const [turn, setTurn] = useState(0);
  const [newer, setNewer] = useState(0);
  const asked = requestOf(filters);
  const list = useKeysetList<EventRow>('/api/ledger', asked, 'before', keyOf, turn);
  useMessages(
    useCallback((message: StreamMessage) => {
      if (message.type === 'event') setNewer((before) => before + 1);
    }, []),
  );
  const again = () => {
    setNewer(0);
    setTurn((before) => before + 1);
  };
  const search = (event: SubmitEvent) => {
    event.preventDefault();
    const { currentTarget } = event;
    if (!(currentTarget instanceof HTMLFormElement)) return;
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(currentTarget))
      if (typeof value === 'string') query.set(name, value);
    again();
    navigate(ledgerPath(filtersOf(query)));
  };
  return (
    <Page title="Ledger">
      <search>
        <form class="filters" onSubmit={search} key={queryOf(filters)}>
          {filterNames.map((name) => (
            <div key={name}>
              <label for={name}>{capital(name)}</label>
              {name === 'from' || name === 'until' ? (
                <input
                  id={name}
                  name={name}
                  type="datetime-local"
                  defaultValue={filters[name] ?? ''}
                />
              ) : (
                <input
                  id={name}
                  name={name}
                  type="search"
                  autocomplete="off"
                  defaultValue={filters[name] ?? ''}
                />
              )}
            </div>
          ))}
          <div class="buttons">
            <button type="submit">Search</button>
            <a class="button quiet" href="/ledger">
              Clear
            </a>
            <a class="button quiet" href={`/api/ledger/export${queryOf(asked)}`} download>
              Export
            </a>
          </div>
        </form>
      </search>
      <p class="newer" role="status">
        {newer > 0 && (
          <button type="button" class="quiet" onClick={again}>
            {newer.toLocaleString()} events since: look again
          </button>
        )}
      </p>
      <VirtualList
        list={list}
        lines={list.rows}
        label="Events, newest first"
        empty={
          Object.keys(filters).length > 0
            ? 'No event fits all of this. Take a word out, or widen the time.'
            : 'The ledger is empty: the first call of an agent is its first line.'
        }
        row={lineOf}
      />
    </Page>
  );
}
