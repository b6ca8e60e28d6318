/**
 * What open consoles are told as it happens. One listener for all of them: a message is made once, however many look. A
 * console that doesn't read in time, or a gateway that does more in a moment than anybody can follow, is told so
 * (`hello`), and looks at everything anew.
 */
import type { ServerResponse } from 'node:http';
import type { HoldSummary } from '../../runtime/port.ts';
import type { CommittedEvent, EventFeed } from '../../store/feed.ts';
import { eventRow } from './event-row.ts';
import { consoleLimits } from './limits.ts';
import type { StreamMessage } from './views.ts';

export interface StreamPorts {
  readonly feed: EventFeed;
  readonly openHolds: () => readonly HoldSummary[];
  readonly nowMs: () => number;
  /** A console of this session is open. */
  readonly onSeen: (session: string) => void;
}

interface Client {
  readonly session: string;
  readonly response: ServerResponse;
  /** Since when it reads nothing of what waits for it; null: it reads. */
  stalledSinceMs: number | null;
  /** It has missed something. */
  gap: boolean;
}

/**
 * A hold is in the runtime's memory a moment after its event was committed. Where it isn't, it is looked for again after so
 * long; if it never is, it was over at once.
 */
const holdLooksMs = [20, 200] as const;

export class ConsoleStream {
  readonly #ports: StreamPorts;
  readonly #clients = new Set<Client>();
  readonly #stop: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  /** Those to be told, and how often they were looked for in vain. */
  readonly #holds = new Map<string, number>();
  #lookingForHolds: NodeJS.Timeout | null = null;
  #events: CommittedEvent[] = [];
  #missed = false;
  #telling: NodeJS.Timeout | null = null;
  #saidHelloAtMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(ports: StreamPorts) {
    this.#ports = ports;
    this.#stop = ports.feed.follow((events) => this.#heard(events));
    this.#heartbeat = setInterval(() => this.#beat(), consoleLimits.streamHeartbeatMs);
    this.#heartbeat.unref();
  }

  /** False, and nothing sent: there are as many as there may be. */
  open(session: string, response: ServerResponse): boolean {
    const own = [...this.#clients].filter((client) => client.session === session).length;
    if (
      this.#closed ||
      own >= consoleLimits.streamsOfSessionMax ||
      this.#clients.size >= consoleLimits.streamsMax
    )
      return false;
    const client: Client = { session, response, stalledSinceMs: null, gap: false };
    this.#clients.add(client);
    response.once('close', () => this.#clients.delete(client));
    response.on('drain', () => this.#drained(client));
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      // Asks proxies not to hold events back.
      'x-accel-buffering': 'no',
    });
    this.#send(client, textOf(this.#hello()));
    return true;
  }

  /** Their session is over. */
  closeOf(session: string): void {
    for (const client of [...this.#clients])
      if (client.session === session) this.#end(client, textOf({ type: 'signed_out' }));
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    clearInterval(this.#heartbeat);
    if (this.#telling !== null) clearTimeout(this.#telling);
    if (this.#lookingForHolds !== null) clearTimeout(this.#lookingForHolds);
    for (const client of [...this.#clients]) this.#end(client, '');
  }

  #end(client: Client, last: string): void {
    this.#clients.delete(client);
    client.response.end(last);
    // One that reads nothing would keep its socket for as long as it likes.
    setTimeout(() => client.response.destroy(), consoleLimits.streamEveryMs).unref();
  }

  #heard(events: readonly CommittedEvent[]): void {
    if (this.#clients.size === 0) return;
    for (const { event } of events) {
      if (event.type === 'approval.settled') {
        const { call: id, outcome, by } = event;
        this.#tell({ type: 'settled', id, outcome, by });
      } else if (
        event.type === 'call.held' ||
        event.type === 'approval.answered' ||
        (event.type === 'call.finished' && event.withheld !== undefined)
      )
        this.#holds.set(event.call, 0);
    }
    if (this.#holds.size > 0) this.#lookForHolds(0);
    for (const one of events) {
      if (this.#events.length < consoleLimits.streamEventsMax || !isCall(one))
        this.#events.push(one);
      else this.#missed = true;
    }
    this.#telling ??= setTimeout(() => this.#tellEvents(), consoleLimits.streamEveryMs).unref();
  }

  /** All that wait to be told are looked for at once: a thousand holds aren't listed a thousand times. */
  #lookForHolds(waitMs: number): void {
    this.#lookingForHolds ??= setTimeout(() => {
      this.#lookingForHolds = null;
      const open = new Map(this.#ports.openHolds().map((hold) => [hold.id, hold]));
      for (const [id, looks] of [...this.#holds]) {
        const hold = open.get(id);
        if (hold !== undefined) this.#tell({ type: 'hold', hold });
        if (hold !== undefined || looks >= holdLooksMs.length) this.#holds.delete(id);
        else this.#holds.set(id, looks + 1);
      }
      if (this.#holds.size === 0) return;
      this.#lookForHolds(holdLooksMs[Math.min(...this.#holds.values()) - 1] ?? 0);
    }, waitMs).unref();
  }

  #tellEvents(): void {
    this.#telling = null;
    const events = this.#events.splice(0);
    // What isn't a call is rare; should it flood all the same, consoles look anew too.
    for (const { seq, event } of events.slice(0, consoleLimits.streamEventsMax * 2))
      this.#tell({ type: 'event', row: eventRow(seq, event, false) });
    if (!this.#missed && events.length <= consoleLimits.streamEventsMax * 2) return;
    const nowMs = performance.now();
    if (nowMs - this.#saidHelloAtMs < consoleLimits.streamHelloEveryMs) {
      this.#telling = setTimeout(
        () => this.#tellEvents(),
        consoleLimits.streamHelloEveryMs,
      ).unref();
      return;
    }
    this.#missed = false;
    this.#saidHelloAtMs = nowMs;
    this.#tell(this.#hello());
  }

  #tell(message: StreamMessage): void {
    const text = textOf(message);
    for (const client of this.#clients) this.#send(client, text);
  }

  #send(client: Client, text: string): void {
    if (client.gap) return;
    if (client.response.writableLength > consoleLimits.streamUnreadBytesMax) {
      client.gap = true;
      return;
    }
    if (!client.response.write(text)) client.stalledSinceMs ??= performance.now();
  }

  #drained(client: Client): void {
    client.stalledSinceMs = null;
    if (!client.gap) return;
    client.gap = false;
    this.#send(client, textOf(this.#hello()));
  }

  #beat(): void {
    const nowMs = performance.now();
    for (const client of this.#clients) {
      this.#ports.onSeen(client.session);
      if (
        client.stalledSinceMs !== null &&
        nowMs - client.stalledSinceMs >= consoleLimits.streamStallMs
      )
        client.response.destroy();
      else this.#send(client, ':\n\n');
    }
  }

  #hello(): StreamMessage {
    return { type: 'hello', nowMs: this.#ports.nowMs() };
  }
}

function isCall({ event }: CommittedEvent): boolean {
  return (
    event.type === 'call.started' ||
    event.type === 'call.finished' ||
    event.type === 'call.denied' ||
    event.type === 'call.delivered' ||
    event.type === 'call.joined' ||
    event.type === 'run.usage'
  );
}

/** JSON has no raw line break, so one `data` line holds it whole. */
function textOf(message: StreamMessage): string {
  return `event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`;
}
