import type { RefObject } from 'preact';
import { useKeys } from './use-keys.tsx';

/** `j` and `k` move the focus through the links of the list's rows. */
export function useListKeys(list: RefObject<HTMLElement | null>): void {
  const move = (by: 1 | -1) => {
    const links = Array.from(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? []);
    const at = links.findIndex((link) => link.contains(document.activeElement));
    // From nowhere it goes to what is in sight: rows beyond the edges are there, too.
    const next = at < 0 ? links.findIndex(isInSight) : at + by;
    links[next]?.focus();
  };
  useKeys({ next: () => move(1), previous: () => move(-1) });
}

function isInSight(link: HTMLElement): boolean {
  const { top, bottom } = link.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}
