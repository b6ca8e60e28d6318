import { closeSync, fsyncSync, openSync } from 'node:fs';

/** A new file is durable only when its directory is. */
export function syncDirectory(directory: string): void {
  // Windows can't open a directory, and keeps its names durable by itself.
  if (process.platform === 'win32') return;
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
