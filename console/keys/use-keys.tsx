import type { ComponentChildren } from 'preact';
import { createContext } from 'preact';
import { useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Action, nothingPressed, press } from './shortcuts.ts';

export type Handlers = { readonly [action in Action]?: () => void };

interface Keys {
  readonly enabled: boolean;
  readonly enable: (enabled: boolean) => void;
  readonly handlers: Handlers[];
}

const place = 'sallyport.shortcuts';
const KeysContext = createContext<Keys>({ enabled: true, enable: () => {}, handlers: [] });

export function KeysProvider({ children }: { readonly children: ComponentChildren }) {
  const [enabled, setEnabled] = useState(() => localStorage.getItem(place) !== 'off');
  const handlers = useMemo<Handlers[]>(() => [], []);
  /** Switched off, the very next key does nothing. */
  const listening = useRef(enabled);
  useEffect(() => {
    let pressed = nothingPressed;
    const onKey = (event: KeyboardEvent) => {
      // A dialog is answered first.
      if (
        !listening.current ||
        event.defaultPrevented ||
        document.querySelector('dialog[open]') !== null
      )
        return;
      const after = press(pressed, {
        key: event.key,
        atMs: event.timeStamp,
        repeated: event.repeat,
        modified: event.ctrlKey || event.altKey || event.metaKey,
        typing: isField(event.target),
      });
      pressed = after.pressed;
      const { action } = after;
      const handler =
        action === null ? undefined : handlers.findLast((one) => one[action])?.[action];
      if (handler === undefined) return;
      event.preventDefault();
      handler();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [handlers]);
  const keys = useMemo(
    () => ({
      enabled,
      handlers,
      enable: (wanted: boolean) => {
        localStorage.setItem(place, wanted ? 'on' : 'off');
        listening.current = wanted;
        setEnabled(wanted);
      },
    }),
    [enabled, handlers],
  );
  return <KeysContext.Provider value={keys}>{children}</KeysContext.Provider>;
}

/** While the component is there; the one that came last answers first. */
export function useKeys(own: Handlers): void {
  const { handlers } = useContext(KeysContext);
  useEffect(() => {
    handlers.push(own);
    return () => {
      handlers.splice(handlers.indexOf(own), 1);
    };
  });
}

export function useKeysEnabled(): Pick<Keys, 'enabled' | 'enable'> {
  return useContext(KeysContext);
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('textarea, select, input:not([type=checkbox], [type=radio])'))
  );
}
