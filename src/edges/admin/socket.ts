/**
 * Where the operator's socket is: always in the data directory, whose mode says who may come near it.
 *
 * The system's name for a socket has room for 108 bytes (104 on macOS), and data directories can be deeper. A deep one is
 * reached through a short-lived link of our own, in a directory that nobody else may enter: the socket itself stays
 * where it is guarded, and nobody can put another in its place.
 */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const nameBytesMax = 103;
const socketName = 'admin.sock';

export interface SocketName extends Disposable {
  readonly path: string;
}

export function adminSocketOf(dataDirectory: string): string {
  return join(dataDirectory, socketName);
}

/** A name that is short enough, for as long as it takes to listen or to connect. */
export function shortNameOf(dataDirectory: string): SocketName {
  const path = adminSocketOf(dataDirectory);
  if (Buffer.byteLength(path) <= nameBytesMax) return { path, [Symbol.dispose]: () => undefined };
  const own = mkdtempSync(join(tmpdir(), 'sp-'));
  const link = join(own, 'd');
  symlinkSync(dataDirectory, link);
  return {
    path: join(link, socketName),
    [Symbol.dispose]: () => rmSync(own, { recursive: true, force: true }),
  };
}
