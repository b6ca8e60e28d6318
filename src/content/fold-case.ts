/**
 * Some readers match keys by Unicode case folding: to them `ſend` and U+212A (the Kelvin sign) are `send` and `k`.
 * Upper-casing in between catches those that have no lower form of their own; lower-casing before it, the one (`ẞ`)
 * that has no other upper form than itself.
 */
export function foldCase(key: string): string {
  let capitals = false;
  for (let at = 0; at < key.length; at += 1) {
    const unit = key.charCodeAt(at);
    if (unit >= 0x80) return key.toLowerCase().toUpperCase().toLowerCase();
    capitals ||= unit >= 0x41 && unit <= 0x5a;
  }
  return capitals ? key.toLowerCase() : key;
}
