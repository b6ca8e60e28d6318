/** Somebody else's page in the browser of a person who is signed in: it sends, frames, opens and reads what it can, and nothing comes of it. */
import { createServer } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HoldSummary } from '../../src/runtime/port.ts';
import { type Bank, openBank, yes } from '../abuse/approvals/bank.ts';
import { openPage, type Person, signIn, startBrowser } from './browser.ts';

let bank: Bank;
let browser: Browser;
let bob: Person;
let hold: HoldSummary;
const elsewhere = createServer((_, response) => {
  response.setHeader('content-type', 'text/html');
  response.end('<!doctype html><title>prizes</title><main></main>');
});

beforeAll(async () => {
  bank = await openBank();
  hold = await bank.hold('pay', { id: 'by a page', note: '' });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  browser = await startBrowser();
  bob = await openPage(browser, bank.real.console);
  await signIn(bob, bank.real.console, await bank.real.approverToken('bob'));
});
afterAll(async () => {
  await bob[Symbol.asyncDispose]();
  await browser.close();
  elsewhere.close();
  await bank.expectNever('by a page');
  await bank.expectBooksAgree();
  await bank[Symbol.asyncDispose]();
});

/** Another port is the same site to a cookie; another name isn't. */
const attackers: readonly (readonly [string, string])[] = [
  ['on another port of the same machine', '127.0.0.1'],
  ['under another name of the same machine', 'localhost'],
];

async function attacker(host: string): Promise<Page> {
  const { page } = bob;
  const address = elsewhere.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await page.goto(`http://${host}:${port}/`);
  return page;
}

async function expectNothing(): Promise<void> {
  expect(bank.open(hold.id)).toMatchObject({ state: 'waiting', digest: hold.digest });
  const events = await bank.events();
  expect(
    events.filter(({ type }) => type === 'approval.answered' || type === 'agent.suspended'),
  ).toEqual([]);
  // The person is still who they were.
  const { page } = bob;
  await page.goto(bank.real.console);
  await page.getByRole('heading', { name: 'Now' }).waitFor();
}

test.each(attackers)(
  '%s, its scripts send what they can: nothing is changed, and nothing is read',
  async (_, host) => {
    const page = await attacker(host);
    const read = await page.evaluate(`(async () => {
    const at = ${JSON.stringify(bank.real.console)};
    const body = ${JSON.stringify(JSON.stringify(yes(hold)))};
    const paths = ['/api/holds/${hold.id}/answer', '/api/agents/clerk/suspend', '/api/session'];
    const read = [];
    const tries = [];
    for (const path of paths)
      for (const method of ['POST', 'DELETE', 'GET'])
        for (const mode of ['cors', 'no-cors'])
          for (const headers of [{}, { 'content-type': 'text/plain' }, { 'content-type': 'application/json', 'sallyport-console': '1' }])
            tries.push(
              fetch(at + path, { method, mode, headers, credentials: 'include', ...(method === 'GET' ? {} : { body }) })
                .then(async (heard) => { const text = await heard.text(); if (heard.type !== 'opaque' || text !== '') read.push(path); })
                .catch(() => undefined));
    for (const path of paths) navigator.sendBeacon(at + path, new Blob([body], { type: 'text/plain' }));
    await Promise.all(tries);
    for (const path of ['/api/now', '/api/holds/${hold.id}', '/api/stream']) {
      await new Promise((resolve) => {
        const script = document.createElement('script');
        script.onload = () => { read.push('script ' + path); resolve(); };
        script.onerror = resolve;
        script.src = at + path;
        document.head.append(script);
      });
    }
    await new Promise((resolve) => {
      const events = new EventSource(at + '/api/stream', { withCredentials: true });
      events.onopen = () => { read.push('stream'); resolve(); };
      events.onerror = () => { events.close(); resolve(); };
    });
    return read;
  })()`);
    expect(read).toEqual([]);
    await expectNothing();
  },
);

test.each(attackers)('%s, its forms are sent by a click: nothing is changed', async (_, host) => {
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']) {
    const page = await attacker(host);
    await page.evaluate(`
      const form = document.createElement('form');
      form.method = 'post';
      form.enctype = ${JSON.stringify(type)};
      form.action = ${JSON.stringify(`${bank.real.console}/api/holds/${hold.id}/answer`)};
      const input = document.createElement('input');
      input.name = ${JSON.stringify(`${JSON.stringify(yes(hold)).slice(0, -1)},"x":"`)};
      input.value = '"}';
      const button = document.createElement('button');
      button.textContent = 'Win';
      form.append(input, button);
      document.body.append(form);`);
    const [answered] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === 'POST'),
      page.getByRole('button', { name: 'Win' }).click(),
    ]);
    expect(answered.status()).toBe(403);
  }
  await expectNothing();
});

test.each(attackers)(
  '%s, it frames no page of ours, and reaches none that it opens',
  async (_, host) => {
    const page = await attacker(host);
    await page.evaluate(`
    const frame = document.createElement('iframe');
    frame.src = ${JSON.stringify(`${bank.real.console}/holds/${hold.id}`)};
    document.body.append(frame);`);
    await page.waitForTimeout(500);
    for (const frame of page.frames().slice(1)) {
      const text = await frame
        .locator('body')
        .innerText()
        .catch(() => '');
      expect(text).not.toMatch(/Why it waits|Approve|by a page/);
    }
    const [opened] = await Promise.all([
      page.context().waitForEvent('page'),
      page.evaluate(
        `window.opened = window.open(${JSON.stringify(`${bank.real.console}/holds/${hold.id}`)}); 0`,
      ),
    ]);
    await opened.waitForLoadState();
    expect(await page.evaluate('window.opened.closed')).toBe(true);
    expect(await opened.evaluate('window.opener')).toBeNull();
    await opened.close();
    await expectNothing();
  },
);
