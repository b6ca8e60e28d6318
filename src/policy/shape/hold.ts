import { policyLimits } from '../defaults.ts';
import type { SourcePosition } from '../model.ts';
import { nearest } from '../nearest.ts';
import { type Fields, record } from './collection.ts';
import { type ExpressionSyntax, expression, name, scalar, unfit, wholeNumber } from './scalar.ts';
import { byForm, type Located, mapped, named, type Shape } from './shape.ts';
import { durationWithin } from './value.ts';

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
      readonly freshMs: Located<number> | undefined;
      readonly until: UntilSyntax | undefined;
    };

export interface UntilSyntax {
  readonly at: SourcePosition;
  readonly approved: Located<number> | undefined;
  readonly rejected: Located<number> | undefined;
}

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
      description: "Answers this constraint's failure and nothing else.",
      min: 1,
      max: 1,
    },
  ),
);

const until: Shape<UntilSyntax> = named(
  'until',
  record(
    '`{ approved: 50, rejected: 0 }`',
    (fields) => ({
      at: fields.at,
      approved: fields.required(
        'approved',
        wholeNumber({ min: 1, max: policyLimits.untilApprovedMax }),
        'So many calls by this grant and tool that were approved as they were.',
      ),
      rejected: fields.optional(
        'rejected',
        wholeNumber({ min: 0, max: policyLimits.untilApprovedMax }),
        'At most so many that were rejected, or changed by whoever approved them. 0 where nothing is said.',
      ),
    }),
    {
      description:
        'How autonomy is earned: counted from the ledger, and from the start again when the definition, the model or the policy changes.',
    },
  ),
);

const approvalForms = '`never` or `{ by: role, if: CEL }`';

const never = scalar<'never'>({
  expected: approvalForms,
  schema: { enum: ['never'] },
  parse: ({ value, written }) => {
    if (value === 'never') return value;
    const isNobody = /^(false|no|none|nobody|off)$/i.test(written);
    return unfit(
      isNobody || nearest(written, ['never']) !== null ? 'write `never`' : 'write `{ by: role }`',
    );
  },
});

export const approval: Shape<ApprovalSyntax> = named(
  'approval',
  byForm(approvalForms, {
    scalar: mapped(never, ({ at }): ApprovalSyntax => ({ type: 'never', at })),
    mend: 'write `{ by: role }`',
    map: record(
      '`{ by: role, if: CEL }`',
      (fields): ApprovalSyntax => {
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
            wholeNumber({ min: 1, max: policyLimits.quorumMax }),
            'How many different people have to approve.',
          ),
          freshMs: fields.optional(
            'fresh',
            durationWithin({
              minMs: policyLimits.freshMsMin,
              maxMs: policyLimits.freshMsMax,
              why: 'nobody signs in, reads and answers within a second, and nobody stays signed in for longer than a day',
            }),
            'How recently whoever approves has signed in.',
          ),
          until: fields.optional(
            'until',
            until,
            'Autonomy that is earned: after so many approvals nobody is asked any more.',
          ),
        };
      },
      {
        description: 'When a person has to approve.',
        min: 1,
        mendKey: (key) => (key === 'role' || key === 'approval' ? 'write `by: role`' : null),
      },
    ),
  }),
);

export const otherwiseField = (fields: Fields): OtherwiseSyntax | undefined =>
  fields.optional('otherwise', otherwise, 'Who may let a failing call pass.');
