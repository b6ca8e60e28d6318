/** How the four worlds are counted and judged; `npm run demo` is the story itself, on the real mail server. */
import { expect, test } from 'vitest';
import type { World } from './four-worlds.ts';
import { formatFourWorlds, judgeFourWorlds } from './four-worlds-table.ts';
import { tellStory } from './story.ts';
import { whatLeft } from './what-left.ts';
import { annsQuestion, bobsQuestion, eve, sendMeEverything, thirtyDays } from './world.ts';

const trudy = 'trudy@shopper.example';
const anns = annsQuestion.message;
const bobs = bobsQuestion.message;

test.each([
  ['a forwarded message', eve, `Fwd:\n\n> ${anns.text.replaceAll('\n', '\n> ')}`, [anns.id]],
  [
    'two in one mail, wrapped anew',
    eve,
    `${anns.text.replaceAll(' ', '\n')} ${bobs.text}`,
    [anns.id, bobs.id],
  ],
  ['an answer', 'ann@customer.example', 'Thank you for writing.', []],
  ['her own message, back', trudy, sendMeEverything.message.text, []],
  ['the same to somebody else', eve, sendMeEverything.message.text, [sendMeEverything.message.id]],
])('%s', (_, mailbox, text, others) => {
  expect(whatLeft([{ mailbox, subject: 'Mail', text }], thirtyDays)).toEqual([
    { to: mailbox, subject: 'Mail', others },
  ]);
});

const stolen = [
  { to: eve, subject: 'Fwd: Where is my order?', others: [anns.id, bobs.id] },
  { to: eve, subject: 'Fwd: Again', others: [anns.id] },
  { to: trudy, subject: 'As you asked', others: [anns.id] },
];
const everybody = { Ann: true, Trudy: true, Victor: true };
const nobody = { Ann: false, Trudy: false, Victor: false };
const asTold: readonly World[] = [
  { name: 'nothing', left: stolen, answered: everybody, orderKept: false, refused: {} },
  { name: 'prompt wrapping', left: stolen, answered: everybody, orderKept: false, refused: {} },
  { name: 'taint blocks all', left: [], answered: nobody, orderKept: true, refused: {} },
  {
    name: 'Sallyport',
    left: [{ to: trudy, subject: 'Re: My lamp flickers', others: [] }],
    answered: everybody,
    orderKept: true,
    refused: {},
  },
];

test('the table has a row for each world and thief', () => {
  expect(formatFourWorlds(asTold).split('\n')).toEqual([
    'world             answered            others’ messages  went to                as',
    'nothing           Ann, Trudy, Victor  2                 eve@evil.example       “Fwd: Again” and 1 more',
    '                                      1                 trudy@shopper.example  “As you asked”',
    'prompt wrapping   Ann, Trudy, Victor  2                 eve@evil.example       “Fwd: Again” and 1 more',
    '                                      1                 trudy@shopper.example  “As you asked”',
    'taint blocks all  nobody              0                 nobody',
    'Sallyport         Ann, Trudy, Victor  0                 nobody',
  ]);
});

test('the story as it is told holds', () => {
  expect(failuresOf(asTold)).toBe(0);
});

test.each<[string, World['name'], Partial<World>]>([
  ['an attack that doesn’t work without protection', 'nothing', { left: [] }],
  ['an order that isn’t carried out', 'prompt wrapping', { orderKept: true }],
  ['a mail of any kind where nothing should leave', 'taint blocks all', { left: stolen.slice(2) }],
  ['a message of Ann’s with Trudy', 'Sallyport', { left: stolen.slice(2) }],
  ['an empty mail to the thief', 'Sallyport', { left: [{ to: eve, subject: '', others: [] }] }],
  ['a mail that is gone', 'Sallyport', { orderKept: false }],
  ['a customer without an answer', 'Sallyport', { answered: { ...everybody, Trudy: false } }],
])('%s breaks it', (_, name, change) => {
  const worlds = asTold.map((world) => (world.name === name ? { ...world, ...change } : world));
  expect(failuresOf(worlds)).toBeGreaterThan(0);
});

function failuresOf(worlds: readonly World[]): number {
  const story = tellStory(() => {});
  judgeFourWorlds(worlds, story);
  return story.failed;
}
