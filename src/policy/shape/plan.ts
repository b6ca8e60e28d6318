import { type Listed, listOf, record } from './collection.ts';
import { type ConstraintSyntax, readConstraints } from './constraint.ts';
import { text } from './scalar.ts';
import type { Located, Shape } from './shape.ts';

/** One entry of a run's `only`: an action, and what of it the run may do, in the grammar of a grant. */
export interface PlanEntrySyntax {
  readonly action: Located<string>;
  readonly tools: Listed<Located<string>> | undefined;
  readonly constraints: readonly ConstraintSyntax[];
}

/** What a grant says beyond its constraints (who approves, what is enforced) is the policy's alone. */
export const planEntry: Shape<PlanEntrySyntax> = record(
  '`{ action: upstream.action, … }`, with the constraints of a grant',
  (fields): PlanEntrySyntax | undefined => {
    const action = fields.required('action', text('an action: `upstream.action`'), 'The action.');
    const tools = fields.optional(
      'tools',
      listOf(text('the name of an operation')),
      "Which of the action's tools; all of them where nothing is said.",
    );
    const constraints = readConstraints(fields);
    return action === undefined ? undefined : { action, tools, constraints };
  },
  { keyWord: 'constraint' },
);
