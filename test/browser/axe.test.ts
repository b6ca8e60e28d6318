/** Every page as people with a screen reader, a small screen or tired eyes meet it. */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type Person, signIn, startBrowser } from './browser.ts';
import { type PageSeen, pagesOf } from './pages.ts';
import { playScene, type Scene } from './scene.ts';
import { openShop, type Shop } from './shop.ts';

const noScene: Scene = { run: '', holds: { mail: '', reviews: '', glass: '', account: '' } };
const names = pagesOf(noScene).map(({ name }) => name);

/** A colour on its way to another is neither. */
const still = { reducedMotion: 'reduce' } as const;

/** What axe finds, and a page that is wider than its window: in words. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const at = `${colorScheme}, ${width} px`;
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run(document)');
      for (const { id, nodes } of violations)
        for (const { html, failureSummary } of nodes)
          found.push(`${at}: ${id}: ${html.slice(0, 200)} ${failureSummary}`);
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      if (wide > width) found.push(`${at}: the page is ${wide} px wide`);
    }
  }
  return found;
}

describe('axe finds nothing', () => {
  let shop: Shop;
  let pages: readonly PageSeen[];
  let browser: Browser;
  let bob: Person;
  let token: string;
  beforeAll(async () => {
    shop = await openShop();
    pages = pagesOf(await playScene(shop));
    browser = await startBrowser();
    token = await shop.approverToken('bob');
    bob = await openPage(browser, shop.console, still);
    await bob.page.addInitScript(axe.source);
    await signIn(bob, shop.console, token);
  });
  afterAll(async () => {
    await bob[Symbol.asyncDispose]();
    await browser.close();
    await shop[Symbol.asyncDispose]();
  });

  test.each(names)('on %s: light and dark, 320 px and 1280 px', async (name) => {
    const { page } = bob;
    await page.setViewportSize({ width: 1280, height: 800 });
    const seen = pages.find((one) => one.name === name);
    await page.goto(`${shop.console}${seen?.path}`);
    await seen?.ready(page);
    await seen?.prepare?.(page);
    expect(await faultsOf(page)).toEqual([]);
  });

  test('on the sign-in, also after a wrong token', async () => {
    await using nobody = await openPage(browser, shop.console, still);
    await nobody.page.addInitScript(axe.source);
    await nobody.page.goto(shop.console);
    await nobody.page.getByLabel('Your token').fill('sp_approver_wrong');
    await nobody.page.keyboard.press('Enter');
    await nobody.page.locator('#problem:not(:empty)').waitFor();
    expect(await faultsOf(nobody.page)).toEqual([]);
  });

  test('on the keys’ help, on a form that asks why, and where there is nothing', async () => {
    const { page } = bob;
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(shop.console);
    await page.getByRole('button', { name: /Keys/ }).click();
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.goto(`${shop.console}${pages.find(({ name }) => name === 'hold')?.path}`);
    await page.getByRole('button', { name: 'Reject …' }).click();
    expect(await faultsOf(page)).toEqual([]);
    for (const path of ['/runs/none', '/holds/none', '/ledger?tool=none']) {
      await page.goto(`${shop.console}${path}`);
      await page.locator('.empty').first().waitFor();
      expect(await faultsOf(page)).toEqual([]);
    }
  });

  test('where nothing has happened yet', async () => {
    await using empty = await openShop();
    await using person = await openPage(browser, empty.console, still);
    await person.page.addInitScript(axe.source);
    await signIn(person, empty.console, await empty.approverToken('bob'));
    for (const path of ['/', '/runs']) {
      await person.page.goto(`${empty.console}${path}`);
      await person.page.locator('.empty').first().waitFor();
      expect(await faultsOf(person.page)).toEqual([]);
    }
  });
});
