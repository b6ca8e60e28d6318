/** Other arguments for the same call: first shown as they would be decided, then agreed to as shown. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { JsonObject } from '../../src/content/value.ts';
import type { HoldShown, HoldSummary } from '../../src/runtime/port.ts';
import { post, problemOf } from '../api/client.ts';
import { Problem } from '../parts/parts.tsx';
import { Text } from '../text/text.tsx';
import {
  argumentsOf,
  type Field,
  type Fields,
  fieldsOf,
  readArguments,
} from './edited-arguments.ts';
import { LetterForLetter } from './letter-for-letter.tsx';
import { Preview } from './preview.tsx';

export function Edit({
  hold,
  blocked,
  cancel,
  edited,
  refused,
}: {
  readonly hold: HoldShown;
  readonly blocked: boolean;
  readonly cancel: () => void;
  readonly edited: () => void;
  /** The call may not be what it was. */
  readonly refused: () => void;
}) {
  const [fields, setFields] = useState<Fields>(() => fieldsOf(hold.arguments));
  /** The whole as JSON; null: a field each. */
  const [json, setJson] = useState<string | null>(null);
  const [preview, setPreview] = useState<{ args: JsonObject; hold: HoldShown } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const top = useRef<HTMLHeadingElement>(null);
  const path = `/api/holds/${encodeURIComponent(hold.id)}`;
  useEffect(() => top.current?.focus(), []);

  const read = () => (json === null ? argumentsOf(fields) : readArguments(json));
  const act = async (work: () => Promise<void>) => {
    if (busy || blocked) return;
    setBusy(true);
    try {
      await work();
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
      refused();
    } finally {
      setBusy(false);
    }
  };
  const look = (event: Event) => {
    event.preventDefault();
    const asked = read();
    if (!asked.ok) return setProblem(asked.problem);
    const { args } = asked;
    void act(async () =>
      setPreview({ args, hold: await post<HoldShown>(`${path}/preview`, { arguments: args }) }),
    );
  };
  const agree = (args: JsonObject, digest: string, reason: string | null) =>
    void act(async () => {
      await post<HoldSummary>(`${path}/edit`, { arguments: args, digest, reason });
      edited();
    });
  const asJson = (wanted: boolean) => {
    const asked = read();
    if (!asked.ok) return setProblem(asked.problem);
    setProblem(null);
    if (wanted) setJson(JSON.stringify(asked.args, null, 2));
    else {
      setFields(fieldsOf(asked.args));
      setJson(null);
    }
  };

  return (
    <section class="edit" aria-labelledby="edit">
      <h2 id="edit" ref={top} tabIndex={-1}>
        Edit the call
      </h2>
      <p class="hint">
        The agent’s call is made with what you write here, and the record says that you changed it.
        What others agreed to before is void.
      </p>
      <form onSubmit={look} onInput={() => setPreview(null)}>
        {json === null ? (
          Object.entries(fields).map(([name, field]) => (
            <FieldShown
              key={name}
              name={name}
              kind={hold.facts.values.find(({ pointer }) => pointer === `/${name}`)?.kind ?? null}
              field={field}
              change={(now) => setFields({ ...fields, [name]: now })}
            />
          ))
        ) : (
          <div>
            <label for="arguments">Arguments</label>
            <textarea
              id="arguments"
              aria-describedby="arguments-as-written"
              class="mono"
              rows={12}
              spellcheck={false}
              value={json}
              onInput={(event) => setJson(event.currentTarget.value)}
            />
            <LetterForLetter id="arguments-as-written" text={json} />
          </div>
        )}
        <Problem problem={problem} />
        <div class="buttons">
          <button type="submit" disabled={busy || blocked}>
            Show what would happen
          </button>
          <button type="button" class="quiet" onClick={() => asJson(json === null)}>
            {json === null ? 'As JSON' : 'As fields'}
          </button>
          <button type="button" class="quiet" onClick={cancel}>
            Cancel
          </button>
        </div>
      </form>
      {preview !== null && (
        <Preview
          key={preview.hold.digest}
          hold={preview.hold}
          blocked={busy || blocked}
          agree={(reason) => agree(preview.args, preview.hold.digest, reason)}
        />
      )}
    </section>
  );
}

function FieldShown({
  name,
  kind,
  field,
  change,
}: {
  readonly name: string;
  readonly kind: string | null;
  readonly field: Field;
  readonly change: (field: Field) => void;
}) {
  const label = (
    <>
      <Text text={name} />
      {kind !== null && kind !== name && <span class="dim"> {kind}</span>}
    </>
  );
  if (field.as === 'switch')
    return (
      <label class="switch">
        <input
          type="checkbox"
          checked={field.on}
          onChange={(event) => change({ as: 'switch', on: event.currentTarget.checked })}
        />
        {label}
      </label>
    );
  const { as, text } = field;
  const id = `argument ${name}`.replaceAll(' ', '-');
  return (
    <div>
      <label for={id}>{label}</label>
      {as === 'line' || as === 'number' ? (
        <input
          id={id}
          aria-describedby={`${id}-as-written`}
          type="text"
          inputMode={as === 'number' ? 'decimal' : 'text'}
          autocomplete="off"
          spellcheck={false}
          dir="auto"
          value={text}
          onInput={(event) => change({ as, text: event.currentTarget.value })}
        />
      ) : (
        <textarea
          id={id}
          aria-describedby={`${id}-as-written`}
          class={as === 'json' ? 'mono' : ''}
          rows={Math.min(12, text.split('\n').length + 2)}
          spellcheck={false}
          dir="auto"
          value={text}
          onInput={(event) => change({ as, text: event.currentTarget.value })}
        />
      )}
      <LetterForLetter id={`${id}-as-written`} text={text} />
    </div>
  );
}
