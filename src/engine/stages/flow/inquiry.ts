import type { KindName } from '../../../content/kind.ts';
import type { JsonObject } from '../../../content/value.ts';
import type { Flow, Tool } from '../../../policy/model.ts';
import type { ArgumentValue, ReadCall } from '../../call.ts';
import type { FindingCode } from '../../codes.ts';
import type { Context } from '../../context.ts';
import type { Finding } from '../../decision.ts';
import { deny, hold } from '../../findings.ts';
import type { Past } from './past.ts';
import type { TrustedRequest } from './trusted-request.ts';

/** One call, asked about by every rule. */
export interface Inquiry {
  readonly context: Context;
  readonly flow: Flow;
  readonly tool: Tool;
  readonly read: ReadCall;
  /** Whether it can carry data out, or leaves something behind that does so later. */
  readonly outbound: boolean;
  /** Whether the run received anything that somebody else wrote. */
  readonly untrusted: boolean;
  /** Null: there is none that is trusted, or its rules still wait. With what it hands its work to, where that explains the call. */
  readonly request: TrustedRequest | null;
  /** The document that asks for the call, where the request itself doesn't, but hands its work to it. */
  readonly delegated: JsonObject | null;
  readonly past: Past;
}

/** What finds things, and could say something to whoever answers. */
export function looksUp(kind: KindName): boolean {
  return kind === 'query' || kind.startsWith('object.');
}

/** Does something, or leaves something behind that does. */
export function isAction(tool: Tool): boolean {
  return tool.tier > 0 || tool.persists;
}

const messages: ReadonlySet<string> = new Set([
  'comment',
  'email',
  'letter',
  'link',
  'mail',
  'message',
  'post',
]);

/** Whether what it makes is made to be read by somebody. */
export function isMessage({ on }: Tool): boolean {
  return on !== null && messages.has(on);
}

/** What a person needs to decide about one value, and what a remembered answer would answer. */
export function finding(
  verdict: 'hold' | 'deny',
  code: FindingCode,
  { tool }: Inquiry,
  details: JsonObject,
): Finding {
  return verdict === 'deny'
    ? deny('flow', code, details, tool.at)
    : hold('flow', code, details, tool.at, null);
}

const valueShownMax = 200;

/** Where a value of the call stands, and what it is. Text that was written to be read is told by its length. */
export function valueDetails({ argument, pointer, kind, value }: ArgumentValue): JsonObject {
  const key = value.type === 'unparsable' ? '' : value.key;
  const shown = written.has(kind) ? `(${key.length} characters)` : key.slice(0, valueShownMax);
  return { argument: `${argument}${pointer}`, kind, value: shown };
}

const written: ReadonlySet<string> = new Set(['content', 'secret']);

/**
 * What an answer would be remembered for: this value, of this kind, given to this tool. Nothing, where the value isn't shown
 * whole: another one may begin as it does.
 */
export function remembered({ tool }: Inquiry, { kind, value }: ArgumentValue): JsonObject {
  return value.type === 'unparsable' || value.key.length > valueShownMax
    ? {}
    : { remember: { tool: tool.name, kind, value: value.key } };
}
