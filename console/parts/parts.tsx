/** Small pieces that every page is made of. */
import { type ComponentChildren, Fragment } from 'preact';
import type { EventRow } from '../../src/edges/console/views.ts';
import type { Loaded } from '../api/use-loaded.ts';
import { Text } from '../text/text.tsx';

export function Problem({ problem }: { readonly problem: string | null }) {
  return (
    <p role="alert" class="problem">
      {problem !== null && <Text text={problem} />}
    </p>
  );
}

/** Nothing yet: says what to do next. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Shown<T>({
  loaded,
  missing,
  children,
}: {
  readonly loaded: Loaded<T>;
  /** What there is to say where there is nothing of the name. */
  readonly missing?: ComponentChildren;
  readonly children: (value: T) => ComponentChildren;
}) {
  const { value, problem, loading } = loaded;
  if (loaded.missing && missing !== undefined) return <Empty>{missing}</Empty>;
  return (
    <>
      {problem !== null && (
        <div class="failed">
          <Problem problem={problem} />
          <button type="button" onClick={loaded.reload}>
            Try again
          </button>
        </div>
      )}
      {value !== null && children(value)}
      {value === null && loading && <p class="empty">Loading …</p>}
    </>
  );
}

export function Facts({ children }: { readonly children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

export function Fact({
  name,
  children,
}: {
  readonly name: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const good = new Set([
  'allow',
  'completed',
  'approved',
  'approve',
  'yes',
  'pinned',
  'open',
  'success',
]);
const bad = new Set([
  'deny',
  'failed',
  'rejected',
  'reject',
  'no',
  'changed',
  'failure',
  'refused',
  'missing',
]);

/** A word whose colour says it again. */
export function Badge({ word }: { readonly word: string }) {
  return (
    <span class={`badge ${good.has(word) ? 'good' : bad.has(word) ? 'bad' : 'open'}`}>
      <Text text={word.replaceAll('_', ' ')} />
    </span>
  );
}

export function Codes({ codes }: { readonly codes: readonly string[] }) {
  return (
    <>
      {codes.map((code) => (
        <Fragment key={code}>
          <code class="code">
            <Text text={code} />
          </code>{' '}
        </Fragment>
      ))}
    </>
  );
}

export function Labels({ trust, classes }: Pick<EventRow, 'trust' | 'classes'>) {
  return (
    <>
      {trust !== null && <span class={`label ${trust}`}>{trust}</span>}
      {classes.map((one) => (
        <Fragment key={one}>
          {' '}
          <span class="label">
            <Text text={one} />
          </span>
        </Fragment>
      ))}
    </>
  );
}

/** As the policy writes them. */
const tiers = ['read only', 'reversible', 'consequential', 'irreversible'] as const;

export function Tier({ tier }: { readonly tier: number | null }) {
  return tier === null ? null : (
    <span class={`tier tier-${tier}`} title={`tier ${tier}`}>
      {tiers[tier] ?? `tier ${tier}`}
    </span>
  );
}

/** Whether what it does stays in the house. */
export function Reach({ reach }: { readonly reach: 'internal' | 'external' }) {
  return <span class={`label ${reach}`}>{reach}</span>;
}
