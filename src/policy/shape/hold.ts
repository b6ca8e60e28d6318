import type { SourcePosition } from '../model.ts';
import { type Fields, record } from './collection.ts';
import { choice, type ExpressionSyntax, expression, name, wholeNumber } from './scalar.ts';
import { byForm, type Located, mapped, named, type Shape } from './shape.ts';

export interface OtherwiseSyntax {
  readonly at: SourcePosition;
  readonly type: 'approval' | 'break_glass';
  readonly role: Located<string>;
}

export type ApprovalSyntax =
  | { readonly type: 'never'; readonly at: SourcePosition }
  | {
      readonly type: 'by';
      readonly at: SourcePosition;
      readonly by: Located<string> | undefined;
      readonly if: ExpressionSyntax | undefined;
      readonly quorum: Located<number> | undefined;
    };

const roleName: Shape<Located<string>> = name('a role');

export const otherwise: Shape<OtherwiseSyntax> = named(
  'otherwise',
  record(
    '`{ approval: role }` or `{ break_glass: role }`',
    (fields): OtherwiseSyntax | undefined => {
      const approval = fields.optional(
        'approval',
        roleName,
        "Who may approve it all the same: a role, or `user`, the run's own person.",
      );
      const breakGlass = fields.optional(
        'break_glass',
        roleName,
        "Who is alerted when the run's user gives a reason and goes on.",
      );
      if (approval !== undefined) return { at: fields.at, type: 'approval', role: approval };
      return breakGlass === undefined
        ? undefined
        : { at: fields.at, type: 'break_glass', role: breakGlass };
    },
    {
      description:
        "Answers this constraint's failure and nothing else. Until approvals are built, such a hold is a refusal.",
      min: 1,
      max: 1,
    },
  ),
);

export const approval: Shape<ApprovalSyntax> = named(
  'approval',
  byForm('`never`, or `{ by: role, if: CEL }`', {
    scalar: mapped(choice(['never']), ({ at }): ApprovalSyntax => ({ type: 'never', at })),
    map: record(
      '`{ by: role, if: CEL }`',
      (fields): ApprovalSyntax => {
        fields.later('fresh', 'how recently the approver signed in.', '`approval.fresh`');
        fields.later('until', 'progressive autonomy.', '`approval.until`');
        return {
          type: 'by',
          at: fields.at,
          by: fields.optional(
            'by',
            roleName,
            "Who approves: a role, or `user`, the run's own person.",
          ),
          if: fields.optional('if', expression, 'CEL: only calls for which it is true wait.'),
          quorum: fields.optional(
            'quorum',
            wholeNumber({ min: 1, max: 9 }),
            'How many different people have to approve.',
          ),
        };
      },
      {
        description:
          'When a person has to approve. Until approvals are built, such a hold is a refusal.',
        min: 1,
        mendKey: (key) => (key === 'role' || key === 'approval' ? 'write `by: role`' : null),
      },
    ),
  }),
);

export const otherwiseField = (fields: Fields): OtherwiseSyntax | undefined =>
  fields.optional('otherwise', otherwise, 'Who may let a failing call pass.');
