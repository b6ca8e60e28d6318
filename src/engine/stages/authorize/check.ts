import type { KindName } from '../../../content/kind.ts';
import type { JsonObject, JsonValue } from '../../../content/value.ts';
import type { Constraint, Tool } from '../../../policy/model.ts';
import type { ArgumentValue, ReadCall } from '../../call.ts';
import type { FindingCode } from '../../codes.ts';
import type { Context } from '../../context.ts';
import type { Reservation } from '../../decision.ts';
import type { Option, Party } from '../../parties.ts';

export type ConstraintOf<T extends Constraint['type']> = Extract<Constraint, { type: T }>;

/** One alternative of one side, asked about one call. */
export interface Question {
  readonly context: Context;
  readonly tool: Tool;
  readonly read: ReadCall;
  readonly party: Party;
  readonly option: Option;
}

export interface Answer {
  readonly code: FindingCode;
  readonly met: boolean;
  /** Nobody may be asked about it: `otherwise` answers a constraint's failure, not what can't be judged. */
  readonly final: boolean;
  /** Made when somebody asks: of the checks that a call passes, hardly ever. */
  readonly details: () => JsonObject;
  /** What the call draws if it goes through on this alternative; where a limit is only watched, also beyond it. */
  readonly draws: readonly Reservation[];
}

const none: readonly Reservation[] = [];

export function met(
  code: FindingCode,
  details: () => JsonObject,
  draws: readonly Reservation[] = none,
): Answer {
  return { code, met: true, final: false, details, draws };
}

export function unmet(
  code: FindingCode,
  details: JsonObject = {},
  draws: readonly Reservation[] = none,
): Answer {
  return { code, met: false, final: false, details: () => details, draws };
}

/** What can't be judged is refused, whatever `otherwise` says. */
export function unjudged(code: FindingCode, details: JsonObject = {}): Answer {
  return { code, met: false, final: true, details: () => details, draws: none };
}

const shownMax = 10;
const shownLengthMax = 200;

/** Text that was written for somebody to read is told by its length: the ledger keeps findings for ever, in clear. */
const untold: ReadonlySet<KindName> = new Set(['content', 'secret', 'attachment']);

/** Values as a record shows them: few, and short. */
export function shown(values: readonly ArgumentValue[]): JsonValue {
  return values.slice(0, shownMax).map(({ kind, value }) => {
    if (value.type === 'unparsable') return `(${value.reason})`;
    return untold.has(kind)
      ? `(${value.key.length} characters)`
      : value.key.slice(0, shownLengthMax);
  });
}
