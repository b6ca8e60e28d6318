/** What waits for a person, and whether there is one. */
import { callEnvironment } from '../cel-environment.ts';
import type { Approval, Otherwise, SourcePosition } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import { objectsOf } from '../objects.ts';
import type { ApprovalSyntax, OtherwiseSyntax, UntilSyntax } from '../shape/hold.ts';
import type { Located } from '../shape/shape.ts';
import { compileExpression } from './cel.ts';
import type { Compilation, ConstraintPlace, WorksFor } from './context.ts';

export function compileApproval(
  syntax: ApprovalSyntax | undefined,
  place: ConstraintPlace,
): Approval {
  if (syntax === undefined) return { type: 'tier' };
  if (syntax.type === 'never') return { type: 'never' };
  const { compilation, covered, caseNames } = place;
  const program =
    syntax.if === undefined
      ? null
      : compileExpression(
          syntax.if,
          callEnvironment(covered, caseNames.declared, objectsOf(compilation.tools.values())),
          compilation.report,
        );
  const quorum = syntax.quorum?.value ?? 1;
  if (syntax.by === undefined || knowsApprover(syntax.by, true, compilation))
    warnOfHold(
      { what: '`approval`', by: syntax.by?.value ?? null, quorum, at: syntax.at },
      place.worksFor,
      compilation,
    );
  if (syntax.by?.value === 'user' && syntax.quorum !== undefined && quorum > 1)
    compilation.report.error(
      'policy.conflict',
      syntax.quorum.at,
      `the run's own person is one, and ${quorum} have to agree`,
      { mend: 'remove `quorum`, or name a role' },
    );
  return {
    type: 'by',
    role: syntax.by?.value ?? null,
    if: program,
    quorum,
    freshMs: syntax.freshMs?.value ?? null,
    until: compileUntil(syntax.until, compilation),
  };
}

function compileUntil(
  syntax: UntilSyntax | undefined,
  { report }: Compilation,
): Extract<Approval, { type: 'by' }>['until'] {
  if (syntax?.approved === undefined) return null;
  const approved = syntax.approved.value;
  const rejected = syntax.rejected?.value ?? 0;
  if (rejected >= approved)
    report.error(
      'policy.conflict',
      syntax.rejected?.at ?? syntax.at,
      `as many may be rejected as have to be approved: that is no record to trust`,
      { expected: `fewer than ${approved}` },
    );
  return { approved, rejected };
}

export function compileOtherwise(
  syntax: OtherwiseSyntax | undefined,
  { compilation, worksFor }: Pick<ConstraintPlace, 'compilation' | 'worksFor'>,
): Otherwise | null {
  if (syntax === undefined) return null;
  const { role, type, at } = syntax;
  if (!knowsApprover(role, type === 'approval', compilation)) return null;
  if (type === 'break_glass') {
    warnOfNobody(role.value, 1, role.at, compilation, 'nobody is told when glass is broken');
    warnOfHold({ what: '`break_glass`', by: 'user', quorum: 1, at }, worksFor, compilation);
  } else {
    warnOfHold({ what: '`otherwise`', by: role.value, quorum: 1, at }, worksFor, compilation);
  }
  return { type, role: role.value };
}

