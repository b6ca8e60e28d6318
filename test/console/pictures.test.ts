/** The pictures of the document are those that `npm run screenshots` takes: each page, light and dark, and no other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pagesOf } from '../browser/pages.ts';

const pages = pagesOf({ run: '', holds: { mail: '', reviews: '', glass: '', account: '' } });
const directory = join(import.meta.dirname, '..', '..', 'docs', 'console');

test('each page has one, light and dark', () => {
  const names = ['sign-in', ...pages.map(({ name }) => name)];
  expect(readdirSync(directory).sort()).toEqual(
    names.flatMap((name) => [`${name}-dark.png`, `${name}-light.png`]).sort(),
  );
});

test('a light one isn’t the dark one', () => {
  for (const { name } of pages) {
    const [light, dark] = ['light', 'dark'].map((scheme) =>
      readFileSync(join(directory, `${name}-${scheme}.png`)),
    );
    expect(dark).not.toEqual(light);
  }
});
