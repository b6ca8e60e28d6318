import { useEffect, useMemo, useState } from 'preact/hooks';
import type { SessionView } from '../src/edges/console/views.ts';
import { AgentPage } from './agents/agent.tsx';
import { AgentsPage } from './agents/agents.tsx';
import { ApiError, get, onSignedOut, problemOf, signOut } from './api/client.ts';
import { EventPageShown } from './event/event.tsx';
import { HoldPage } from './hold/hold.tsx';
import { Help } from './keys/help.tsx';
import { KeysProvider, useKeys } from './keys/use-keys.tsx';
import { LedgerPage } from './ledger/ledger.tsx';
import { Arrivals } from './live/arrivals.tsx';
import { LiveStream } from './live/stream.ts';
import { Stream, useLive } from './live/use-live.ts';
import { NowPage } from './now/now.tsx';
import { Mark } from './parts/mark.tsx';
import { Page } from './parts/page.tsx';
import { Empty } from './parts/parts.tsx';
import { PolicyPage } from './policy/policy.tsx';
import { LedgerAlarm } from './receipts/alarm-shown.tsx';
import { navigate, Router, useRoute } from './router/router.tsx';
import type { Route } from './router/routes.ts';
import { RunPageShown } from './runs/run.tsx';
import { RunsPage } from './runs/runs.tsx';
import { Session } from './session/session.ts';
import { SignIn } from './session/sign-in.tsx';
import { Text } from './text/text.tsx';
import { ToolsPage } from './tools/tools.tsx';

type SignedIn =
  | { readonly type: 'asking' }
  | { readonly type: 'no' }
  | { readonly type: 'yes'; readonly session: SessionView }
  | { readonly type: 'failed'; readonly problem: string };

export function App() {
  const [state, setState] = useState<SignedIn>({ type: 'asking' });
  const ask = () =>
    get<SessionView>('/api/session').then(
      (session) => setState({ type: 'yes', session }),
      (error: unknown) =>
        setState(
          error instanceof ApiError && error.status === 401
            ? { type: 'no' }
            : { type: 'failed', problem: problemOf(error) },
        ),
    );
  useEffect(() => {
    onSignedOut(() => setState({ type: 'no' }));
    void ask();
  }, []);
  switch (state.type) {
    case 'asking':
      return null;
    case 'no':
      return <SignIn signedIn={(session) => setState({ type: 'yes', session })} />;
    case 'failed':
      return (
        <main id="main" class="sign-in">
          <h1>Sallyport</h1>
          <p role="alert" class="problem">
            <Text text={state.problem} />
          </p>
          <button type="button" onClick={() => void ask()}>
            Try again
          </button>
        </main>
      );
    case 'yes':
      return <Console session={state.session} signedOut={() => setState({ type: 'no' })} />;
  }
}

function Console({
  session,
  signedOut,
}: {
  readonly session: SessionView;
  readonly signedOut: () => void;
}) {
  const stream = useMemo(() => new LiveStream(), []);
  useEffect(() => {
    stream.start();
    const silence = stream.listen(({ type }) => {
      if (type === 'signed_out') signedOut();
    });
    return () => {
      silence();
      stream.stop();
    };
  }, [stream]);
  return (
    <Session.Provider value={session}>
      <Stream.Provider value={stream}>
        <KeysProvider>
          <Router>
            <Shell session={session} />
          </Router>
        </KeysProvider>
      </Stream.Provider>
    </Session.Provider>
  );
}

const places: readonly (readonly [path: string, name: string, pages: readonly Route['page'][]])[] =
  [
    ['/', 'Now', ['now', 'hold']],
    ['/runs', 'Runs', ['runs', 'run']],
    ['/ledger', 'Ledger', ['ledger', 'event']],
    ['/agents', 'Agents', ['agents', 'agent']],
    ['/tools', 'Tools', ['tools']],
    ['/policy', 'Policy', ['policy']],
  ];

function Shell({ session }: { readonly session: SessionView }) {
  const [help, setHelp] = useState(false);
  const { page } = useRoute();
  useKeys({
    help: () => setHelp(true),
    goNow: () => navigate('/'),
    goRuns: () => navigate('/runs'),
    goLedger: () => navigate('/ledger'),
    goAgents: () => navigate('/agents'),
    goTools: () => navigate('/tools'),
    goPolicy: () => navigate('/policy'),
  });
  return (
    <>
      <a class="skip" href="#main">
        To the content
      </a>
      <header>
        <a href="/" class="name">
          <Mark />
          Sallyport
        </a>
        <nav aria-label="Pages">
          {places.map(([path, name, pages]) => (
            <a key={path} href={path} aria-current={pages.includes(page) ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <Connection />
        <span class="who">
          <Text text={session.user} />
        </span>
        <button type="button" class="quiet" onClick={() => setHelp(true)}>
          Keys <kbd>?</kbd>
        </button>
        <button type="button" class="quiet" onClick={() => void signOut()}>
          Sign out
        </button>
      </header>
      <Arrivals />
      <LedgerAlarm />
      <main id="main" tabIndex={-1}>
        <Current />
      </main>
      {help && <Help close={() => setHelp(false)} />}
    </>
  );
}

/** Whoever decides must know that what they see may be old. */
function Connection() {
  const { current, now, problem } = useLive();
  const lost = !current && (now !== null || problem !== null);
  return (
    <span class={`connection ${current ? 'good' : lost ? 'bad' : ''}`} role="status">
      {current ? 'live' : lost ? 'not connected' : 'connecting'}
    </span>
  );
}

function Current() {
  const route = useRoute();
  switch (route.page) {
    case 'now':
      return <NowPage />;
    case 'hold':
      return <HoldPage key={route.id} id={route.id} />;
    case 'runs':
      return <RunsPage />;
    case 'run':
      return <RunPageShown key={route.id} id={route.id} />;
    case 'event':
      return <EventPageShown key={route.seq} seq={route.seq} />;
    case 'agents':
      return <AgentsPage />;
    case 'agent':
      return <AgentPage key={route.name} name={route.name} />;
    case 'policy':
      return <PolicyPage file={route.file} line={route.line} />;
    case 'tools':
      return <ToolsPage />;
    case 'ledger':
      return <LedgerPage filters={route.filters} />;
    case 'missing':
      return (
        <Page title="No such page">
          <Empty>
            Nothing is here. <a href="/">Go to what waits now.</a>
          </Empty>
        </Page>
      );
  }
}
