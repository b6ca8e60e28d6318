import { useState } from 'preact/hooks';
import type { ExplainRequest, ExplainView, ToolRow } from '../../src/edges/console/views.ts';
import { post, problemOf } from '../api/client.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { Findings } from '../event/event.tsx';
import { readArguments } from '../hold/edited-arguments.ts';
import { Badge, Problem } from '../parts/parts.tsx';
import { Text } from '../text/text.tsx';

/** A call that nobody makes: what would be decided of it, and why. Nothing is recorded, nothing happens. */
export function Explain({ agent, user }: { readonly agent: string; readonly user: string | null }) {
  const tools = useLoaded<readonly ToolRow[]>('/api/tools');
  const [tool, setTool] = useState('');
  const [args, setArgs] = useState('{}');
  const [caseText, setCaseText] = useState('{}');
  const [view, setView] = useState<ExplainView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const ask = async (event: SubmitEvent) => {
    event.preventDefault();
    const [readArgs, readCase] = [readArguments(args), readArguments(caseText)];
    if (!readArgs.ok) return setProblem(`Arguments: ${readArgs.problem}`);
    if (!readCase.ok) return setProblem(`Case: ${readCase.problem}`);
    setBusy(true);
    setView(null);
    try {
      const request: ExplainRequest = {
        agent,
        user,
        tool: tool.trim(),
        arguments: readArgs.args,
        case: readCase.args,
      };
      setView(await post<ExplainView>('/api/explain', request));
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <form class="explain" onSubmit={(event) => void ask(event)}>
        <label>
          Tool
          <input
            type="text"
            list="tools"
            required
            autocomplete="off"
            spellcheck={false}
            value={tool}
            onInput={(event) => setTool(event.currentTarget.value)}
          />
        </label>
        <datalist id="tools">
          {tools.value?.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <label>
          Arguments, as JSON
          <textarea
            class="mono"
            rows={4}
            spellcheck={false}
            value={args}
            onInput={(event) => setArgs(event.currentTarget.value)}
          />
        </label>
        <label>
          The run’s case, as JSON
          <textarea
            class="mono"
            rows={2}
            spellcheck={false}
            value={caseText}
            onInput={(event) => setCaseText(event.currentTarget.value)}
          />
        </label>
        <Problem problem={problem} />
        <div class="buttons">
          <button type="submit" disabled={busy}>
            Explain
          </button>
        </div>
      </form>
      {view !== null && (
        <section class="preview" aria-label="The decision">
          <p role="status">
            Decided: <Badge word={view.verdict} />
            {view.effect !== view.verdict && (
              <>
                , and done: <Badge word={view.effect} />
              </>
            )}
          </p>
          <Findings findings={view.findings} />
          {view.asks.map((ask) => (
            <p key={ask.code}>
              Would ask {ask.quorum} of <Text text={ask.by} /> about <code>{ask.code}</code>
            </p>
          ))}
          {view.remedies.map((remedy) => (
            <p key={remedy.code}>
              <Text text={remedy.text} />
            </p>
          ))}
        </section>
      )}
    </>
  );
}
