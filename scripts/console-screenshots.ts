/** `npm run screenshots`: every page of the console, light and dark, into `docs/console/`. Needs Chromium: `npm run matrix browser` installs it. */
import { execFileSync } from 'node:child_process';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openPage, signIn, startBrowser } from '../test/browser/browser.ts';
import { pagesOf } from '../test/browser/pages.ts';
import { playScene } from '../test/browser/scene.ts';
import { openShop } from '../test/browser/shop.ts';
import { takeStill } from '../test/browser/still.ts';

const root = join(import.meta.dirname, '..');
const target = join(root, 'docs', 'console');
const bytesMax = 150_000;
const viewport = { width: 1280, height: 900 };

execFileSync(process.execPath, ['scripts/build-console.ts'], { cwd: root });
await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await using shop = await openShop();
const scene = await playScene(shop);
await using browser = await startBrowser();
const token = await shop.approverToken('bob');
for (const colorScheme of ['light', 'dark'] as const) {
  await using person = await openPage(browser, shop.console, { colorScheme, viewport });
  const { page, faults } = person;
  const take = async (name: string) => {
    const file = join(target, `${name}-${colorScheme}.png`);
    await takeStill(page, shop.real.policyFile, file);
    const { size } = await stat(file);
    if (size > bytesMax) throw new Error(`${file} has ${size} bytes`);
    console.log(`${name}-${colorScheme}.png: ${(size / 1_000).toFixed(0)} kB`);
  };
  await page.goto(shop.console);
  await page.getByLabel('Your token').waitFor();
  await take('sign-in');
  await signIn(person, shop.console, token);
  for (const { name, path, ready, prepare } of pagesOf(scene)) {
    await page.goto(`${shop.console}${path}`);
    await ready(page);
    await prepare?.(page);
    await take(name);
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
}
