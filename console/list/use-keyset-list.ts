import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Page } from '../../src/edges/console/views.ts';
import { get } from '../api/client.ts';
import { queryOf } from '../ledger/filters.ts';
import { KeysetList } from './keyset-list.ts';

const pageRows = 200;

/**
 * The list at the path, from its begin whenever path or filters change, or `turn` does.
 *
 * @param cursor - how the server calls where to go on: towards the older, or the newer.
 */
export function useKeysetList<Row>(
  path: string,
  filters: Readonly<Record<string, string | undefined>>,
  cursor: 'before' | 'after',
  key: (row: Row) => number | string,
  turn = 0,
): KeysetList<Row> {
  const [, setVersion] = useState(0);
  const query = queryOf({ ...filters, limit: String(pageRows) });
  const list = useMemo(
    () =>
      new KeysetList<Row>(
        (at, signal) =>
          get<Page<Row>>(
            `${path}${query}${at === null ? '' : `&${cursor}=${encodeURIComponent(at)}`}`,
            signal,
          ),
        key,
        () => setVersion((before) => before + 1),
      ),
    [path, query, cursor, turn],
  );
  useEffect(() => {
    void list.more();
    return () => list.close();
  }, [list]);
  return list;
}
