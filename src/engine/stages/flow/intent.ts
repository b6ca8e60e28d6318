import { printable } from '../../../content/escape.ts';
import type { JsonObject } from '../../../content/value.ts';
import type { Tool } from '../../../policy/model.ts';
import type { Finding } from '../../decision.ts';
import { actionOf } from '../../parties.ts';
import { finding, type Inquiry, isAction } from './inquiry.ts';

const clausesShownMax = 8;
const clauseShownMax = 120;

/** Whether the request asked for what the call does. Only tightens: what was asked for still has to pass every other rule. */
export function intent(inquiry: Inquiry): readonly Finding[] {
  const { flow, request, tool } = inquiry;
  if (request === null || !isAction(tool)) return [];
  const { delegated } = inquiry;
  if (delegated !== null)
    return [
      finding(flow.delegation === 'deny' ? 'deny' : 'hold', 'flow.delegated', inquiry, {
        action: tool.action,
        document: delegated,
        why: 'the request hands its work to a document, which asks for this',
        remember: {
          tool: null,
          kind: 'delegation',
          value: `${delegated['call'] ?? ''} ${delegated['field'] ?? ''}`,
        },
      }),
    ];
  if (flow.unrequested === 'allow' || isAskedFor(inquiry, tool)) return [];
  const { understood } = request;
  const details: JsonObject = {
    action: tool.action,
    ...(tool.on === null ? {} : { on: tool.on }),
    why: whyNot(inquiry),
    clauses: understood.clauses
      .slice(0, clausesShownMax)
      .map(({ text }) => printable(text, clauseShownMax)),
    remember: { tool: tool.name, kind: 'action', value: actionOf(tool) },
  };
  // A request in which nothing was recognised speaks against nothing; one that only asks to be told does.
  const denied = understood.recognised && (flow.unrequested === 'deny' || understood.readOnly);
  return [finding(denied ? 'deny' : 'hold', 'flow.unrequested', inquiry, details)];
}

/** By the opener's plan where there is one: what isn't in it, the stage of permissions has refused. */
export function isAskedFor({ context, request }: Inquiry, tool: Tool): boolean {
  if (context.run.only !== null) return true;
  return request?.understood.asksFor(tool.action, tool.on, tool.operation) != null;
}

function whyNot({ request, tool }: Inquiry): string {
  const what = `${tool.action}${tool.on === null ? '' : ` ${article(tool.on)} ${tool.on}`}`;
  if (request?.understood.language === null)
    return 'the request is in a language without word families';
  return request?.understood.readOnly === true
    ? `the request only asks to be told something, and no clause asks to ${what}`
    : `no clause asks to ${what}`;
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? 'an' : 'a';
}
