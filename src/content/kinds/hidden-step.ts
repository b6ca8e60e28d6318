/** Nobody encodes more often by accident. */
const decodingsMax = 4;

/**
 * Whether a segment of a path becomes a step, a separator or the end of the text to whoever decodes percent signs: once,
 * though the place needs none, or once more than it should. `%c0%ae` is a dot to decoders that take overlong forms.
 */
export function hidesStep(segment: string): boolean {
  let decoded = segment;
  for (let round = 0; round < decodingsMax; round += 1) {
    if (!decoded.includes('%')) return false;
    if (/%c[01]/i.test(decoded)) return true;
    const before = decoded;
    decoded = decoded.replace(/%(2[0-9a-f]|5c|00)/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    if (/[/\\\0]/.test(decoded) || (decoded !== before && /^ *\.[. ]*$/.test(decoded))) return true;
    if (decoded === before) return false;
  }
  return true;
}
