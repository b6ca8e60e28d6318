/** Every string that an agent, an upstream or a person wrote is shown by this, and by nothing else. */
import { useState } from 'preact/hooks';
import { type Mark, type Piece, piecesOf } from './pieces.ts';
import { codeOf, tokensOf } from './tokens.ts';

export type MarkedAs = 'untrusted' | 'trusted' | 'flagged' | 'invisible' | 'bidi' | 'confusable';

const said: Readonly<Record<MarkedAs, string>> = {
  untrusted: 'from untrusted text',
  trusted: 'from trusted text',
  flagged: 'gives orders',
  invisible: 'can’t be seen',
  bidi: 'changes the direction of reading',
  confusable: 'looks like another letter',
};

/** A page with a book in it doesn't get slow: the rest is a click away. */
const charactersShown = 4_000;

export function Text({
  text,
  marks = [],
  block = false,
}: {
  readonly text: string;
  readonly marks?: readonly Mark<MarkedAs>[];
  /** Line breaks stay. */
  readonly block?: boolean;
}) {
  const [all, setAll] = useState(false);
  const shown = all || text.length <= charactersShown ? text : text.slice(0, charactersShown);
  return (
    <bdi class={block ? 'text block' : 'text'}>
      {piecesOf(shown, marks).map((piece, index) => (
        <PieceShown key={index} piece={piece} block={block} />
      ))}
      {text.length > shown.length && (
        <button type="button" class="quiet" onClick={() => setAll(true)}>
          … {(text.length - shown.length).toLocaleString()} more characters
        </button>
      )}
    </bdi>
  );
}

function PieceShown({
  piece,
  block,
}: {
  readonly piece: Piece<MarkedAs>;
  readonly block: boolean;
}) {
  const { text, as } = piece;
  const tokens = tokensOf(text, block).map((token, index) =>
    token.type === 'text' ? (
      token.text
    ) : (
      <span key={index} class="unseen" title={token.code}>
        {token.name}
        {token.times > 1 && ` ×${token.times.toLocaleString()}`}
      </span>
    ),
  );
  if (as.length === 0) return <>{tokens}</>;
  const why = as.map((one) => said[one]).join(', ');
  return (
    <mark class={as.join(' ')} title={why}>
      <span class="sr-only">[{why}: </span>
      {tokens}
      {as.includes('confusable') && (
        <span class="codes">
          {Array.from(text, (one) => codeOf(one.codePointAt(0) ?? 0)).join(' ')}
        </span>
      )}
      <span class="sr-only">]</span>
    </mark>
  );
}