/** `user` is the run's own person. */
export function knowsApprover(
  role: Located<string>,
  mayBeUser: boolean,
  { report, roleNames, approvers }: Pick<Compilation, 'report' | 'roleNames' | 'approvers'>,
): boolean {
  if (mayBeUser && role.value === 'user') {
    if (!roleNames.has('user')) return true;
    report.error(
      'policy.conflict',
      role.at,
      "`user` is the run's own person here, and there is a role of this name",
      { mend: 'give the role another name' },
    );
    return false;
  }
  if (roleNames.has(role.value)) return true;
  const expected = `a role in \`roles\` or of a user${mayBeUser ? ', or `user`' : ''}`;
  const rolesOfPerson = approvers.rolesOf.get(role.value);
  if (rolesOfPerson !== undefined) {
    const [one] = rolesOfPerson;
    const message = `\`${role.value}\` is a person, and a role is asked`;
    const mend = one === undefined ? null : `name a role that \`${role.value}\` has: \`${one}\``;
    report.error('policy.unknown', role.at, message, { expected, mend });
    return false;
  }
  report.error('policy.unknown', role.at, `unknown role \`${role.value}\``, {
    expected,
    mend:
      role.value === 'user'
        ? "name a role: the run's own person breaks the glass, and others hear of it"
        : (didYouMean(role.value, [...roleNames, ...(mayBeUser ? ['user'] : [])]) ??
          `declare it: \`roles: { ${role.value}: {} }\``),
  });
  return false;
}

export interface WrittenHold {
  /** As the policy writes it: `then: hold`. */
  readonly what: string;
  /** A role, or `user`; null: whoever `approvals.default` names. */
  readonly by: string | null;
  readonly quorum: number;
  readonly at: SourcePosition;
}

/**
 * A hold that nobody can answer is a refusal, and whoever wrote it thought of somebody. Never an error: taking the role
 * from the last person who has it must not be what a gateway refuses to load.
 */
export function warnOfHold(
  { what, by, quorum, at }: WrittenHold,
  worksFor: WorksFor,
  compilation: Compilation,
): void {
  const { report, approvers } = compilation;
  const role = by ?? approvers.default;
  if (role === null) {
    report.warning(
      'policy.hold',
      at,
      `${what} waits for a person, and nobody is named who could be asked: such a call is refused`,
      {
        mend:
          what === '`approval`'
            ? 'write `by: role`, or `approvals: { default: role }`'
            : 'write `approvals: { default: role }`',
      },
    );
  } else if (role === 'user') {
    if (worksFor.unattended)
      report.warning(
        'policy.hold',
        at,
        `${what} asks the run's own person: in a run without one such a call is refused`,
      );
  } else {
    const known = by === null && quorum === 1;
    // Of `approvals.default` itself it is said once, where that stands.
    if (!known && warnOfNobody(role, quorum, at, compilation)) return;
    warnOfSelves({ what, role, quorum, at }, worksFor, compilation);
  }
}

/** Whether there are too few people. */
export function warnOfNobody(
  role: string,
  quorum: number,
  at: SourcePosition,
  { report, approvers }: Compilation,
  so = 'such a call waits until its time is over, and is rejected',
): boolean {
  if (role === 'user') return false;
  const people = approvers.people.get(role)?.size ?? 0;
  if (people >= quorum) return false;
  const who =
    people === 0
      ? `nobody has the role \`${role}\``
      : `${quorum} people have to agree, and ${people} ${people === 1 ? 'has' : 'have'} the role \`${role}\``;
  report.warning('policy.hold', at, `${who}: ${so}`, {
    mend: `give the role to ${people === 0 ? 'somebody' : 'more people'} in \`users\``,
  });
  return true;
}

/** Nobody approves what is done for themselves: where only those can be asked, nobody can. */
function warnOfSelves(
  { what, role, quorum, at }: Omit<WrittenHold, 'by'> & { readonly role: string },
  { unattended, people }: WorksFor,
  { report, approvers }: Compilation,
): void {
  if (approvers.selfApproval || unattended || people === null || people.size === 0) return;
  const may = approvers.people.get(role) ?? new Set<string>();
  const others = (person: string): number => may.size - (may.has(person) ? 1 : 0);
  if ([...people].some((person) => others(person) >= quorum)) return;
  report.warning(
    'policy.hold',
    at,
    `${what} asks \`${role}\`, whose people are those that the agent works for: nobody approves for themselves, so nobody can`,
    { mend: 'give the role to somebody else too, or write `approvals: { self_approval: true }`' },
  );
}
