/** Every page of the console, and how one sees that it is there: what is looked at with axe, and kept as a picture. */
import type { Page } from 'playwright-core';
import type { Scene } from './scene.ts';

export interface PageSeen {
  readonly name: string;
  readonly path: string;
  /** Until everything on it has come. */
  readonly ready: (page: Page) => Promise<void>;
  /** What a reader opens on it. */
  readonly prepare?: (page: Page) => Promise<void>;
}

const heading = (name: string | RegExp) => (page: Page) =>
  page.getByRole('heading', { name }).first().waitFor();
const text = (what: string | RegExp) => (page: Page) => page.getByText(what).first().waitFor();

export function pagesOf({ run, holds }: Scene): readonly PageSeen[] {
  return [
    { name: 'now', path: '/', ready: text('close_account') },
    { name: 'hold', path: `/holds/${holds.mail}`, ready: heading('Why it waits') },
    { name: 'hold-result', path: `/holds/${holds.reviews}`, ready: heading('Why it waits') },
    { name: 'hold-others', path: `/holds/${holds.glass}`, ready: heading('Why it waits') },
    {
      name: 'hold-edit',
      path: `/holds/${holds.account}`,
      ready: heading('Why it waits'),
      async prepare(page) {
        await page.getByRole('button', { name: 'Edit …' }).click();
        await page.getByLabel(/^account/).fill('bert');
        await page.getByRole('button', { name: 'Show what would happen' }).click();
        await page.getByRole('button', { name: 'Change it, and approve the change' }).waitFor();
      },
    },
    { name: 'runs', path: '/runs', ready: text('That is all') },
    { name: 'run', path: `/runs/${run}`, ready: text('That is all') },
    { name: 'ledger', path: '/ledger', ready: text('That is all') },
    {
      name: 'event',
      path: '/ledger?type=call.denied',
      ready: text('That is all'),
      async prepare(page) {
        await page.locator('a.event-row').first().click();
        await page.getByText('Verified in this browser').waitFor();
      },
    },
    { name: 'agents', path: '/agents', ready: text('crawler') },
    { name: 'agent', path: '/agents/support', ready: text('close_account') },
    { name: 'tools', path: '/tools', ready: text('Accept this definition') },
    { name: 'policy', path: '/policy', ready: text('acts_for') },
  ];
}
