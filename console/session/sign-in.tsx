import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionView } from '../../src/edges/console/views.ts';
import { post, problemOf } from '../api/client.ts';
import { Mark } from '../parts/mark.tsx';

export function SignIn({ signedIn }: { readonly signedIn: (session: SessionView) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = 'Sign in · Sallyport';
    field.current?.focus();
  }, []);

  const signIn = async (event: SubmitEvent) => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? '';
    if (busy || token === '') return;
    setBusy(true);
    try {
      const session = await post<SessionView>('/api/session', { token });
      // It isn't needed any more, and a restored tab must not show it.
      if (field.current !== null) field.current.value = '';
      signedIn(session);
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
      field.current?.select();
    }
  };

  return (
    <main id="main" class="sign-in">
      <h1>
        <Mark /> Sallyport
      </h1>
      <p>What agents do here, and what waits for a person.</p>
      <form onSubmit={(event) => void signIn(event)}>
        <label for="token">Your token</label>
        <input
          id="token"
          ref={field}
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          aria-describedby="how problem"
        />
        <p id="problem" role="alert" class="problem">
          {problem}
        </p>
        <button type="submit" class="primary" disabled={busy}>
          Sign in
        </button>
      </form>
      <p id="how" class="hint">
        Whoever runs this gateway makes one, for a person whom the policy’s <code>users</code> name:{' '}
        <code class="command">sallyport token --approver NAME</code>
      </p>
    </main>
  );
}
