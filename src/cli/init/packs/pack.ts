import type { Reach } from '../../../policy/model.ts';

export type TierName = 'read_only' | 'reversible' | 'consequential' | 'irreversible';

/**
 * What somebody who read a server's source says of its tools. A pack only makes the first proposal: the file that
 * `init` writes is what counts, and a person reads it.
 */
export interface Pack {
  /** What the server calls itself. Anybody can call themselves that, so a tool must have the pack's very arguments too. */
  readonly server: string;
  readonly tools: Readonly<Record<string, PackTool>>;
}

export interface PackTool {
  readonly action: string;
  readonly tier: TierName;
  readonly reach: Reach;
  /** Every argument, in the policy's own words: a kind, or a YAML flow map. */
  readonly args: Readonly<Record<string, string>>;
  /** A YAML flow map. */
  readonly returns?: string;
  /** Said in a comment beside the tool. */
  readonly why?: string;
}
