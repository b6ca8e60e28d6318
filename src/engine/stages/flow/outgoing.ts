/** The text by which a call can carry something out. */
import type { KindName } from '../../../content/kind.ts';
import { dayOf } from '../../../content/kinds/day.ts';
import { type OutboundForm, outboundForms } from '../../../content/text-features/outbound-forms.ts';
import type { JsonValue } from '../../../content/value.ts';
import type { Policy, Tool } from '../../../policy/model.ts';
import type { Exchange } from '../../exchange.ts';
import { destinationsOf } from './destinations.ts';
import { type Inquiry, isMessage } from './inquiry.ts';
import type { Past } from './past.ts';
import { isPlanned } from './planned.ts';
import { leavesOf } from './texts.ts';

/** What can't carry a text: values of a few forms, and what other rules compare as a whole. */
const wordless: ReadonlySet<KindName> = new Set([
  'recipient',
  'account',
  'amount',
  'flag',
  'idempotency_key',
]);

/** Things that some tool sends along or shares: what is written into one of them is on its way out. */
const shareable = new WeakMap<Policy, ReadonlySet<string>>();

/** Whether what the call says reaches somebody: by itself, or with the thing that it is written into. */
export function carriesText(inquiry: Inquiry): boolean {
  const {
    context: { policy },
    tool,
    outbound,
  } = inquiry;
  if (outbound) return true;
  if (tool.tier === 0) return false;
  if (isMessage(tool) || destinationsOf(inquiry).length > 0) return true;
  let objects = shareable.get(policy);
  if (objects === undefined) {
    objects = new Set(
      [...policy.tools.values()].flatMap((other) =>
        other.reach === 'external' || other.persists
          ? [...other.args.values()].flatMap(({ parts }) => parts.map(({ kind }) => kind.name))
          : [],
      ),
    );
    shareable.set(policy, objects);
  }
  const made = [tool.on, tool.returns.object];
  return made.some((object) => object !== null && objects.has(`object.${object}`));
}

/** Every text of the call, and of what it carries along that was written in this run: a file is shared with all that is in it. */
export function outgoingText({ context, read, past }: Inquiry): string {
  const texts: string[] = [];
  for (const { argument, kind, value } of read.values) {
    // What the opener wrote out itself is nobody else's text.
    if (value.type === 'unparsable' || isPlanned(context, argument, kind, value)) continue;
    if (kind.startsWith('object.')) texts.push(...writtenInto(past, kind, value.key));
    else if (!wordless.has(kind) && !isDay(kind, value.key)) texts.push(value.key);
  }
  return texts.join('\n');
}

/** What is no day may be any text: to the kind, it is what a tool is given for a date. */
function isDay(kind: KindName, text: string): boolean {
  return kind === 'date' && dayOf(text) !== null;
}

function writtenInto(past: Past, kind: KindName, id: string): readonly string[] {
  const object = kind.slice('object.'.length);
  return past.seen.flatMap(({ exchange, tool }) => {
    if (exchange.past.tier === 0 || tool === null) return [];
    const made = exchange.shown.records.some(
      (record) => record.object === object && record.id === id,
    );
    const changed = [...tool.args.values()].some(
      ({ name, parts }) =>
        parts.some((part) => part.kind.name === kind) &&
        leavesOf(exchange.args[name] ?? null).some(({ value }) => value === id),
    );
    return made || changed ? [writtenText(exchange, tool)] : [];
  });
}

/** Of an earlier call; of a tool that the policy no longer knows, every text. */
export function writtenText({ args }: Exchange, tool: Tool | null): string {
  return Object.entries(args)
    .filter(([name]) => {
      const parts = tool?.args.get(name)?.parts;
      return (
        parts === undefined ||
        parts.some(({ kind }) => !wordless.has(kind.name) && !kind.name.startsWith('object.'))
      );
    })
    .flatMap(([, value]: readonly [string, JsonValue]) => leavesOf(value).map((leaf) => leaf.value))
    .filter((text) => dayOf(text) === null)
    .join('\n');
}

const forms = new WeakMap<Exchange, readonly OutboundForm[]>();

export function formsOfPast(exchange: Exchange, tool: Tool | null): readonly OutboundForm[] {
  const known = forms.get(exchange);
  if (known !== undefined) return known;
  const read = outboundForms(writtenText(exchange, tool));
  forms.set(exchange, read);
  return read;
}
