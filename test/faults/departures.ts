/** What clients do to calls of theirs by leaving, repeating, hurrying and not listening. Each row on a gateway with nothing under way. */
import type { Socket } from 'node:net';
import { type Departure, type Recorded, until } from './departure.ts';

export interface DepartureRow {
  readonly what: string;
  /** Only in the long round: it waits for a bound of half a minute. */
  readonly long?: true;
  /** @returns what is not as it should be. `key` is this row's alone. */
  readonly perform: (world: Departure, key: string) => Promise<readonly string[]>;
}

/** More than sockets and the kernel between them buffer. */
const bigAnswer = 900_000;

export const departureRows: readonly DepartureRow[] = [
  {
    what: 'leaves before the effect',
    perform: (world, key) => leaves(world, key, 'before'),
  },
  {
    what: 'leaves after the effect',
    perform: (world, key) => leaves(world, key, 'after'),
  },
  {
    what: 'leaves before the effect, and asks again meanwhile',
    async perform(world, key) {
      world.hold('before');
      const socket = await world.socket();
      socket.write(world.request(key));
      await world.held(1);
      socket.destroy();
      const again = world.call(key);
      world.goOn();
      const code = await again;
      return [
        ...expected('its repeat', code, 'completed'),
        ...happened(world, key, 1),
        ...record(await world.recorded(key), { outcomes: 'completed', joined: 1 }),
      ];
    },
  },
  {
    what: 'leaves in the middle of its answers',
    async perform(world, key) {
      // A kernel takes some megabytes before anybody reads: what is in it counts as delivered, and what isn't does not.
      const keys = Array.from({ length: 24 }, (_, n) => `${key}-${n}`);
      const socket = await world.socket();
      socket.pause();
      socket.write(keys.map((one) => world.request(one, { size: bigAnswer })).join(''));
      await until(() => world.effects.includes(keys[0] ?? ''));
      await world.settled();
      socket.destroy();
      await world.settled();
      const begun = keys.filter((one) => world.effects.includes(one));
      const last = begun.at(-1) ?? '';
      await until(async () => (await world.recorded(last)).undelivered === 1);
      const code = await world.call(last, { size: bigAnswer });
      return [
        ...expected('its repeat', code, 'completed'),
        ...begun.flatMap((one) => happened(world, one, 1)),
        ...record(await world.recorded(last), { outcomes: 'completed', joined: 1 }),
      ];
    },
  },
  {
    what: 'repeats a call with a new id while it is under way',
    async perform(world, key) {
      world.hold('before');
      const calls = [world.call(key), world.call(key), world.call(key)];
      await world.held(1);
      world.goOn();
      const codes = await Promise.all(calls);
      return [
        ...expected('its answers', codes.join(), 'completed,completed,completed'),
        ...happened(world, key, 1),
        ...record(await world.recorded(key), { outcomes: 'completed', joined: 2 }),
      ];
    },
  },
  {
    what: 'sends many requests at once on one connection',
    async perform(world, key) {
      const keys = Array.from({ length: 50 }, (_, n) => `${key}-${n}`);
      const socket = await world.socket();
      const heard = listen(socket);
      socket.write(keys.map((one) => world.request(one)).join(''));
      await until(() => heard.answers() === keys.length);
      const ids = heard.ids();
      return [
        ...expected(
          'its answers are in order',
          String(ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? 0))),
          'true',
        ),
        ...keys.flatMap((one) => happened(world, one, 1)),
      ];
    },
  },
  {
    what: 'sends the same call many times at once, and leaves',
    async perform(world, key) {
      const socket = await world.socket();
      world.hold('before');
      socket.write(
        world.request(key).concat(...Array.from({ length: 9 }, () => world.request(key))),
      );
      await world.held(1);
      socket.destroy();
      world.goOn();
      await world.settled();
      const code = await world.call(key);
      return [...expected('its repeat', code, 'completed'), ...happened(world, key, 1)];
    },
  },
  {
    what: 'closes its half of the connection in mid-call, which counts as leaving',
    async perform(world, key) {
      world.hold('after');
      const socket = await world.socket();
      socket.write(world.request(key));
      await world.held(1);
      socket.end();
      await until(() => socket.readableEnded || socket.destroyed || socket.resume().closed);
      world.goOn();
      await world.settled();
      const left = await world.recorded(key);
      const code = await world.call(key);
      return [
        ...record(left, { outcomes: 'completed', awaited: 0 }),
        ...expected('its repeat', code, 'completed'),
        ...happened(world, key, 1),
      ];
    },
  },
  {
    what: 'leaves while its call waits for its turn',
    async perform(world, key) {
      world.hold('before');
      const first = world.call(`${key}-first`, { agent: 'single' });
      await world.held(1);
      const socket = await world.socket();
      socket.write(world.request(`${key}-left`, { agent: 'single' }));
      const third = world.call(`${key}-third`, { agent: 'single' });
      await new Promise((resolve) => setTimeout(resolve, 100));
      socket.destroy();
      world.goOn();
      const codes = await Promise.all([first, third]);
      return [
        ...expected('those before and behind it', codes.join(), 'completed,completed'),
        ...happened(world, `${key}-first`, 1),
        ...happened(world, `${key}-third`, 1),
      ];
    },
  },
  {
    what: 'opens more connections than there may be, and says nothing',
    async perform(world, key) {
      const early = await world.socket();
      const heard = listen(early);
      early.write(world.request(`${key}-early`));
      await until(() => heard.answers() === 1);
      const idle: Socket[] = [];
      for (let n = 0; n < 1_200; n += 1) idle.push(await world.socket());
      early.write(world.request(key));
      await until(() => heard.answers() === 2);
      for (const socket of idle) socket.destroy();
      // Its server needs a moment to see that they are gone.
      let code = '';
      await until(async () => {
        code = await world.call(`${key}-later`).catch(() => 'no connection');
        return code === 'completed';
      });
      return [...happened(world, key, 1), ...happened(world, `${key}-later`, 1)];
    },
  },
  {
    what: 'never reads its answers',
    long: true,
    async perform(world, key) {
      const keys = Array.from({ length: 200 }, (_, n) => `${key}-${n}`);
      const { heapUsed, external } = process.memoryUsage();
      const socket = await world.socket();
      socket.pause();
      socket.write(keys.map((one) => world.request(one, { size: bigAnswer })).join(''));
      await until(() => world.effects.includes(keys[0] ?? ''));
      await world.settled();
      const after = process.memoryUsage();
      const grown = after.heapUsed + after.external - heapUsed - external;
      const begun = keys.filter((one) => world.effects.includes(one));
      // Nobody hangs up: the gateway does, after its bound.
      for (let waited = 0; waited < 4; waited += 1) {
        if ((await world.recorded(begun.at(-1) ?? '')).undelivered === 1) break;
        await new Promise((resolve) => setTimeout(resolve, 10_000));
      }
      const last = await world.recorded(begun.at(-1) ?? '');
      return [
        ...(grown > 400_000_000 ? [`the gateway grew by ${Math.round(grown / 1e6)} MB`] : []),
        ...begun.flatMap((one) => happened(world, one, 1)),
        ...record(last, { outcomes: 'completed', undelivered: 1 }),
      ];
    },
  },
];

