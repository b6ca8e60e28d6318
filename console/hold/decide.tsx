/** The answer. It carries the digest of what is on the page, so that it can be an answer to nothing else. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { HoldAnswer, HoldShown, HoldSummary } from '../../src/runtime/port.ts';
import { ApiError, post, problemOf } from '../api/client.ts';
import { useKeys } from '../keys/use-keys.tsx';
import { Problem } from '../parts/parts.tsx';
import { Text } from '../text/text.tsx';
import { Edit } from './edit.tsx';
import { isDeliberate } from './guard.ts';
import { WhyNot } from './why-not.tsx';

type Step = 'approve' | 'reject' | 'suspend' | 'edit';

const reasonCharactersMax = 1_000;

export function Decide({
  hold,
  changed,
  reload,
  settled,
  edited,
}: {
  readonly hold: HoldShown;
  /** It isn't what this reader has looked at. */
  readonly changed: boolean;
  readonly reload: () => void;
  /** There is nothing to answer any more. */
  readonly settled: (outcome: string) => void;
  /** This reader has changed the call: what comes is no surprise to them. */
  readonly edited: () => void;
}) {
  const [step, setStep] = useState<Step | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const approve = useRef<HTMLButtonElement>(null);
  const shownAtMs = useRef(performance.now());
  const mine = hold.mine.asks.length > 0;
  const blocked = busy || changed;

  useLayoutEffect(() => {
    shownAtMs.current = performance.now();
  }, [hold.digest, changed, step]);
  useKeys({
    approve: () => approve.current?.focus(),
    ...(hold.mine.mayReject ? { reject: () => setStep('reject') } : {}),
  });

  const act = async (work: () => Promise<string>) => {
    setBusy(true);
    setSaid(null);
    try {
      setSaid(await work());
      setProblem(null);
      setStep(null);
    } catch (error) {
      setProblem(problemOf(error));
      const outcome = outcomeOf(error);
      // It may not be what it was.
      if (outcome === null) reload();
      else settled(outcome);
    } finally {
      setBusy(false);
    }
  };
  const answer = (how: HoldAnswer['answer'], reason: string | null) =>
    act(async () => {
      const body: HoldAnswer = { answer: how, digest: hold.digest, reason };
      const path = `/api/holds/${encodeURIComponent(hold.id)}/answer`;
      const { state } = await post<HoldSummary>(path, body);
      if (state === 'waiting') reload();
      else settled(state);
      return 'Your answer counts; others are asked, too.';
    });
  const suspend = (reason: string | null) =>
    act(async () => {
      await post(`/api/agents/${encodeURIComponent(hold.agent)}/suspend`, { reason });
      return 'The agent is suspended: its calls are refused from now on.';
    });

  /** Of the click itself: what it leads to may come later. */
  const guard = (event: Event) => {
    if (isDeliberate(shownAtMs.current, event.timeStamp)) return;
    event.preventDefault();
    setProblem('Not counted: the page had changed just then. Look again.');
  };
  const approved = (event: Event) => {
    guard(event);
    if (event.defaultPrevented || blocked) return;
    if (hold.mine.reasonNeeded) setStep('approve');
    else void answer('approve', null);
  };

  if (step === 'edit')
    return (
      <Edit
        hold={hold}
        blocked={changed}
        cancel={() => setStep(null)}
        edited={edited}
        refused={reload}
      />
    );
  return (
    <section class="decide" aria-labelledby="your-answer">
      <h2 id="your-answer">Your answer</h2>
      <Problem problem={problem} />
      <p role="status">{said}</p>
      <WhyNot hold={hold} />
      {step === null ? (
        <div class="buttons">
          {mine && (
            <button
              type="button"
              ref={approve}
              class="primary"
              disabled={blocked}
              aria-keyshortcuts="a"
              onClick={approved}
            >
              {hold.of === 'result' ? 'Release' : 'Approve'}
              {hold.mine.reasonNeeded && ' …'}
            </button>
          )}
          {hold.mine.mayReject && (
            <button
              type="button"
              class="danger"
              disabled={blocked}
              aria-keyshortcuts="r"
              onClick={() => setStep('reject')}
            >
              Reject …
            </button>
          )}
          {mine && hold.editable && (
            <button type="button" disabled={blocked} onClick={() => setStep('edit')}>
              Edit …
            </button>
          )}
          <button type="button" class="quiet" disabled={busy} onClick={() => setStep('suspend')}>
            Suspend the agent …
          </button>
        </div>
      ) : (
        <WithReason
          key={step}
          step={step}
          agent={hold.agent}
          needed={step === 'approve'}
          blocked={step === 'suspend' ? busy : blocked}
          cancel={() => setStep(null)}
          guard={guard}
          submit={(reason) => void (step === 'suspend' ? suspend(reason) : answer(step, reason))}
        />
      )}
    </section>
  );
}

/** Of an answer that came too late: what has become of the hold, as far as its refusal says. */
function outcomeOf(error: unknown): string | null {
  if (!(error instanceof ApiError)) return null;
  if (error.code === 'approval.expired') return 'expired';
  return error.code === 'approval.settled' || error.code === 'approval.unknown' ? 'over' : null;
}

const words = {
  approve: { label: 'Why you approve', button: 'Approve' },
  reject: { label: 'Why you reject', button: 'Reject' },
  suspend: { label: 'Why you suspend', button: 'Suspend' },
} as const;

function WithReason({
  step,
  agent,
  needed,
  blocked,
  cancel,
  guard,
  submit,
}: {
  readonly step: keyof typeof words;
  readonly agent: string;
  readonly needed: boolean;
  readonly blocked: boolean;
  readonly cancel: () => void;
  readonly guard: (event: Event) => void;
  readonly submit: (reason: string | null) => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const send = (event: Event) => {
    event.preventDefault();
    const reason = field.current?.value.trim() ?? '';
    if (!blocked) submit(reason === '' ? null : reason);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape') cancel();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
      field.current?.form?.requestSubmit();
  };
  return (
    <form class="with-reason" onSubmit={send}>
      <label for="why-you">
        {words[step].label}
        {step === 'suspend' && (
          <>
            {' '}
            <Text text={agent} />: all its calls are refused until somebody resumes it
          </>
        )}
        {!needed && <span class="dim"> (kept in the record; may stay empty)</span>}
      </label>
      <textarea
        id="why-you"
        ref={field}
        rows={2}
        maxLength={reasonCharactersMax}
        required={needed}
        onKeyDown={keys}
      />
      <div class="buttons">
        <button
          type="submit"
          class={step === 'approve' ? 'primary' : 'danger'}
          disabled={blocked}
          onClick={guard}
        >
          {words[step].button}
        </button>
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
