import { useEffect, useRef } from 'preact/hooks';
import { shortcuts } from './shortcuts.ts';
import { useKeysEnabled } from './use-keys.tsx';

export function Help({ close }: { readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { enabled, enable } = useKeysEnabled();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="help" onClose={close}>
      <h2 id="help">Keys</h2>
      <dl class="keys">
        {shortcuts.map(({ keys, says }) => (
          <div key={keys.join(' ')}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>Enter</kbd>
          </dt>
          <dd>open what is in focus</dd>
        </div>
      </dl>
      <label class="switch">
        <input
          type="checkbox"
          checked={enabled}
          onChange={(event) => enable(event.currentTarget.checked)}
        />
        Single keys do something
      </label>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
