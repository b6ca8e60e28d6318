import type { Lock } from '../lock.ts';
import type { HoursWindow, Policy, Tool } from '../model.ts';
import type { Report } from '../report.ts';
import type { CaseNames } from './terms.ts';

/** What every part of a compilation may look at. Names are known also when what they name couldn't be used. */
export interface Compilation {
  readonly report: Report;
  readonly lock: Lock;
  readonly currency: string | null;
  readonly timezone: string;
  readonly windows: ReadonlyMap<string, HoursWindow>;
  readonly upstreams: Policy['upstreams'];
  readonly upstreamNames: ReadonlySet<string>;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly toolNames: ReadonlySet<string>;
  /** `upstream.action` to the tools that do it. */
  readonly actions: ReadonlyMap<string, readonly Tool[]>;
  /** Upstreams with a tool that couldn't be used: an action that is missing may be that tool's. */
  readonly brokenUpstreams: ReadonlySet<string>;
  /** Roles that have a place in `roles`. */
  readonly declaredRoles: ReadonlySet<string>;
  /** Those, and the ones that users have: enough to approve, or to answer for a run. */
  readonly roleNames: ReadonlySet<string>;
  readonly approvers: Approvers;
}

/** Who can be asked. */
export interface Approvers {
  /** The role that answers where nothing names one. */
  readonly default: string | null;
  /** People by role. */
  readonly people: ReadonlyMap<string, ReadonlySet<string>>;
  /** Roles by person, of everybody whom the policy names. */
  readonly rolesOf: ReadonlyMap<string, readonly string[]>;
  readonly selfApproval: boolean;
}

/** For whom the runs are in which a grant counts. */
export interface WorksFor {
  /** There may be nobody. */
  readonly unattended: boolean;
  /** Null: that isn't one agent's to say. */
  readonly people: ReadonlySet<string> | null;
}

/** Where a constraint stands, and what it has to hold for. */
export interface ConstraintPlace {
  /** At least one; empty when the grant covers nothing that could be compiled, and then nothing is asked of it. */
  readonly covered: readonly Tool[];
  readonly caseNames: CaseNames;
  readonly worksFor: WorksFor;
  readonly compilation: Compilation;
}
