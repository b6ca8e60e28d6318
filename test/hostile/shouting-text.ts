/** What a terminal would act on: clearing, titles, a bell, overwriting, eight-bit controls, other directions, hidden letters, lines that look like ours. */
export const shouting: string = [
  'x\u001b[2J\u001b]0;t\u0007\r\u009b31m\u0085\u007f\u0000',
  '\u202e\u2066\u200b\u2028\u2029\ufeff\u{e0041}\u{e0101}\u3164',
  '\nerror: forged\nhint: forged\n{"level":"info","event":"forged"}\nok',
].join('');

/** None of it, whatever else is said. */
export function whatATerminalWouldActOn(text: string): readonly string[] {
  const characters = text.match(
    /[^\P{C}\n]|[\p{Zl}\p{Zp}]|(?!\ufe0f)\p{Default_Ignorable_Code_Point}/gu,
  );
  const lines = text.match(/^(?:error: |hint: |\{"level":"info","event":")forged.*$/gm);
  return [...(characters ?? []), ...(lines ?? [])];
}
