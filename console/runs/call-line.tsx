import { Fragment } from 'preact';
import { budgetTexts } from '../parts/budget.ts';
import { Badge, Codes, Labels } from '../parts/parts.tsx';
import type { Check } from '../receipts/check.ts';
import { Seal } from '../receipts/seal.tsx';
import { Text } from '../text/text.tsx';
import { durationText, usdText } from '../time/left.ts';
import { When } from '../time/time.tsx';
import type { CallShown } from './timeline.ts';

/** One call in a line of fixed height: what was decided, what came of it, what it cost and what is left. */
export function CallLine({
  call,
  open,
  checks,
  toggle,
}: {
  readonly call: CallShown;
  readonly open: boolean;
  readonly checks: ReadonlyMap<number, Check>;
  readonly toggle: () => void;
}) {
  return (
    <button
      type="button"
      data-row
      class="row timeline-row call"
      aria-expanded={open}
      title={`${call.events.length} events`}
      onClick={toggle}
    >
      <span class="fold" aria-hidden="true">
        {open ? '▾' : '▸'}
      </span>
      <span class="at">
        <When atMs={call.atMs} />
      </span>
      <span class="tool">{call.tool !== null && <Text text={call.tool} />}</span>
      <span class="result">
        {call.steps.map((step, index) => (
          <Fragment key={index}>
            <Badge word={step} />{' '}
          </Fragment>
        ))}
      </span>
      <span class="codes">
        <Codes codes={call.codes} />
        <Labels trust={call.untrusted ? 'untrusted' : null} classes={call.classes} />
      </span>
      <span class="took dim">{call.durationMs !== null && durationText(call.durationMs)}</span>
      <span class="cost dim">{call.costMicroUsd !== null && usdText(call.costMicroUsd)}</span>
      <span class="budget dim">
        {call.budgetLeft !== null && budgetTexts(call.budgetLeft).join(', ')}
      </span>
      <span class="seal">
        <Seal rows={call.events} checks={checks} />
      </span>
    </button>
  );
}
