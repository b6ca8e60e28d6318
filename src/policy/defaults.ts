/**
 * What holds where the policy says nothing, and the bounds of what a policy may be. Each with its reason;
 * `policy explain` shows those that decide.
 */
import type {
  ApprovalRules,
  BreakerSettings,
  ContentPlace,
  ContentRules,
  Enforcement,
  Flow,
  LoopLimits,
  OutboundReview,
  Reach,
  Tier,
} from './model.ts';

export const defaults: {
  readonly enforcement: Enforcement;
  readonly timezone: string;
  readonly tier: Tier;
  readonly reach: Reach;
  readonly trust: 'trusted' | 'untrusted';
  readonly loops: LoopLimits;
  readonly breaker: BreakerSettings;
  readonly content: ContentRules;
  /** Where a policy has `content.pii`, `content.outbound` or `content.detector`, and leaves out a part of it. */
  readonly piiPlaces: readonly ContentPlace[];
  readonly outbound: Pick<OutboundReview, 'at' | 'response'>;
  readonly detectorTimeoutMs: number;
  readonly flow: Flow;
  readonly approvals: ApprovalRules;
} = {
  // A policy that says nothing is enforced: `observe` has to be written, so that a reader sees it.
  enforcement: 'strict',
  // The same everywhere: a gateway must not read hours by the zone of the machine it happens to run on.
  timezone: 'UTC',
  // A tool that nobody classified may do anything to anybody.
  tier: 3,
  reach: 'external',
  // What a tool returns was written by somebody whom we don't know.
  trust: 'untrusted',
  loops: {
    // A third equal call with an equal result has nothing more to learn; two happen when a framework retries.
    sameCall: 3,
    // Reading fifteen pages in a row is work; more than that is a scan, and a policy that wants one says so.
    sameTool: 15,
    // A cycle of two to four calls that comes back a third time isn't converging.
    cycle: 3,
  },
  // Five failures in a row are an outage, not a hiccup; a minute is what a restarted server takes.
  breaker: { failures: 5, resetMs: 60_000 },
  content: {
    injection: { at: 0.8, response: 'frame' },
    // Whose data may be seen is the operator's to say; a secret is nobody's to read.
    pii: null,
    secrets: { response: 'deny', in: new Set(['arguments', 'results', 'ledger']) },
    // About a thousand tokens: what a model reads of one result before the rest of its context suffers.
    results: { maxBytes: 4_000, frame: 'untrusted', links: 'show' },
    outbound: null,
    detector: null,
  },
  // Refusing a call for a card number in it stops honest work too: a policy that wants that says `arguments`.
  piiPlaces: ['results', 'ledger'],
  // As sure as of a result; and who reviews what leaves wants to see it.
  outbound: { at: 0.8, response: 'hold' },
  // A small classifier answers in a tenth of it; every call that it looks at waits this long when it is down.
  detectorTimeoutMs: 2_000,
  flow: {
    // Waiting for the first untrusted result makes one mislabelled tool worth everything to an attacker.
    when: 'always',
    // A destination has to come from somewhere that an attacker can't write to.
    external: 'provenance',
    // What nobody asked for waits for a person: a request can be understood too narrowly.
    unrequested: 'hold',
    delegation: 'ask',
    trusted: { recipients: new Set(), accounts: new Set(), urls: [], from: [] },
    classes: new Map(),
  },
  approvals: {
    // Who may agree is an operator's to say.
    default: null,
    // Long enough for somebody who is at work to look, short enough that nobody approves yesterday's call.
    timeoutMs: 900_000,
    // One framework gives up at five seconds, and its model then goes on.
    waitMs: 3_000,
    // Asked about each value once; a person who is asked the same thing twice stops reading.
    remember: 'run',
    // A run that waits for more than this isn't asking, it is flooding.
    open: 3,
    selfApproval: false,
    execute: 'at_once',
    notify: [],
  },
};

export const policyLimits: {
  readonly fileBytesMax: number;
  readonly filesMax: number;
  readonly totalBytesMax: number;
  readonly includeDepthMax: number;
  readonly nodesMax: number;
  readonly depthMax: number;
  readonly diagnosticsMax: number;
  readonly listEntriesMax: number;
  readonly phrasesMax: number;
  readonly phraseCharactersMax: number;
  readonly outboundRulesMax: number;
  readonly detectorTimeoutMsMin: number;
  readonly detectorTimeoutMsMax: number;
  readonly approvalTimeoutMsMin: number;
  readonly approvalTimeoutMsMax: number;
  readonly approvalWaitMsMax: number;
  readonly approvalsOpenMax: number;
  readonly quorumMax: number;
  readonly freshMsMin: number;
  readonly freshMsMax: number;
  readonly untilApprovedMax: number;
  readonly channelsMax: number;
  readonly channelRecipientsMax: number;
} = {
  // A policy is read by people: the largest of our examples has 12 KiB.
  fileBytesMax: 1_048_576,
  filesMax: 200,
  totalBytesMax: 8_388_608,
  includeDepthMax: 8,
  nodesMax: 200_000,
  // The language itself needs twelve levels; deeper is an attack on the reader's stack.
  depthMax: 32,
  // More errors than this at once help nobody, and a hostile file could make millions.
  diagnosticsMax: 100,
  listEntriesMax: 10_000,
  // All of them are looked for in one pass over a text, with a table as large as they are together.
  phrasesMax: 500,
  phraseCharactersMax: 100,
  // Each is evaluated at every external call.
  outboundRulesMax: 100,
  // No model answers faster over HTTP; and an agent's own time-out is seldom longer than half a minute.
  detectorTimeoutMsMin: 50,
  detectorTimeoutMsMax: 30_000,
  // Nobody answers within less; and after a week nobody knows any more what they agree to.
  approvalTimeoutMsMin: 1_000,
  approvalTimeoutMsMax: 604_800_000,
  // The SDKs give up on a request after a minute: whoever gave up has no ticket. The rest is for the way back.
  approvalWaitMsMax: 50_000,
  // Each is shown to people and stands in the run's snapshot: nobody decides on a hundred calls of one run at a time.
  approvalsOpenMax: 100,
  // More people than this don't look at one call.
  quorumMax: 9,
  // Nobody signs in, reads and answers within less; a session lasts no longer than a day.
  freshMsMin: 1_000,
  freshMsMax: 86_400_000,
  // Counted one by one: who wants more than this wants to be asked for ever.
  untilApprovedMax: 10_000,
  // Each is written to for each hold.
  channelsMax: 10,
  // More people are a list's or a group's address.
  channelRecipientsMax: 50,
};
