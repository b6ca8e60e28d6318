import { defaults, policyLimits } from '../defaults.ts';
import type { ApprovalRules } from '../model.ts';
import { type ChannelSyntax, channels } from './channel.ts';
import { record } from './collection.ts';
import { choice, name, wholeNumber, yesOrNo } from './scalar.ts';
import { type Located, named, type Shape } from './shape.ts';
import { durationWithin } from './value.ts';

export interface ApprovalsSyntax {
  readonly default: Located<string> | undefined;
  readonly timeoutMs: Located<number> | undefined;
  readonly waitMs: Located<number> | undefined;
  readonly remember: Located<ApprovalRules['remember']> | undefined;
  readonly open: Located<number> | undefined;
  readonly selfApproval: Located<boolean> | undefined;
  readonly execute: Located<ApprovalRules['execute']> | undefined;
  readonly notify: readonly ChannelSyntax[] | undefined;
}

const { approvals: otherwise } = defaults;

export const approvals: Shape<ApprovalsSyntax> = named(
  'approvals',
  record(
    '`{ default: role, timeout: 15m, notify: [{ slack: … }] }`',
    (fields) => ({
      default: fields.optional(
        'default',
        name('a role'),
        "The role that answers where nothing else names one, or `user` for the run's own person. Where nothing is said, what names nobody is refused.",
      ),
      timeoutMs: fields.optional(
        'timeout',
        durationWithin({
          minMs: policyLimits.approvalTimeoutMsMin,
          maxMs: policyLimits.approvalTimeoutMsMax,
          why: 'nobody answers within less than a second, and after a week nobody knows what they agree to',
        }),
        `How long a call waits for an answer; then it is rejected, with an alert. ${otherwise.timeoutMs / 60_000}m where nothing is said.`,
      ),
      waitMs: fields.optional(
        'wait',
        durationWithin({
          minMs: 0,
          maxMs: policyLimits.approvalWaitMsMax,
          why: 'clients give up on a request after a minute, and whoever gave up gets no ticket',
        }),
        `How long a request is kept open for the answer; then the agent gets a ticket, and a repeat of the call picks the answer up. ${otherwise.waitMs / 1_000}s where nothing is said.`,
      ),
      remember: fields.optional(
        'remember',
        choice(['run', 'never']),
        `\`run\`: an answer about where a value came from speaks for the rest of the run. \`${otherwise.remember}\` where nothing is said.`,
      ),
      open: fields.optional(
        'open',
        wholeNumber({ min: 1, max: policyLimits.approvalsOpenMax }),
        `Calls of one run that may wait at a time; more are refused. ${otherwise.open} where nothing is said.`,
      ),
      selfApproval: fields.optional(
        'self_approval',
        yesOrNo,
        `Whether the person on whose behalf a run works may approve what it does. A confirmation (\`by: user\`) is theirs in any case. \`${otherwise.selfApproval}\` where nothing is said.`,
      ),
      execute: fields.optional(
        'execute',
        choice(['at_once', 'on_repeat']),
        `Approved after the request has gone: Sallyport performs the call itself, or the agent's repeat of it does. \`${otherwise.execute}\` where nothing is said.`,
      ),
      notify: fields.optional('notify', channels, 'Where people are told that a call waits.'),
    }),
    {
      description: 'How people are asked.',
      min: 1,
      mendEmpty: 'leave the key out: that says the same',
    },
  ),
);
