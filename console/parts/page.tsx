import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLive } from '../live/use-live.ts';

let shownBefore = false;

/** Names the tab, and brings a reader who follows a link to its heading. */
export function Page({
  title,
  heading,
  children,
}: {
  readonly title: string;
  readonly heading?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const top = useRef<HTMLHeadingElement>(null);
  const { now } = useLive();
  const waiting = now?.holds.filter(({ state }) => state === 'waiting').length ?? 0;
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${title} · Sallyport`;
  }, [title, waiting]);
  useEffect(() => {
    // The first page keeps what the browser restored.
    if (shownBefore) top.current?.focus({ preventScroll: true });
    shownBefore = true;
  }, [title]);
  return (
    <>
      <h1 ref={top} tabIndex={-1}>
        {heading ?? title}
      </h1>
      {children}
    </>
  );
}
