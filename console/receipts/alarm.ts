/** That the record isn't the one this browser knew: said on every page until somebody says that it is meant to be another. */

export type Alarm = 'rollback' | 'fork' | 'other_key';

let raised: Alarm | null = null;
const watchers = new Set<() => void>();

export function raisedAlarm(): Alarm | null {
  return raised;
}

export function raiseAlarm(alarm: Alarm | null): void {
  raised = alarm;
  for (const watcher of watchers) watcher();
}

/** @returns what stops it. */
export function watchAlarm(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
