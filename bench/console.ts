/**
 * The console in Debian's Chromium, beside a gateway in this process: how soon a person sees what waits, how soon their answer
 * is done, and whether long lists stay smooth.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import {
  chromiumPath,
  lookMs,
  openPage,
  type Person,
  signIn,
  startBrowser,
} from '../test/browser/browser.ts';
import { openShop, type Shop } from '../test/browser/shop.ts';
import {
  atMost,
  type Bench,
  type BenchOptions,
  beside,
  chosen,
  median,
  quantile,
  type Row,
} from './bench.ts';
import { fillLedger } from './ledger-fill.ts';

const root = join(import.meta.dirname, '..');
const lanes = ['script', 'paint', 'answers', 'live', 'scroll'] as const;
const roundsDefault = 20;
const paintRoundsMax = 5;
const ledgerEvents = 100_000;
/** Of a window of 800 px, at 60 frames a second: ten windows a second. */
const flyingPx = 133;
const flyingFrames = 300;
const liveCalls = 500;
const atOnce = 20;

export const consoleBench: Bench = { name: 'console', lanes, run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  execFileSync(process.execPath, ['scripts/build-console.ts'], { cwd: root });
  const rounds = options.rounds ?? roundsDefault;
  const rows: Row[] = chosen(options, 'script') ? await scriptRows() : [];
  if (!existsSync(chromiumPath)) return [...rows, withoutChromium];
  if (chosen(options, 'paint') || chosen(options, 'answers') || chosen(options, 'live')) {
    await using shop = await openShop();
    const token = await shop.approverToken('bob');
    if (chosen(options, 'paint'))
      rows.push(...(await paintRows(shop, token, Math.min(rounds, paintRoundsMax))));
    await using browser = await startBrowser();
    if (chosen(options, 'answers')) {
      await using person = await signedIn(browser, shop, token);
      rows.push(...(await answerRows(shop, person.page, rounds, options.progress)));
    }
    if (chosen(options, 'live')) {
      await using person = await signedIn(browser, shop, token);
      rows.push(...(await liveRows(shop, person.page)));
    }
  }
  if (chosen(options, 'scroll')) {
    options.progress(`console: writing ${ledgerEvents} events`);
    await using shop = await openShop((directory) => fillLedger(directory, ledgerEvents));
    await using browser = await startBrowser();
    await using person = await signedIn(browser, shop, await shop.approverToken('bob'));
    rows.push(...(await scrollRows(shop, person.page, options.progress)));
  }
  return rows;
}

const withoutChromium: Row = {
  name: 'console',
  value: null,
  unit: 'Chromium is needed: `npm run matrix browser` installs it',
  target: 'measured',
  ok: false,
};

async function signedIn(browser: Browser, shop: Shop, token: string): Promise<Person> {
  const person = await openPage(browser, shop.console);
  await signIn(person, shop.console, token);
  return person;
}

/** As a browser gets it: Brotli where it may, gzip otherwise. */
async function scriptRows(): Promise<Row[]> {
  const assets = join(root, 'dist', 'console', 'assets');
  const sizes = await Promise.all(
    (await readdir(assets))
      .filter((name) => /^main-.*\.(br|gz)$/.test(name))
      .map(async (name) => (await stat(join(assets, name))).size / 1_000),
  );
  return [atMost('console.script', Math.max(...sizes), 'kB, gzip', 60)];
}

/** A browser that has just been started, and has nothing of the console; whose session is that of somebody who was here. */
async function paintRows(shop: Shop, token: string, rounds: number): Promise<Row[]> {
  await using first = await startBrowser();
  await using before = await signedIn(first, shop, token);
  const storageState = await before.page.context().storageState();
  const paints: number[] = [];
  const contents: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await using browser = await startBrowser();
    await using person = await openPage(browser, shop.console, { storageState });
    const { page } = person;
    await page.goto(shop.console);
    await page.getByRole('heading', { name: 'Waiting for people' }).waitFor();
    contents.push(await page.evaluate<number>('performance.now()'));
    paints.push(
      await page.evaluate<number>(
        `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN`,
      ),
    );
  }
  return [
    atMost('console.first_paint', median(paints), 'ms from cold', 1_000),
    beside('console.first_content', median(contents), 'ms from cold, what waits is there'),
  ];
}

/** Runs in the page: when a hold's line is painted, and when Approve is clicked, by the clock that all processes share. */
const stopwatch = `
  globalThis.painted = new Map();
  globalThis.clickedAtMs = 0;
  const now = () => performance.timeOrigin + performance.now();
  new MutationObserver(() => {
    for (const link of document.querySelectorAll('a[href^="/holds/"]')) {
      const hold = link.getAttribute('href').slice('/holds/'.length);
      if (painted.has(hold)) continue;
      painted.set(hold, null);
      // The frame after the one in which it was drawn has begun: it can be seen.
      requestAnimationFrame(() => requestAnimationFrame(() => painted.set(hold, now())));
    }
  }).observe(document, { childList: true, subtree: true });
  addEventListener('click', () => { globalThis.clickedAtMs = now(); }, { capture: true });`;

const nowMs = (): number => performance.timeOrigin + performance.now();

