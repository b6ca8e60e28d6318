import { randomFillSync } from 'node:crypto';

const idBytes = 18;
const idsDrawnAtOnce = 256;

/**
 * 144 random bits at a time, base64url. Asking the system for few bytes costs as much as asking for many; no byte is used
 * twice.
 */
export function randomIds(): () => string {
  const drawn = Buffer.alloc(idBytes * idsDrawnAtOnce);
  let at = drawn.length;
  return () => {
    if (at === drawn.length) {
      randomFillSync(drawn);
      at = 0;
    }
    at += idBytes;
    return drawn.toString('base64url', at - idBytes, at);
  };
}