async function leaves(
  world: Departure,
  key: string,
  when: 'before' | 'after',
): Promise<readonly string[]> {
  world.hold(when);
  const socket = await world.socket();
  socket.write(world.request(key));
  await world.held(1);
  socket.destroy();
  // The gateway has to have seen it go, or it may rightly take it for somebody who is there.
  await new Promise((resolve) => setTimeout(resolve, 100));
  world.goOn();
  await world.settled();
  const left = await world.recorded(key);
  const code = await world.call(key);
  return [
    ...record(left, { outcomes: 'completed', awaited: 0 }),
    ...expected('its repeat', code, 'completed'),
    ...happened(world, key, 1),
    ...record(await world.recorded(key), { outcomes: 'completed', joined: 1, awaited: 1 }),
  ];
}

function happened(world: Departure, key: string, times: number): readonly string[] {
  const counted = world.effects.filter((effect) => effect === key).length;
  return counted === times ? [] : [`${key} happened ${counted} times`];
}

function expected(what: string, came: string, should: string): readonly string[] {
  return came === should ? [] : [`${what}: ${came}, not ${should}`];
}

function record(
  recorded: Recorded,
  should: Partial<Omit<Recorded, 'outcomes'>> & { readonly outcomes: string },
): readonly string[] {
  const found: Record<string, unknown> = { ...recorded, outcomes: recorded.outcomes.join() };
  return Object.entries(should).flatMap(([what, value]) =>
    found[what] === value ? [] : [`on record, ${what} is ${String(found[what])}, not ${value}`],
  );
}

interface Heard {
  readonly answers: () => number;
  readonly ids: () => readonly number[];
}

function listen(socket: Socket): Heard {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  const ids = (): readonly number[] =>
    [...text.matchAll(/\{"jsonrpc":"2\.0","id":(\d+),/g)].map(([, id]) => Number(id));
  return { ids, answers: () => ids().length };
}