async function answerRows(
  shop: Shop,
  page: Page,
  rounds: number,
  progress: BenchOptions['progress'],
): Promise<Row[]> {
  const seen: number[] = [];
  const begun: number[] = [];
  const ended: number[] = [];
  const at = new Map<string, number>();
  const stop = shop.real.gateway.feed.follow((events) => {
    for (const { event } of events)
      if ('call' in event && event.call !== null) at.set(`${event.type} ${event.call}`, nowMs());
  });
  await page.evaluate(stopwatch);
  for (let round = 0; round <= rounds; round += 1) {
    // A run that does nothing else but this is stopped as a loop.
    const run = await shop.openRun();
    const askedAtMs = nowMs();
    const hold = await shop.hold('set_stock', { product: 'lamp', pieces: round }, run);
    const link = page.locator(`a[href="/holds/${hold}"]`);
    await link.waitFor();
    await page.waitForFunction(`painted.get(${JSON.stringify(hold)}) > 0`);
    const paintedAtMs = await page.evaluate<number>(`painted.get(${JSON.stringify(hold)})`);
    await link.click();
    const approve = page.getByRole('button', { name: 'Approve' });
    await approve.waitFor();
    await page.waitForTimeout(lookMs);
    await approve.click();
    await page.getByText('call.finished').waitFor();
    const clickedAtMs = await page.evaluate<number>('clickedAtMs');
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await page.getByRole('heading', { name: 'Waiting for people' }).waitFor();
    const [startedAtMs, finishedAtMs] = ['started', 'finished'].map(
      (type) => at.get(`call.${type} ${hold}`) ?? Number.NaN,
    );
    // The first of all is warmer for nobody.
    if (round === 0) continue;
    seen.push(paintedAtMs - askedAtMs);
    begun.push((startedAtMs ?? Number.NaN) - clickedAtMs);
    ended.push((finishedAtMs ?? Number.NaN) - clickedAtMs);
  }
  stop();
  progress(`console: ${rounds} answers`);
  return [
    atMost('console.hold_visible_p95', quantile(seen, 0.95), 'ms after the call was sent', 300),
    beside('console.hold_visible_p50', median(seen), 'ms after the call was sent'),
    atMost('console.effect_started_p95', quantile(begun, 0.95), 'ms after the click', 300),
    beside('console.effect_started_p50', median(begun), 'ms after the click'),
    beside('console.effect_ended_p50', median(ended), 'ms after the click'),
  ];
}

/** Runs in the page: how long each frame took, from now on. */
const countFrames = `
  globalThis.frames = [];
  let before = performance.now();
  const frame = (at) => { frames.push(at - before); before = at; globalThis.counting = requestAnimationFrame(frame); };
  globalThis.counting = requestAnimationFrame(frame);`;

async function framesOf(page: Page): Promise<readonly number[]> {
  const frames = await page.evaluate<number[]>('cancelAnimationFrame(counting), frames');
  return frames.slice(1);
}

function frameRows(name: string, frames: readonly number[]): Row[] {
  const late = frames.filter((ms) => ms > 50).length;
  return [
    atMost(`${name}.frame_p95`, quantile(frames, 0.95), 'ms', 34),
    beside(`${name}.frame_p50`, median(frames), 'ms'),
    beside(`${name}.late`, late / frames.length, 'of all frames took more than 50 ms'),
  ];
}

/** A run's page while the run does a thousand things more. */
async function liveRows(shop: Shop, page: Page): Promise<Row[]> {
  const stock = await shop.caller('stock', 'sam');
  await shop.call('get_order', { order: 'first' }, stock);
  const [run] = await shop.real.gateway.store.listRuns({ agent: 'stock', limit: 1 });
  await page.goto(`${shop.console}/runs/${run?.run ?? ''}`);
  await page.getByText('That is all').waitFor();
  await page.evaluate(countFrames);
  const begunAtMs = performance.now();
  for (let made = 0; made < liveCalls; made += atOnce)
    await Promise.all(
      Array.from({ length: atOnce }, (_, index) =>
        shop.call('get_order', { order: `A-${made + index}` }, stock),
      ),
    );
  const seconds = (performance.now() - begunAtMs) / 1_000;
  const frames = await framesOf(page);
  return [
    ...frameRows('console.live', frames),
    beside('console.live.events', (liveCalls * 2) / seconds, 'events/s'),
  ];
}

/** To the oldest of 100,000 events, each page asked for on the way; then, from their midst, as fast as a thumb sends a page flying. */
async function scrollRows(
  shop: Shop,
  page: Page,
  progress: BenchOptions['progress'],
): Promise<Row[]> {
  await page.goto(`${shop.console}/ledger`);
  await page.locator('.event-row').first().waitFor();
  const begunAtMs = performance.now();
  await page.evaluate(`new Promise((done) => {
    const step = () => {
      const { scrollHeight } = document.documentElement;
      scrollTo(0, scrollHeight);
      if (document.querySelector('.end') === null) requestAnimationFrame(step);
      else done();
    };
    step();
  })`);
  const seconds = (performance.now() - begunAtMs) / 1_000;
  progress(`console: ${await page.locator('.end').innerText()}`);
  await page.evaluate(`scrollTo(0, document.documentElement.scrollHeight / 2)`);
  await page.evaluate(countFrames);
  await page.evaluate(`new Promise((done) => {
    let left = ${flyingFrames};
    const step = () => {
      scrollBy(0, ${flyingPx});
      left -= 1;
      if (left > 0) requestAnimationFrame(step);
      else done();
    };
    step();
  })`);
  const frames = await framesOf(page);
  const lines = await page.evaluate<number>(`document.querySelectorAll('.virtual > li').length`);
  return [
    ...frameRows('console.scroll', frames),
    beside('console.scroll.whole', seconds, `s to the last of ${ledgerEvents} events`),
    beside('console.scroll.lines', lines, 'in the page'),
  ];
}
