/** Digits that stand next to each other, in a folded text. */
export interface DigitRun {
  readonly start: number;
  readonly end: number;
}

/** Every run of digits, in one pass: what cards, numbers of persons, phones and addresses of machines are made of. */
export function digitRunsIn(text: string): readonly DigitRun[] {
  const runs: DigitRun[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (!isDigitAt(text, at)) continue;
    const start = at;
    while (isDigitAt(text, at + 1)) at += 1;
    runs.push({ start, end: at + 1 });
  }
  return runs;
}

export function isDigitAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0x30 && unit <= 0x39;
}

/** ASCII letters and digits, and the underscore: with one of them next to it a number is part of a name. */
export function isWordAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return (
    (unit >= 0x30 && unit <= 0x39) ||
    (unit >= 0x41 && unit <= 0x5a) ||
    (unit >= 0x61 && unit <= 0x7a) ||
    unit === 0x5f
  );
}

/** An escape that a text in JSON has in front of the value (`\n4111…`): its letter is none. */
export function isFreeBefore(text: string, start: number): boolean {
  if (start === 0 || !isWordAt(text, start - 1)) return true;
  return /[nrt]/.test(text.charAt(start - 1)) && text.charAt(start - 2) === '\\';
}
