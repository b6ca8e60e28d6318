/** A page as a picture that is the same tomorrow: what differs from run to run is written over before it is taken. */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import type { Page } from 'playwright-core';
import { withPalette } from './palette-png.ts';

/** Runs in the page: names that are made at random, times, and where things lie on this machine. */
const writeOver = `(places) => {
  const known = new Map();
  const made = (length, alphabet) => {
    let state = 7 + known.size * 7919;
    return Array.from({ length }, () => {
      state = (state * 48271) % 2147483647;
      return alphabet[state % alphabet.length];
    }).join('');
  };
  const standIn = (whole, prefix, rest, alphabet) => {
    if (!known.has(whole)) known.set(whole, prefix + made(rest.length, alphabet));
    return known.get(whole);
  };
  const base62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
    let text = node.data;
    for (const [from, to] of places) text = text.replaceAll(from, to);
    text = text
      .replace(/\\b((?:run|call|tok|ses)_)([\\w-]{20,})/g, (whole, prefix, rest) => standIn(whole, prefix, rest, base62))
      .replace(/\\b((?:sha256|hmac-sha256):)([0-9a-f]{64})/g, (whole, prefix, rest) => standIn(whole, prefix, rest, '0123456789abcdef'))
      .replace(/\\b\\d+(\\.\\d+)? ms\\b/g, '3 ms')
      .replace(/(atMs|openedAtMs|expiresAtMs|durationMs|signedInAtMs)("?: )\\d+/g, (_, name, mid) => name + mid + (name === 'durationMs' ? '3' : '1763719200000'));
    if (text !== node.data) node.data = text;
  }
  let minute = 0;
  for (const time of document.querySelectorAll('time')) {
    time.textContent = time.classList.contains('left') ? '14 min' : '10:' + String(42 + Math.floor(minute++ / 9) % 10).padStart(2, '0') + ':' + String(7 + minute * 5 % 50).padStart(2, '0');
  }
}`;

/** As much as fits the window. @param policyFile - of the gateway whose page it is. */
export async function takeStill(page: Page, policyFile: string, file: string): Promise<void> {
  const places = [
    [`${dirname(policyFile)}/`, ''],
    [process.execPath, 'node'],
    [`${tmpdir()}/`, ''],
    [`${new URL('../fixtures/', import.meta.url).pathname}`, ''],
  ];
  await page.evaluate(`(${writeOver})(${JSON.stringify(places)})`);
  const png = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  await writeFile(file, withPalette(png));
}
