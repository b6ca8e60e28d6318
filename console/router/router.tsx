import type { ComponentChildren } from 'preact';
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { type Route, routeOf } from './routes.ts';

const Current = createContext<Route>({ page: 'now' });

export function navigate(path: string): void {
  history.pushState(null, '', path);
  window.dispatchEvent(new PopStateEvent('popstate'));
  scrollTo(0, 0);
}

/** The address bar decides which page there is; links are the browser's own, followed without loading anew. */
export function Router({ children }: { readonly children: ComponentChildren }) {
  const [route, setRoute] = useState(() => routeOf(location.pathname, location.search));
  useEffect(() => {
    const moved = () => setRoute(routeOf(location.pathname, location.search));
    addEventListener('popstate', moved);
    document.addEventListener('click', follow);
    return () => {
      removeEventListener('popstate', moved);
      document.removeEventListener('click', follow);
    };
  }, []);
  return <Current.Provider value={route}>{children}</Current.Provider>;
}

export function useRoute(): Route {
  return useContext(Current);
}

function follow(event: MouseEvent): void {
  const { target, button, ctrlKey, metaKey, shiftKey, altKey, defaultPrevented } = event;
  if (defaultPrevented || button !== 0 || ctrlKey || metaKey || shiftKey || altKey) return;
  const link = target instanceof Element ? target.closest('a') : null;
  if (link === null || link.origin !== location.origin) return;
  if (link.hasAttribute('download') || link.hash !== '' || link.pathname.startsWith('/api/'))
    return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}
