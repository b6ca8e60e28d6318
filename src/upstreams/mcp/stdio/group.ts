/**
 * Ends a spawned server with everything that it started. Used by the keeper, and by the gateway if the keeper is gone:
 * so it knows nothing but the process group and the mark.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** In the environment of everything a keeper started, with a value of its own: inherited even by what leaves the group. */
export const markVariable = 'SALLYPORT_KEPT';

const pollMs = 25;

/** SIGTERM to the whole group, SIGKILL after the grace to what is left of it and to what left it. */
export async function endGroup(group: number, mark: string, graceMs: number): Promise<void> {
  signalGroup(group, 'SIGTERM');
  for (let waitedMs = 0; waitedMs < graceMs && signalGroup(group, 0); waitedMs += pollMs)
    await delay(pollMs);
  signalGroup(group, 'SIGKILL');
  killMarked(mark);
}

/** False: there is no such group any more. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}

/** A daemon leaves its group on purpose. Its environment still names us, where the system shows it (Linux). */
function killMarked(mark: string): void {
  const needle = `${markVariable}=${mark}`;
  // Again as long as something was found: a process may have forked while the list was read. Bounded, since killing is enough.
  for (let round = 0; round < 5; round += 1) {
    const found = marked(needle);
    if (found.length === 0) return;
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
}

function marked(needle: string): readonly number[] {
  const found: number[] = [];
  for (const name of processNames()) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      if (readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(needle))
        found.push(pid);
    } catch {
      // Gone meanwhile, or another user's: not ours.
    }
  }
  return found;
}

function processNames(): readonly string[] {
  try {
    return readdirSync('/proc');
  } catch {
    return [];
  }
}
