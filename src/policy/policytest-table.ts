/** What a table of policy tests says, once it is read. */
import type { JsonObject } from '../content/value.ts';
import type { FindingCode } from '../engine/codes.ts';
import type { PlanEntry, SourcePosition } from './model.ts';
import type { Located } from './shape/shape.ts';

export interface PolicyTestTable {
  readonly tests: readonly PolicyTest[];
}

/** One test is one run, in a world where nothing happened before. */
export interface PolicyTest {
  readonly name: string;
  readonly at: SourcePosition;
  readonly given: Given;
  readonly steps: readonly TestStep[];
}

/** Who works, for whom, on what, and when. */
export interface Given {
  readonly agent: Located<string>;
  /** Null: nobody is present. */
  readonly user: Located<string> | null;
  /** Null: the run was opened by nobody, so it has no case. */
  readonly case: Readonly<Record<string, string | number | boolean>> | null;
  /** Null: nobody said what is wanted. */
  readonly request: { readonly text: string; readonly trusted: boolean } | null;
  /** What its opener narrows it to. Null: nothing is narrowed. */
  readonly only: readonly PlanEntry[] | null;
  /** What the agent has beside Sallyport. */
  readonly outside: readonly string[];
  readonly atMs: number;
}

export type TestStep = { readonly at: SourcePosition } & (
  | { readonly type: 'call'; readonly call: TestCall; readonly times: number }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'report'; readonly usage: TestUsage }
  /** Another run in the same world: what is counted beyond a run goes on. `below`: the run before it is its parent. */
  | { readonly type: 'open'; readonly given: Given; readonly below: boolean }
);

export interface TestCall {
  readonly tool: string;
  readonly args: JsonObject;
  readonly expect: Expectation;
  /** Whoever answers the hold, and agrees. Empty: nobody does, and it isn't performed. */
  readonly approvedBy: readonly Located<string>[];
  /** What the upstream answers, if it gets so far. Null: that it is done. */
  readonly returns: TestAnswer | null;
  /** What Sallyport's own look at what the call names gets, by the tool that looks. A tool that isn't here finds nothing. */
  readonly finds: ReadonlyMap<string, TestAnswer>;
  /** What the agent has to get. Null: the table doesn't say. */
  readonly shows: TestShown | null;
}

export interface Expectation {
  /** `join`: a repeat of a call whose end isn't known, which gets that call's outcome and acts no second time. */
  readonly verdict: 'allow' | 'hold' | 'deny' | 'join';
  /** Every reason of that verdict, no more and no fewer: a call refused for another reason than meant is a mistake too. */
  readonly codes: readonly FindingCode[];
  /** Who has to be asked: roles, `user`, `break_glass: role`. Null: the table doesn't say. */
  readonly asks: readonly Located<string>[] | null;
}

export type TestAnswer =
  | { readonly type: 'data'; readonly data: JsonObject }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'refuses'; readonly text: string }
  /** No answer came: the call may have happened. */
  | { readonly type: 'lost' };

export type TestShown =
  | { readonly type: 'data'; readonly data: JsonObject }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'withheld'; readonly code: FindingCode };

export interface TestUsage {
  readonly steps: number;
  readonly tokens: number;
  readonly costMicroUsd: number;
  readonly model: string | null;
}
