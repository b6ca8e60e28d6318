import type { Reach, SourcePosition, Tier } from '../model.ts';
import { type KeyForm, mapOf, type NamedMap, record } from './collection.ts';
import { type ArgumentSyntax, argument } from './kind.ts';
import { type LiteralSyntax, literal } from './literal.ts';
import { type ReturnsSyntax, returns } from './returns.ts';
import { choice, name, text, yesOrNo } from './scalar.ts';
import { type Located, named, type Shape } from './shape.ts';

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
}

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

export const tool: Shape<ToolSyntax> = named(
  'tool',
  record(
    'the facts of a tool: `{ action, tier, reach, args }`',
    (fields) => {
      fields.later('undo', 'how to undo a call.', '`undo` (undo and transactions)');
      fields.later('on', 'the object that the tool acts on.', '`on` (flow)');
      fields.later('resolve', 'how to read what an argument names.', '`resolve`');
      fields.later('memory', 'the tool returns what runs wrote into it.', '`memory`');
      fields.later('fresh', 'how old a record may be.', '`fresh` (records)');
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
      };
    },
    { description: 'Facts about one tool, told once and used by every rule.' },
  ),
);
