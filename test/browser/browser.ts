/** Debian's Chromium at the console, as one person's browser. What its own rules refuse, or a page throws, is kept. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const chromiumPath = '/usr/bin/chromium';

export interface Person extends AsyncDisposable {
  readonly page: Page;
  /** Errors that no page may have: thrown ones, refusals by the content security policy, requests to elsewhere. */
  readonly faults: readonly string[];
}

export async function startBrowser(): Promise<Browser> {
  // Its sandbox wants rights that a container's root has given up.
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
}

export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Person> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => {
    // What a server answers is said there, too, and is no fault of a page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) faults.push(`asked for ${request.url()}`);
  });
  return { page, faults, [Symbol.asyncDispose]: () => context.close() };
}

/** Pastes the token, as a person does. */
export async function signIn({ page }: Person, origin: string, token: string): Promise<void> {
  await page.goto(origin);
  await page.getByLabel('Your token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Now' }).waitFor();
}

/** Longer than what keeps a stray click from counting. */
export const lookMs = 350;

/** Opens a hold, and looks at it for as long as an answer needs to count. */
export async function openHold({ page }: Person, origin: string, hold: string): Promise<void> {
  await page.goto(`${origin}/holds/${hold}`);
  await page.getByRole('heading', { name: 'Why it waits' }).waitFor();
  await page.waitForTimeout(lookMs);
}
