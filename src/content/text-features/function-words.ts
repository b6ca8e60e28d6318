/** English words of four letters and more that only hold others together, or that every search is made of. */
const functionWords: ReadonlySet<string> = new Set(
  `about after again also another been before being below between both could does doing done down during each every
find from give have having here into just know list look more most much must need next only other over please same
search send should show since some such tell than that them then there these they thing things this those through
time today tomorrow under until upon very want were what when where which while will with within without would yesterday
your yours`.split(/\s+/),
);

export function isFunctionWord(word: string): boolean {
  return functionWords.has(word);
}
