import type { Reach, SourcePosition, Tier } from '../model.ts';
import { type KeyForm, mapOf, type NamedMap, record } from './collection.ts';
import { type ArgumentSyntax, argument } from './kind.ts';
import { type LiteralSyntax, literal } from './literal.ts';
import { type ReturnsSyntax, returns } from './returns.ts';
import { choice, name, text, yesOrNo } from './scalar.ts';
import { byForm, type Located, mapped, named, type Shape } from './shape.ts';
import { duration } from './value.ts';

export interface ToolSyntax {
  readonly at: SourcePosition;
  readonly of: Located<string> | undefined;
  readonly with: NamedMap<LiteralSyntax> | undefined;
  readonly action: Located<string> | undefined;
  readonly tier: Located<TierName> | undefined;
  readonly tierAt: SourcePosition;
  readonly reach: Located<Reach> | undefined;
  readonly args: NamedMap<ArgumentSyntax> | undefined;
  readonly argsAt: SourcePosition;
  readonly hasArgs: boolean;
  readonly hasAction: boolean;
  readonly returns: ReturnsSyntax | undefined;
  readonly idempotent: Located<boolean> | undefined;
  readonly persists: Located<boolean> | undefined;
  readonly memory: Located<boolean> | undefined;
  readonly on: Located<string> | undefined;
  readonly resolve: ResolveSyntax | undefined;
  readonly resolveAt: SourcePosition;
  readonly fresh: Located<number> | undefined;
}

export type ResolveSyntax =
  /** For the only argument that names a thing. */
  | { readonly type: 'tool'; readonly tool: Located<string> }
  | { readonly type: 'arguments'; readonly tools: NamedMap<Located<string>> };

const tierNames = ['read_only', 'reversible', 'consequential', 'irreversible'] as const;
export type TierName = (typeof tierNames)[number];

export const tiers: Readonly<Record<TierName, Tier>> = {
  read_only: 0,
  reversible: 1,
  consequential: 2,
  irreversible: 3,
};

export function tierName(tier: Tier): TierName {
  return tierNames[tier];
}

const anyKey: KeyForm = {
  expected: 'the name of an argument',
  pattern: /^[^\u0000-\u001f]{1,200}$/,
  mend: () => null,
};

const resolvingTool = text('a tool: `upstream.operation`');

const resolve: Shape<ResolveSyntax> = byForm('a tool, or `{ argument: tool }`', {
  scalar: mapped(resolvingTool, (read): ResolveSyntax => ({ type: 'tool', tool: read })),
  map: mapped(
    mapOf(anyKey, resolvingTool, { min: 1 }),
    (tools): ResolveSyntax => ({ type: 'arguments', tools }),
  ),
});

export const tool: Shape<ToolSyntax> = named(
  'tool',
  record(
    'the facts of a tool: `{ action, tier, reach, args }`',
    (fields) => {
      fields.later('undo', 'how to undo a call.', '`undo` (undo and transactions)');
      return {
        at: fields.at,
        of: fields.optional(
          'of',
          text('a tool: `upstream.operation`'),
          'Of a variant: the tool that it is a second meaning of.',
        ),
        with: fields.optional(
          'with',
          mapOf(anyKey, literal, { min: 1 }),
          'Of a variant: arguments that are filled in and hidden.',
        ),
        action: fields.optional(
          'action',
          name('an action'),
          'What the tool does, in the words of a permission: `read`, `send`.',
        ),
        tier: fields.optional(
          'tier',
          choice(tierNames),
          'What a call can do at worst. `irreversible` where nothing is said.',
        ),
        tierAt: fields.keyAt('tier'),
        reach: fields.optional(
          'reach',
          choice(['internal', 'external']),
          '`external`: what goes in may leave the organisation. `external` where nothing is said.',
        ),
        args: fields.optional(
          'args',
          mapOf(anyKey, argument),
          'Every argument of the pinned schema, and what it means.',
        ),
        argsAt: fields.keyAt('args'),
        hasArgs: fields.has('args'),
        hasAction: fields.has('action'),
        returns: fields.optional('returns', returns, 'What the tool returns.'),
        idempotent: fields.optional(
          'idempotent',
          yesOrNo,
          'Doing it twice is doing it once, so Sallyport may try again.',
        ),
        persists: fields.optional(
          'persists',
          yesOrNo,
          'It makes rules, schedules, shares or credentials: tier `consequential` at least.',
        ),
        memory: fields.optional(
          'memory',
          yesOrNo,
          'Of what writes into it and of what reads from it: what runs write comes back, with the labels that they had.',
        ),
        on: fields.optional(
          'on',
          name('an object'),
          'The object that it acts on: `file`, `event`.',
        ),
        resolve: fields.optional(
          'resolve',
          resolve,
          'How the thing that an argument names is read before the decision: `orders.get`, or `{ argument: tool }`.',
        ),
        resolveAt: fields.keyAt('resolve'),
        fresh: fields.optional(
          'fresh',
          duration,
          'How old a record that the run was shown may be for this tool. As old as its run where nothing is said.',
        ),
      };
    },
    { description: 'Facts about one tool, told once and used by every rule.' },
  ),
);
