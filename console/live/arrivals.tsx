/** Tells of a hold that has just come: to a screen reader, and, where somebody asked for it, on the desktop. */
import { useCallback, useState } from 'preact/hooks';
import type { StreamMessage } from '../../src/edges/console/views.ts';
import { notifies } from './notifications.ts';
import { useMessages } from './use-live.ts';

export function Arrivals() {
  const [arrived, setArrived] = useState('');
  useMessages(
    useCallback((message: StreamMessage) => {
      if (message.type !== 'hold' || message.hold.state !== 'waiting') return;
      setArrived(`A call waits: ${message.hold.summary}`);
      if (document.hidden && notifies()) {
        // Sallyport's own words alone: a desktop shows them to whoever passes by.
        new Notification('A call waits for you', {
          body: message.hold.summary,
          tag: message.hold.id,
          silent: true,
        });
      }
    }, []),
  );
  return (
    <p class="sr-only" aria-live="polite">
      {arrived}
    </p>
  );
}
