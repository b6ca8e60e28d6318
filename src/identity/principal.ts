/** Who presents a credential. Made only by `tokens.ts` from a verified token: never from a header, a name or a client's id. */
export type Principal =
  | {
      readonly type: 'agent';
      readonly credential: string;
      readonly agent: string /** The person it works for, fixed at minting; null: unattended. */;
      readonly user: string | null;
    }
  /** May open, read and close runs of `agents` (null: of every agent). */
  | {
      readonly type: 'opener';
      readonly credential: string;
      readonly name: string;
      readonly agents: readonly string[] | null;
    };

/** A person who signed in: may look at holds, and answer those that are theirs. What their roles are says the policy, each time. */
export interface ApproverPrincipal {
  readonly type: 'approver';
  readonly credential: string;
  /** The person's id, as the policy's `users` name it. */
  readonly user: string;
  /** When they presented the credential itself. */
  readonly signedInAtMs: number;
}
