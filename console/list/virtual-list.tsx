import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useListKeys } from '../keys/list-keys.ts';
import { Empty, Problem } from '../parts/parts.tsx';
import type { KeysetList } from './keyset-list.ts';
import { rowsShown } from './window.ts';

/** The next page is asked for before its rows are in sight. */
const rowsAhead = 60;

/** Rows of one height, in the page's own scroll: of a hundred thousand there are as many elements as fit a few windows. */
export function VirtualList<Line extends object>({
  list,
  lines,
  label,
  empty,
  row,
}: {
  readonly list: Pick<KeysetList<unknown>, 'rows' | 'loading' | 'complete' | 'problem' | 'more'>;
  /** What its rows are shown as. */
  readonly lines: readonly Line[];
  readonly label: string;
  readonly empty: ComponentChildren;
  /** A list item's content: made once, for as long as this is the same function. */
  readonly row: (line: Line) => ComponentChildren;
}) {
  const element = useRef<HTMLOListElement>(null);
  const [place, setPlace] = useState({ abovePx: 0, windowPx: 800, rowPx: 40 });
  useListKeys(element);
  const { length } = list.rows;
  const made = useMemo(() => new WeakMap<Line, ComponentChildren>(), [row]);
  const contentOf = (line: Line) => {
    const content = made.get(line) ?? row(line);
    made.set(line, content);
    return content;
  };
  const shown = rowsShown({ ...place, count: lines.length });

  useLayoutEffect(() => {
    let frame = 0;
    const measure = () => {
      frame = 0;
      const box = element.current?.getBoundingClientRect();
      const first = element.current?.querySelector('li')?.getBoundingClientRect();
      if (box === undefined) return;
      const now = { abovePx: -box.top, windowPx: innerHeight, rowPx: first?.height || 40 };
      setPlace((before) =>
        before.abovePx === now.abovePx &&
        before.windowPx === now.windowPx &&
        before.rowPx === now.rowPx
          ? before
          : now,
      );
    };
    const moved = () => {
      frame ||= requestAnimationFrame(measure);
    };
    measure();
    addEventListener('scroll', moved, { passive: true });
    addEventListener('resize', moved);
    return () => {
      removeEventListener('scroll', moved);
      removeEventListener('resize', moved);
      cancelAnimationFrame(frame);
    };
  }, [length > 0]);
  useEffect(() => {
    if (list.problem === null && shown.end + rowsAhead >= lines.length) void list.more();
    // A page may have no rows and still not be the last: the server has looked through as much as it does at a time.
  }, [list, shown.end, lines.length, list.problem, list.loading]);

  return (
    <>
      <ol
        ref={element}
        class="rows virtual"
        aria-label={label}
        aria-busy={list.loading}
        style={{ paddingTop: `${shown.beforePx}px`, paddingBottom: `${shown.afterPx}px` }}
      >
        {lines.slice(shown.first, shown.end).map((one, index) => (
          <li
            key={shown.first + index}
            aria-posinset={shown.first + index + 1}
            aria-setsize={list.complete ? lines.length : -1}
          >
            {contentOf(one)}
          </li>
        ))}
      </ol>
      {list.problem !== null && (
        <div class="failed">
          <Problem problem={list.problem} />
          <button type="button" onClick={() => void list.more()}>
            Try again
          </button>
        </div>
      )}
      {list.loading && <p class="empty">{length === 0 ? 'Looking …' : 'Loading …'}</p>}
      {list.complete && length === 0 && <Empty>{empty}</Empty>}
      {list.complete && length > 0 && <p class="end">That is all: {length.toLocaleString()}.</p>}
    </>
  );
}
