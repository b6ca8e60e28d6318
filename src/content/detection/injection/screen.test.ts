import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { screenText } from './screen.ts';

/** What a policy asks for unless it says otherwise. */
const threshold = 0.8;
const toolNames = ['send_email', 'delete_file', 'transfer_funds', 'search'];

/** Texts of the files of a folder; a line with a percent sign stands between two. */
function texts(folder: string): readonly (readonly [file: string, text: string])[] {
  const root = new URL(`../../../../test/fixtures/detection/injection/${folder}/`, import.meta.url);
  return readdirSync(root).flatMap((file) =>
    readFileSync(new URL(file, root), 'utf8')
      .split(/^%\n/m)
      .map((text) => [file, text.replace(/\n$/, '')] as const),
  );
}

const hostile = texts('hostile');
const harmless = texts('harmless');

test.each(hostile)('sees an instruction in %s: %s', (_, text) => {
  const { score, sightings } = screenText(text, toolNames);
  expect(score, JSON.stringify(sightings)).toBeGreaterThanOrEqual(threshold);
});

test.each(harmless)('leaves alone %s: %s', (_, text) => {
  const { score, sightings } = screenText(text, toolNames);
  expect(score, JSON.stringify(sightings)).toBeLessThan(threshold);
});
