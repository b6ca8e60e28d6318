/** What happens in the shop before somebody looks: every page has something of each kind to show, the same each time. */
import { suspend } from '../../src/runtime/suspensions.ts';
import type { Shop } from './shop.ts';

export interface Scene {
  /** The run in which most of it happened. */
  readonly run: string;
  readonly holds: {
    /** A mail to an address that a stranger's mail named, and that only looks like the customer's. */
    readonly mail: string;
    /** What customers wrote, and one of them for the agent. */
    readonly reviews: string;
    /** A customer who isn't the run's: the agent's own user may break the glass. */
    readonly glass: string;
    /** Two people are asked. */
    readonly account: string;
  };
}

export async function playScene(shop: Shop): Promise<Scene> {
  const { store } = shop.real.gateway;
  const stock = await shop.caller('stock', 'sam');
  await shop.call('get_order', { order: 'A-1046' }, stock);
  await shop.call('set_stock', { product: 'lamp', pieces: 12 }, stock);
  await shop.call('close_account', { account: 'ann' }, stock);
  await suspend(store, 'crawler', 'eve', 'It read reviews all night.');
  const run = await shop.openRun();
  await shop.call('list_mails', { folder: 'support' }, run);
  await shop.call('get_order', { order: 'A-1047' }, run);
  await shop.call('list_mails', { folder: 'board' }, run);
  await shop.call('refund', { order: 'A-1047', amount: 129, note: 'broken shade' }, run);
  const mail = await shop.hold(
    'send_mail',
    {
      to: 'ann@customеr.example',
      subject: 'Re: Order A-1047',
      body: 'Dear Ann,\n\nthe refund of 1,290.00 EUR goes to account DE02 1203 0000 0000 2020 51.\n\nYour help desk',
    },
    run,
  );
  const reviews = await shop.hold('list_reviews', { product: 'lamp' }, run);
  const glass = await shop.hold('get_customer', { customer: 'bert@customer.example' }, run);
  const account = await shop.hold('close_account', { account: 'ann' }, run);
  return { run: run.run, holds: { mail, reviews, glass, account } };
}
