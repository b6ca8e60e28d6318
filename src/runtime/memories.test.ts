/** What one run notes down, another reads: with the labels of the run that wrote it, whatever happens in between. */
import { expect, test } from 'vitest';
import { loaded } from '../../test/engine/scene.ts';
import {
  breakable,
  lastingDirectory,
  openWorld,
  text,
  type World,
  type WorldOptions,
} from '../../test/runtime/world.ts';

const policy = loaded(
  `
sallyport: 1
enforcement: strict
upstreams: { box: { functions: true } }
tools:
  box.mail: { action: mail, tier: read_only, reach: internal, args: { id: identifier }, returns: { classes: [pii], subject: { arg: id } } }
  box.note: { action: note, tier: reversible, reach: internal, memory: true, args: { id: identifier }, returns: { trust: trusted } }
  box.notes: { action: notes, tier: read_only, reach: internal, memory: true, args: { id: identifier }, returns: { trust: trusted } }
  box.other: { action: other, tier: read_only, reach: internal, args: { id: identifier }, returns: { trust: trusted } }
roles: { staff: { permissions: { box: { mail: allow, note: allow, notes: allow, other: allow } } } }
agents:
  helper:
    unattended: { owner: staff }
    permissions: { box: { mail: allow, note: allow, notes: allow, other: allow } }
`,
  {
    tools: Object.fromEntries(
      ['mail', 'note', 'notes', 'other'].map((name) => [`box.${name}`, { id: 'string' }]),
    ),
  },
);

function worldOf(options: WorldOptions = {}): Promise<World> {
  return openWorld({ policy, ...options });
}

async function labelsAfter(world: World, ...tools: readonly string[]) {
  const { handle, run } = await world.open();
  for (const tool of tools) await world.call(tool, { id: 'ann' }, { handle });
  return (await world.run(run.id)).labels;
}

const clean = { trust: 'trusted', classes: [], subjects: [] };
const hers = { trust: 'untrusted', classes: ['pii'], subjects: ['ann'] };

test('what is read carries what was known of those who wrote, and nothing else does', async () => {
  await using world = await worldOf();
  expect(await labelsAfter(world, 'box.notes')).toEqual(clean);
  expect(await labelsAfter(world, 'box.mail', 'box.note')).toEqual(hers);
  expect(await labelsAfter(world, 'box.notes')).toEqual(hers);
  expect(await labelsAfter(world, 'box.note')).toEqual(hers);
  expect(await labelsAfter(world, 'box.other')).toEqual(clean);
});

test('a run that has something outside writes what is untrusted', async () => {
  await using world = await worldOf();
  const { handle } = await world.open({ outside: ['browser'] });
  await world.call('box.note', { id: '1' }, { handle });
  expect(await labelsAfter(world, 'box.notes')).toMatchObject({ trust: 'untrusted' });
});

test('what is refused or only tried out has written nothing', async () => {
  await using world = await worldOf();
  const { handle } = await world.open();
  await world.call('box.mail', { id: 'ann' }, { handle });
  await world.call('box.note', { id: 1 }, { handle });
  await world.call('box.note', { id: '1' }, { handle, dryRun: true });
  expect(await labelsAfter(world, 'box.notes')).toEqual(clean);
});

test('after a restart in the middle of the write, too', async () => {
  await using directory = await lastingDirectory();
  {
    const store = breakable();
    await using world = await worldOf({
      directory: directory.path,
      around: store.around,
      perform: ({ operation }) => {
        // The note is written, and how it ended never is.
        if (operation === 'note') store.fails('call.finished');
        return text('done');
      },
    });
    await labelsAfter(world, 'box.mail', 'box.note');
  }
  await using again = await worldOf({ directory: directory.path });
  expect(await labelsAfter(again, 'box.notes')).toEqual(hers);
});
