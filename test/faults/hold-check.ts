/** What has to hold of holds, whatever came: read off the record, and off what is left in the end. */
import type { Event } from '../../src/engine/events.ts';
import type { HoldLife } from './hold-life.ts';

type Of<Type extends Event['type']> = Extract<Event, { type: Type }>;

interface Asked {
  readonly digest: string;
  readonly of: 'call' | 'result';
  readonly asks: Of<'call.held'>['asks'];
  agreed: readonly Of<'approval.answered'>[];
  settled: Of<'approval.settled'>['outcome'] | null;
}

/** @returns nothing when all is well. */
export function checkHolds(life: HoldLife): readonly string[] {
  const wrong: string[] = [];
  const says = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(what);
  };
  const asked = new Map<string, Asked>();
  const started = new Set<string>();
  const ended = new Map<string, string>();
  const alerted = new Set<string | null>();
  for (const event of life.events) {
    switch (event.type) {
      case 'call.held': {
        const before = asked.get(event.call);
        says(!started.has(event.call), `${event.call} is held after its start`);
        const agreed = before?.digest === event.digest ? before.agreed : [];
        asked.set(event.call, { ...event, of: 'call', agreed, settled: null });
        break;
      }
      case 'approval.answered': {
        const hold = asked.get(event.call);
        says(hold?.digest === event.digest, `${event.call} is answered as another call`);
        says(hold?.settled === null, `${event.call} is answered after its end`);
        if (hold !== undefined && event.answer === 'approve') hold.agreed = [...hold.agreed, event];
        break;
      }
      case 'approval.settled': {
        const hold = asked.get(event.call);
        // Agreed to and given up after all is the one thing that can follow an end.
        const isGivenUp = hold?.settled === 'approved' && event.outcome === 'withdrawn';
        says(hold?.settled === null || isGivenUp, `${event.call} ends twice`);
        says(
          !started.has(event.call) || event.of === 'result',
          `${event.call} ends after its start`,
        );
        if (hold !== undefined) hold.settled = event.outcome;
        if (hold !== undefined && event.outcome === 'approved')
          for (const what of missing(event.call, hold)) wrong.push(what);
        break;
      }
      case 'call.started': {
        const hold = asked.get(event.call);
        says(!started.has(event.call), `${event.call} starts twice`);
        started.add(event.call);
        if (hold === undefined) break;
        says(hold.settled === 'approved', `${event.call} starts while it is ${hold.settled}`);
        says(hold.digest === event.digest, `${event.call} starts as another call`);
        break;
      }
      case 'call.denied':
        says(!started.has(event.call), `${event.call} is refused after its start`);
        break;
      case 'call.finished':
        ended.set(event.call, event.outcome);
        if (event.withheld !== undefined) {
          const { digest, withheld } = event;
          asked.set(event.call, { ...withheld, digest, of: 'result', agreed: [], settled: null });
        }
        break;
      case 'alert.raised':
        if (event.alert === 'indeterminate_call') alerted.add(event.call);
        break;
      default:
    }
  }
  says(life.effects.length === new Set(life.effects).size, 'an effect happened twice');
  for (const call of life.effects) says(started.has(call), `${call} happened without its start`);
  for (const call of started) {
    const end = ended.get(call);
    says(end !== undefined, `${call} never ends`);
    says(end !== 'completed' || life.effects.includes(call), `${call} is done, and never happened`);
    says(end !== 'indeterminate' || alerted.has(call), `of ${call} nobody knows, and nobody hears`);
  }
  left(life, asked, started, says);
  return wrong;
}

/** Who was asked, and hadn't agreed. */
function missing(call: string, { asks, agreed }: Asked): readonly string[] {
  const people = (key: string): ReadonlySet<string> =>
    new Set(agreed.flatMap((one) => (one.asks.includes(key) ? one.by : [])));
  return [
    ...asks.flatMap(({ key, quorum }) =>
      people(key).size < quorum ? [`${call} is approved by ${people(key).size} of ${quorum}`] : [],
    ),
    ...agreed.flatMap(({ by }) => (by === 'ann' ? [`${call} is approved by somebody else`] : [])),
  ];
}

/** What waits in the end is what the record says, in every place that says it. */
function left(
  { open, held, kept, events }: HoldLife,
  asked: ReadonlyMap<string, Asked>,
  started: ReadonlySet<string>,
  says: (holds: boolean, what: string) => void,
): void {
  const denied = new Set(events.flatMap((one) => (one.type === 'call.denied' ? one.call : [])));
  const listed = new Map(open.map((hold) => [hold.id, hold]));
  const known = new Map(held.map((hold) => [hold.id, hold]));
  for (const [call, { of, settled }] of asked) {
    const isDone = of === 'call' && (started.has(call) || denied.has(call));
    const waits = settled === null && !isDone;
    const isAgreed = of === 'call' && settled === 'approved' && !isDone;
    const isOpen = waits || isAgreed;
    says(
      listed.has(call) === isOpen,
      `${call} is ${listed.has(call) ? '' : 'not '}shown: ${settled}`,
    );
    says(kept.includes(call) === isOpen, `${call} is ${isOpen ? 'not ' : ''}kept: ${settled}`);
    const state = known.get(call)?.state;
    if (isOpen) says(state === (waits ? 'waiting' : 'approved'), `${call} is ${state} in its run`);
    if (isOpen) says(listed.get(call)?.state === state, `${call} is shown as it isn't`);
  }
  for (const { id } of open) says(asked.has(id), `${id} is shown, and nobody asked`);
}
