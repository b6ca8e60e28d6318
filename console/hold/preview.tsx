/** The edited call, as it would be decided, and the agreement to it. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { HoldShown } from '../../src/runtime/port.ts';
import { Problem } from '../parts/parts.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { Json } from '../text/json.tsx';
import { isDeliberate } from './guard.ts';
import { Reasons } from './reasons.tsx';
import { Values } from './values.tsx';

export function Preview({
  hold,
  blocked,
  agree,
}: {
  readonly hold: HoldShown;
  readonly blocked: boolean;
  readonly agree: (reason: string | null) => void;
}) {
  const top = useRef<HTMLHeadingElement>(null);
  const reason = useRef<HTMLTextAreaElement>(null);
  const shownAtMs = useRef(0);
  const [problem, setProblem] = useState<string | null>(null);
  useLayoutEffect(() => {
    shownAtMs.current = performance.now();
    top.current?.focus();
  }, []);
  /** Of the click itself: what it leads to may come later. */
  const guard = (event: Event) => {
    if (isDeliberate(shownAtMs.current, event.timeStamp)) return;
    event.preventDefault();
    setProblem('Not counted: this had only just appeared. Look again.');
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const why = reason.current?.value.trim() ?? '';
    agree(why === '' ? null : why);
  };
  return (
    <section class="preview" aria-labelledby="preview">
      <h3 id="preview" ref={top} tabIndex={-1}>
        <Sentence text={hold.facts.summary} />
      </h3>
      <Values values={hold.facts.values} omitted={hold.facts.omitted} />
      <Reasons hold={hold} />
      <details>
        <summary>Raw arguments</summary>
        <Json value={hold.arguments} />
      </details>
      <form class="with-reason" onSubmit={submit}>
        <label for="why-edit">
          Why you change it
          {!hold.mine.reasonNeeded && (
            <span class="dim"> (kept in the record; may stay empty)</span>
          )}
        </label>
        <textarea
          id="why-edit"
          ref={reason}
          rows={2}
          maxLength={1_000}
          required={hold.mine.reasonNeeded}
        />
        <Problem problem={problem} />
        <div class="buttons">
          <button type="submit" class="primary" disabled={blocked} onClick={guard}>
            Change it, and approve the change
          </button>
        </div>
      </form>
    </section>
  );
}
