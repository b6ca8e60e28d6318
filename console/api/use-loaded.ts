import { useCallback, useEffect, useState } from 'preact/hooks';
import { ApiError, get, problemOf } from './client.ts';

export interface Loaded<T> {
  readonly value: T | null;
  readonly problem: string | null;
  /** There is nothing of this name. */
  readonly missing: boolean;
  readonly loading: boolean;
  readonly reload: () => void;
}

type State<T> = Omit<Loaded<T>, 'reload'> & { readonly path: string | null };

/** What stands at the path; what stood there stays until its successor has come. Null: nothing is asked. */
export function useLoaded<T>(path: string | null): Loaded<T> {
  const nothing = { path, value: null, problem: null, missing: false, loading: path !== null };
  const [state, setState] = useState<State<T>>(nothing);
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  useEffect(() => {
    if (path === null) return;
    const ended = new AbortController();
    setState((before) => (before.path === path ? { ...before, loading: true } : nothing));
    get<T>(path, ended.signal).then(
      (value) =>
        ended.signal.aborted ||
        setState({ path, value, problem: null, missing: false, loading: false }),
      (error: unknown) => {
        if (ended.signal.aborted) return;
        const missing = error instanceof ApiError && error.status === 404;
        setState((before) => ({
          ...before,
          path,
          problem: problemOf(error),
          missing,
          loading: false,
          value: missing ? null : before.value,
        }));
      },
    );
    return () => ended.abort();
  }, [path, turn]);
  return { ...(state.path === path ? state : nothing), reload };
}
