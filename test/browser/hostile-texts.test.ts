/**
 * Every text that somebody else wrote, on every page that shows it, in a real browser: nothing of it runs, loads, navigates,
 * becomes an element, or changes how what stands beside it is read.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attack, type HostileScene, openHostileScene } from '../abuse/approvals/hostile-scene.ts';
import { openPage, type Person, signIn, startBrowser } from './browser.ts';

let scene: HostileScene;
let browser: Browser;
let bob: Person;
const happened: string[] = [];

beforeAll(async () => {
  scene = await openHostileScene();
  browser = await startBrowser();
  bob = await openPage(browser, scene.bank.real.console);
  const { page } = bob;
  page.on('dialog', (dialog) => {
    happened.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', () => happened.push('a window was opened'));
  page.on('download', () => happened.push('something was downloaded'));
  await page.addInitScript(`
    window.violations = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      window.violations.push(violatedDirective + ' ' + blockedURI));
  `);
  await signIn(bob, scene.bank.real.console, await scene.bank.real.approverToken('bob'));
});
afterAll(async () => {
  await bob[Symbol.asyncDispose]();
  await browser.close();
  await scene[Symbol.asyncDispose]();
});

const inPath = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);

/** What an attack that got through would have left behind. */
const remains = `(() => {
  const found = [];
  if ('pwned' in window || document.getElementById('pwned') !== null) found.push('it ran: ' + window.pwned);
  found.push(...window.violations);
  for (const script of document.scripts)
    if (!script.src.startsWith(location.origin + '/')) found.push('a script: ' + script.outerHTML);
  for (const one of document.body.querySelectorAll('script, iframe, object, embed, base, meta, link, style, img, [srcdoc], [style*="url"]'))
    found.push('an element: ' + one.outerHTML.slice(0, 200));
  for (const form of document.forms)
    if (new URL(form.action, location.href).origin !== location.origin) found.push('a form: ' + form.action);
  for (const link of document.querySelectorAll('a[href], area[href], svg a'))
    if (new URL(link.href, location.href).origin !== location.origin) found.push('a link: ' + link.href);
  const hides = /[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\u{e0000}-\\u{e007f}]/u;
  for (const one of [document.head, document.body].flatMap((root) => [...root.querySelectorAll('*')]))
    for (const { name, value } of one.attributes) {
      if (/^on/i.test(name)) found.push('a handler: ' + one.outerHTML.slice(0, 200));
      if (hides.test(value)) found.push('hidden in ' + name + ': ' + JSON.stringify(value.slice(0, 200)));
    }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
    if (hides.test(node.data)) found.push('hidden: ' + JSON.stringify(node.data.slice(0, 200)) + ' in ' + node.parentElement.className);
  if (hides.test(document.title)) found.push('hidden in the title');
  return found;
})()`;

async function expectHarmless(page: Page): Promise<void> {
  await page.evaluate(
    `for (const more of document.querySelectorAll('main details')) more.open = true`,
  );
  await page.waitForTimeout(50);
  const found = await page.evaluate(remains);
  expect([page.url(), found]).toEqual([page.url(), []]);
  expect(bob.faults).toEqual([]);
  expect(happened).toEqual([]);
}

async function open(path: string, shown: string): Promise<Page> {
  const { page } = bob;
  await page.goto(`${scene.bank.real.console}${path}`);
  await page.locator('main').getByText(shown).first().waitFor();
  return page;
}

const linked =
  '<form action="https://evil.example/"></form><a href="https://evil.example/" title="a\u202eb">a\u200bb</a>';

test('on a page that takes them for markup, they run, and that is found', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const plain = 'http://plain.example/';
  await page.route('**', (route) =>
    route.request().url() === plain
      ? route.fulfill({ contentType: 'text/html', body: '<main></main>' })
      : route.abort(),
  );
  await page.goto(plain);
  await page.evaluate(`
    window.violations = [];
    document.querySelector('main').innerHTML = ${JSON.stringify(`${linked} ${attack('naive')}`)}`);
  await page.waitForFunction('window.pwned !== undefined');
  const found = JSON.stringify(await page.evaluate(remains));
  for (const kind of [
    'it ran',
    'an element',
    'a form',
    'a link',
    'a handler',
    'hidden in title',
    'hidden',
  ])
    expect(found).toContain(`"${kind}: `);
  await context.close();
});

/** Hold by hold: arguments, where they come from, titles, the agent's reason, what a person made of it. */
test.each(['plain', 'taken', 'edited'] as const)('in a hold (%s)', async (name) => {
  const page = await open(`/holds/${scene.holds[name]}`, 'Why it waits');
  expect(await page.locator('main').innerText()).toContain('<img src=x onerror=');
  await expectHarmless(page);
});

test('in an edit, and in what it would do', async () => {
  const page = await open(`/holds/${scene.holds.edited}`, 'Why it waits');
  await page.getByRole('button', { name: 'Edit …' }).click();
  await page.getByLabel(/^id/).fill(`${attack('edited here')} more`);
  await page.getByRole('button', { name: 'Show what would happen' }).click();
  await page.getByRole('button', { name: 'Change it, and approve the change' }).waitFor();
  await expectHarmless(page);
});

test('in what waits, live', async () => {
  const page = await open('/', 'Now');
  const live = await scene.bank.hold('wire', { id: attack('live') });
  await page.locator(`a[href="/holds/${live.id}"]`).waitFor();
  expect(await page.locator('main').innerText()).toContain('<img src=x onerror=');
  await expectHarmless(page);
});

test.each([
  ['a run', () => `/runs/${scene.run}`, 'That is all'],
  ['the runs', () => '/runs', 'That is all'],
  ['the ledger', () => '/ledger', 'That is all'],
  ['the agents', () => '/agents', 'scribe'],
  ['an agent', () => '/agents/clerk', 'bank.pay'],
  ['the tools and their difference', () => '/tools', 'bank.pay'],
  ['the policy', () => '/policy', 'acts_for'],
  ['a path that somebody made', () => `/holds/${inPath(attack('path').slice(0, 100))}`, 'Hold'],
  [
    'a query that somebody made',
    () => `/ledger?agent=${encodeURIComponent(attack('query').slice(0, 200))}`,
    'Ledger',
  ],
])('in %s', async (_, path, shown) => {
  const page = await open(path(), shown);
  await expectHarmless(page);
});

test('in every event', async () => {
  const { store } = scene.bank.real.gateway;
  let seen = '';
  for (const { seq } of await store.events({ limit: 1_000 })) {
    const page = await open(`/events/${seq}`, 'Verified in this browser');
    seen += await page.locator('main').innerText();
    await expectHarmless(page);
  }
  for (const place of [
    'argument',
    'letter',
    'reason',
    'failing',
    'refused because',
    'suspended because',
    'case',
  ])
    expect([place, seen.includes(`${place} <img src=x`)]).toEqual([place, true]);
}, 180_000);
