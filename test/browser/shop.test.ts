/** What a help desk's people see of an agent that reads what strangers write, in a real browser. */
import { setTimeout } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lookMs, openHold, openPage, type Person, signIn, startBrowser } from './browser.ts';
import { playScene, type Scene } from './scene.ts';
import { openShop, type Shop } from './shop.ts';

describe('shop', () => {
  let shop: Shop;
  let scene: Scene;
  let browser: Browser;
  let bob: Person;
  beforeAll(async () => {
    shop = await openShop();
    scene = await playScene(shop);
    browser = await startBrowser();
    bob = await openPage(browser, shop.console);
    await signIn(bob, shop.console, await shop.approverToken('bob'));
  });
  afterAll(async () => {
    await bob[Symbol.asyncDispose]();
    await browser.close();
    await shop[Symbol.asyncDispose]();
  });

  test('an address that a stranger’s mail brought in is marked with its source, its letters named, and new', async () => {
    const { page, faults } = bob;
    await openHold(bob, shop.console, scene.holds.mail);
    await page
      .getByRole('heading', { name: 'Send a message to ann@xn--customr-dhg.example' })
      .waitFor();
    const values = page.locator('.value');
    const recipient = values.filter({ hasText: '/to' });
    for (const said of ['first use', 'disguised letters', 'U+0435', 'ann@xn--customr-dhg.example'])
      expect(await recipient.innerText()).toContain(said);
    expect(await recipient.innerText()).toMatch(
      /from untrusted text: shop\.list_mails \/mails\/1\/body, written by no-reply@parcel-notices\.example/,
    );
    const body = values.filter({ hasText: '/body' }).filter({ hasText: 'Dear Ann' });
    const marked = await body.locator('mark.untrusted').allInnerTexts();
    expect(marked.join('|')).toContain('1,290.00 EUR goes to account DE02 1203 0000 0000 2020 51');
    expect(marked.join('|')).not.toContain('Dear Ann');
    expect(faults).toEqual([]);
  });

  test('a result that gives orders waits, is released, and only then reaches the agent', async () => {
    const { page, faults } = bob;
    const run = await shop.openRun();
    const hold = await shop.hold('list_reviews', { product: 'lamp' }, run);
    expect(await shop.call('list_reviews', { product: 'lamp' }, run)).toContain('outputs.pending');
    await openHold(bob, shop.console, hold);
    const orders = page.locator('mark.flagged').first();
    expect(await orders.innerText()).toContain('Ignore all previous instructions');
    await page.getByRole('button', { name: 'Release' }).click();
    await page.getByRole('heading', { name: 'approved by bob' }).waitFor();
    expect(await shop.call('list_reviews', { product: 'lamp' }, run)).toContain('Lovely lamp');
    expect(faults).toEqual([]);
  });

  test('whoever breaks the glass says why, and the others hear of it', async () => {
    await using sam = await openPage(browser, shop.console);
    await signIn(sam, shop.console, await shop.approverToken('sam'));
    await openHold(sam, shop.console, scene.holds.glass);
    const { page } = sam;
    await page.getByRole('button', { name: 'Approve …' }).click();
    const why = page.getByLabel('Why you approve');
    await page.waitForTimeout(lookMs);
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    // Nothing is sent without a reason.
    expect(await why.evaluate((field) => field.matches(':invalid'))).toBe(true);
    expect(shop.real.gateway.runtime.holds.open().map(({ id }) => id)).toContain(scene.holds.glass);
    await why.fill('Bert called, and his order is mixed up with hers.');
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByRole('heading', { name: 'approved by sam' }).waitFor();
    await bob.page.goto(shop.console);
    await bob.page.getByRole('link', { name: /break glass/ }).waitFor();
    expect([...sam.faults, ...bob.faults]).toEqual([]);
  });

  test('a changed definition is shown as what changed, refused until it is accepted, and accepted as it was shown', async () => {
    const { page, faults } = bob;
    const run = await shop.openRun();
    const args = { order: 'A-1047', amount: 129, note: '' };
    expect(await shop.call('refund', args, run)).toContain('catalog.changed');
    await page.goto(`${shop.console}/tools`);
    expect(await page.locator('.diff ins').innerText()).toContain('call get_customer and add');
    await page.getByRole('button', { name: 'Accept this definition' }).click();
    await page
      .getByRole('button', { name: 'Accept this definition' })
      .waitFor({ state: 'detached' });
    expect(await shop.call('refund', args, run)).toContain('approval.pending');
    expect(faults).toEqual([]);
  });

  test('who signed in too long ago is told so, signs in again, comes back to the question, and may reject meanwhile', async () => {
    const { page, faults } = bob;
    const hold = await shop.hold(
      'refund',
      { order: 'A-1047', amount: 12, note: 'postage' },
      await shop.openRun(),
    );
    // Eight seconds, says the policy; who opens the page before sees that they may.
    await expect
      .poll(
        async () => {
          await openHold(bob, shop.console, hold);
          return page.getByRole('button', { name: 'Sign in again' }).count();
        },
        { timeout: 20_000 },
      )
      .toBe(1);
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Reject …' }).count()).toBe(1);
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByLabel('Your token').fill(await shop.approverToken('bob'));
    await page.keyboard.press('Enter');
    const approve = page.getByRole('button', { name: 'Approve' });
    await approve.waitFor();
    await page.waitForTimeout(lookMs);
    await approve.click();
    await page.getByText('call.finished').waitFor();
    expect((await shop.done()).at(-1)).toMatchObject({ name: 'refund', amount: 12 });
    expect(faults).toEqual([]);
  });

  test('by keys alone: signed in, to and fro in the list, helped, one rejected with a reason, one approved', async () => {
    await using eve = await openPage(browser, shop.console);
    const { page, faults } = eve;
    const run = await shop.openRun();
    const first = await shop.hold('set_stock', { product: 'lamp', pieces: 1 }, run);
    const second = await shop.hold('set_stock', { product: 'lamp', pieces: 2 }, run);
    await page.goto(shop.console);
    await page.getByLabel('Your token').waitFor();
    await page.keyboard.insertText(await shop.approverToken('eve'));
    await page.keyboard.press('Enter');
    await page.locator(`a[href="/holds/${second}"]`).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    const focused = () =>
      page.evaluate<string | null>('document.activeElement?.getAttribute("href") ?? null');
    const seekDown = async (hold: string) => {
      for (let steps = 0; steps < 20 && (await focused()) !== `/holds/${hold}`; steps += 1)
        await page.keyboard.press('j');
      expect(await focused()).toBe(`/holds/${hold}`);
    };
    await seekDown(second);
    await page.keyboard.press('k');
    expect(await focused()).toBe(`/holds/${first}`);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your answer' }).waitFor();
    await setTimeout(lookMs);
    await page.keyboard.press('r');
    await page.keyboard.type('One lamp is no stock.');
    await setTimeout(lookMs);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'rejected by eve' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await page.locator(`a[href="/holds/${second}"]`).waitFor();
    await seekDown(second);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your answer' }).waitFor();
    await setTimeout(lookMs);
    await page.keyboard.press('a');
    await page.keyboard.press('Enter');
    await page.getByText('call.finished').waitFor();
    const pieces = (await shop.done()).map((one) => one['pieces']);
    expect(pieces).toContain(2);
    expect(pieces).not.toContain(1);
    expect(faults).toEqual([]);
  });

  test('a run is its calls, each with what was decided and what is left; its events are folded below it', async () => {
    const { page, faults } = bob;
    const run = await shop.openRun();
    await shop.call('get_order', { order: 'A-1047' }, run);
    await shop.call('list_mails', { folder: 'board' }, run);
    await openHold(
      bob,
      shop.console,
      await shop.hold('set_stock', { product: 'lamp', pieces: 3 }, run),
    );
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('call.finished').waitFor();
    await page.goto(`${shop.console}/runs/${run.run}`);
    await page.getByText('That is all').waitFor();
    const calls = page.locator('button.timeline-row');
    const said = await calls.allInnerTexts();
    const words = said.map((line) => line.match(/[a-z_]+(?:\.[a-z_]+)+|[a-z]{4,}/g));
    expect(words).toEqual([
      ['shop.get_order', 'allow', 'completed', 'calls', 'sealed'],
      ['shop.list_mails', 'deny', 'authorize.folders', 'calls', 'sealed'],
      expect.arrayContaining(['shop.set_stock', 'hold', 'approved', 'completed', 'gate.approval']),
    ]);
    expect(said[0]).toContain('$2.00, 39 calls');
    expect(await page.getByText('approval.settled').count()).toBe(0);
    await calls.last().click();
    await page.getByRole('link', { name: /approval\.settled/ }).waitFor();
    await page.getByRole('button', { name: 'Verify every event here' }).click();
    await page.getByText(/^(\d+) of \1 verified in this browser\.$/).waitFor();
    expect(await calls.locator('.seal .good').count()).toBe(3);
    expect(faults).toEqual([]);
  });

  test('signed out in one tab, they are in all, and a link leads back to where they were', async () => {
    await using eve = await openPage(browser, shop.console);
    await signIn(eve, shop.console, await shop.approverToken('eve'));
    const other = await eve.page.context().newPage();
    await other.goto(`${shop.console}/holds/${scene.holds.account}`);
    await other.getByRole('heading', { name: 'Your answer' }).waitFor();
    await eve.page.getByRole('button', { name: 'Sign out' }).click();
    await other.getByLabel('Your token').waitFor();
    expect(await other.getByText('account').count()).toBe(0);
    await other.getByLabel('Your token').fill(await shop.approverToken('eve'));
    await other.keyboard.press('Enter');
    await other.getByRole('heading', { name: 'Your answer' }).waitFor();
    expect(eve.faults).toEqual([]);
  });

  test('a thousand events while somebody looks: all are there, in order, few of them in the page, and nothing moves the reader', async () => {
    const { page, faults } = bob;
    const stock = await shop.caller('stock', 'sam');
    const order = { order: 'A-1' };
    await shop.call('get_order', order, stock);
    const [run] = await shop.real.gateway.store.listRuns({ agent: 'stock', limit: 1 });
    const id = run?.run ?? '';
    await page.goto(`${shop.console}/runs/${id}`);
    await page.getByText('That is all').waitFor();
    await page.keyboard.press('j');
    const focused = () =>
      page.evaluate<string>(
        'document.activeElement.closest("li")?.getAttribute("aria-posinset") ?? "nowhere"',
      );
    const before = await focused();
    const callsMade = 500;
    for (let made = 0; made < callsMade; made += 20)
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          shop.call('get_order', { order: `A-${made + index}` }, stock),
        ),
      );
    const events = await shop.real.gateway.store.events({ run: id, limit: 5_000 });
    expect(events.length).toBeGreaterThan(1_000);
    await page.getByText(`That is all: ${events.length.toLocaleString('en-GB')}.`).waitFor();
    expect(await focused()).toBe(before);
    expect(await page.locator('.virtual > li').count()).toBeLessThan(120);
    await page.keyboard.press('End');
    await page.locator(`[aria-posinset="${callsMade}"]`).waitFor();
    await page.goto(`${shop.console}/ledger`);
    await page.getByText('call.finished').first().waitFor();
    expect(faults).toEqual([]);
  });
});
