import type { Enforcement, SourcePosition } from '../model.ts';
import { type Listed, listOf, mapOf, type NamedMap, nameKey, record } from './collection.ts';
import { type ConstraintSyntax, readConstraints } from './constraint.ts';
import { type ApprovalSyntax, approval } from './hold.ts';
import { choice, constant, text } from './scalar.ts';
import { byForm, type Located, mapped, named, type Shape } from './shape.ts';

export type PermissionsSyntax = NamedMap<NamedMap<GrantSyntax>>;

export interface GrantSyntax {
  readonly at: SourcePosition;
  readonly alternatives: readonly AlternativeSyntax[];
  readonly isList: boolean;
}

export interface AlternativeSyntax {
  readonly at: SourcePosition;
  readonly tools: Listed<Located<string>> | undefined;
  readonly constraints: readonly ConstraintSyntax[];
  readonly approval: ApprovalSyntax | undefined;
  readonly repeat: Located<'allow'> | undefined;
  readonly enforcement: Located<Enforcement> | undefined;
}

/** Keys of a constraint's long form, written one level too high. */
const belongsBelow: ReadonlyMap<string, string> = new Map([
  ['under', 'write `paths: { under: […] }`'],
  ['only', 'write it below the constraint that it is for: `folders: { only: […] }`'],
  ['except', 'write it below the constraint that it is for: `folders: { except: […] }`'],
  [
    'otherwise',
    'write it below the constraint that it answers: `hours: { only: …, otherwise: … }`',
  ],
  ['if', 'write `when: …` for a condition, `approval: { if: … }` for a question'],
  ['allow', 'write `allow` alone, without a map'],
]);

const alternativeMap: Shape<AlternativeSyntax> = named(
  'constraints',
  record(
    'constraints: all of them have to hold',
    (fields) => {
      return {
        at: fields.at,
        tools: fields.optional(
          'tools',
          listOf(text('the name of an operation')),
          "Which of the action's tools it covers; all of them where nothing is said.",
        ),
        constraints: readConstraints(fields),
        approval: fields.optional(
          'approval',
          approval,
          'When a person has to approve; the tier decides where nothing is said.',
        ),
        repeat: fields.optional(
          'repeat',
          constant('allow', 'write `allow`, or leave it out'),
          '`allow`: an identical call after a completed one is a new call.',
        ),
        enforcement: fields.optional(
          'enforcement',
          choice(['observe', 'warn', 'strict']),
          'For this grant alone.',
        ),
      };
    },
    {
      description: 'A grant: every constraint in it has to hold.',
      keyWord: 'constraint',
      min: 1,
      mendEmpty: 'write `allow` to grant it without constraints',
      mendKey: (key) => belongsBelow.get(key) ?? null,
    },
  ),
);

const allow: Shape<AlternativeSyntax> = mapped(
  constant('allow', 'write `allow`, or constraints: `{ … }`'),
  ({ at }): AlternativeSyntax => ({
    at,
    tools: undefined,
    constraints: [],
    approval: undefined,
    repeat: undefined,
    enforcement: undefined,
  }),
);

const alternative: Shape<AlternativeSyntax> = byForm('`allow`, or a map of constraints', {
  scalar: allow,
  map: alternativeMap,
});

const grant: Shape<GrantSyntax> = named(
  'grant',
  byForm('`allow`, a map of constraints, or a list of such maps', {
    scalar: mapped(
      allow,
      (one): GrantSyntax => ({ at: one.at, alternatives: [one], isList: false }),
    ),
    map: mapped(
      alternativeMap,
      (one): GrantSyntax => ({ at: one.at, alternatives: [one], isList: false }),
    ),
    list: mapped(
      listOf(alternative),
      ({ value, at }): GrantSyntax => ({ at, alternatives: value, isList: true }),
    ),
    mend: 'write `allow` to grant it without constraints, or leave it out to refuse it',
  }),
);

export const permissions: Shape<PermissionsSyntax> = named(
  'permissions',
  mapOf(
    nameKey('an upstream'),
    byForm('a map from actions to grants', {
      map: mapOf(nameKey('an action'), grant, { min: 1 }),
      mend: 'name each action: `{ read: allow }`; there is no grant of a whole upstream',
    }),
  ),
);
