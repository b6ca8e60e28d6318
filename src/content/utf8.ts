/** Bytes that a text takes as UTF-8, without making them. A lone surrogate counts as the three of U+FFFD. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(at + 1))) {
      // Four bytes for two units.
      bytes += 2;
      at += 1;
    } else bytes += 2;
  }
  return bytes;
}

/** The longest start of a text that takes at most `bytesMax` bytes as UTF-8; it never ends within a character. */
export function utf8Start(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return text;
  let bytes = 0;
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    const pair = isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(at + 1));
    const width = unit < 0x80 ? 1 : unit < 0x800 ? 2 : pair ? 4 : 3;
    if (bytes + width > bytesMax) break;
    bytes += width;
    at += pair ? 2 : 1;
  }
  return text.slice(0, at);
}

export function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** False for `NaN`, which is what follows the last unit of a text. */
export function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
