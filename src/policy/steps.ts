/**
 * Long work that can be paused: a large policy takes longer to load than a call may wait. Each `yield` is a place where
 * the caller may let others go first; what is done between two of them is never interrupted.
 */
export type Steps<T> = Generator<void, T, void>;

/** All of it at once: for whoever has nobody waiting. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
