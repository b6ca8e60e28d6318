/**
 * The compiled policy: what the loader makes of the YAML and the engine reads. Frozen data and pure functions;
 * nothing in it is looked up again, parsed again, or able to fail other than by saying so in its result.
 */

import type { PiiType } from '../content/detection/pii/find-pii.ts';
import type { Kind, KindName, Parsed } from '../content/kind.ts';
import type { Pointer } from '../content/pointer.ts';
import type { SqlTable } from '../content/sql/reading.ts';
import type { JsonObject, JsonValue } from '../content/value.ts';

export type Tier = 0 | 1 | 2 | 3;
export type Reach = 'internal' | 'external';
export type Enforcement = 'observe' | 'warn' | 'strict';

/** Where something was written: the file as named on the command line or in `include`, 1-based line and column. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Policy {
  /** `sha256:<hex>` over the canonical form (RFC 8785): comments, key order and file layout don't change it. */
  readonly hash: string;
  /** The canonical form itself: what the hash covers, and what the load event compares keys of. */
  readonly canonical: JsonObject;
  /** `sha256:<hex>` of the lock that this policy was compiled against. */
  readonly lockDigest: string;
  readonly enforcement: Enforcement;
  readonly timezone: string;
  readonly currency: string | null;
  /** Named windows of `hours`. */
  readonly windows: ReadonlyMap<string, HoursWindow>;
  readonly upstreams: ReadonlyMap<string, UpstreamDeclaration>;
  /** Static users by id. */
  readonly users: ReadonlyMap<string, UserDeclaration>;
  /** By full name, `upstream.operation`; variants too. */
  readonly tools: ReadonlyMap<string, Tool>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly breaker: BreakerSettings;
  /** Alert events that a person wants to hear of; the ledger records all of them in any case. */
  readonly alertEvents: ReadonlySet<string>;
  /** Where those are sent. */
  readonly alertChannels: readonly Channel[];
  readonly approvals: ApprovalRules;
  readonly content: ContentRules;
  readonly flow: Flow;
  /** Words by which a request asks for an action, beyond those that ship with the product: by the action's name. */
  readonly actionWords: ReadonlyMap<string, readonly string[]>;
  readonly checkpoints: CheckpointSinks;
}

/** How people are asked. */
export interface ApprovalRules {
  /** The role that answers where nothing else names one. Null: what names none can't be asked, and is refused. */
  readonly default: string | null;
  /** How long a hold waits for an answer; then it is rejected, with an alert. */
  readonly timeoutMs: number;
  /** How long a request is kept open for one; then its agent gets a ticket. */
  readonly waitMs: number;
  /** Whether an answer about a value speaks for the rest of the run. */
  readonly remember: 'run' | 'never';
  /** Calls of one run that may wait at a time. */
  readonly open: number;
  /** Whether the person on whose behalf a run works may approve what it does. */
  readonly selfApproval: boolean;
  /** When the request no longer waits: Sallyport performs the approved call itself, or the agent's repeat does. */
  readonly execute: 'at_once' | 'on_repeat';
  /** All of them are told of each hold. */
  readonly notify: readonly Channel[];
}

/** Where messages to people go. A message shows no argument's value unless `shows` names its classes. */
export type Channel = {
  readonly at: SourcePosition;
  /** Classes of data that a message may hold. */
  readonly shows: ReadonlySet<string>;
} & (
  | { readonly type: 'slack'; readonly webhook: SecretReference }
  | {
      readonly type: 'email';
      readonly to: readonly string[];
      /** Null: `sallyport@` and the domain of the first recipient. */
      readonly from: string | null;
      /** `smtp://user:password@host:port` or `smtps://`. */
      readonly smtp: SecretReference;
    }
  | { readonly type: 'webhook'; readonly url: string; readonly secret: SecretReference }
);

/** Where the ledger's checkpoints leave the host for. */
export interface CheckpointSinks {
  /** Absolute. */
  readonly file: string | null;
  readonly webhook: { readonly url: string; readonly secret: SecretReference } | null;
}

// ---- content ---------------------------------------------------------------------------------------------------

/** What is done with texts on their way. Detectors only tighten. `response` is what a policy writes as `then`. */
export interface ContentRules {
  readonly injection: {
    /** From which score on (0 to 1) a text counts as giving orders. */
    readonly at: number;
    /** `frame`: marked where it stands. `hold_next`: marked, and the run's next call of tier >= 1 waits for a person. */
    readonly response: 'frame' | 'redact' | 'withhold' | 'hold_next';
  };
  /** Null: nobody redacts personal data. */
  readonly pii: {
    readonly redact: ReadonlySet<PiiType>;
    /** An argument is never rewritten: in `arguments` it refuses the call. */
    readonly in: ReadonlySet<ContentPlace>;
  } | null;
  readonly secrets: {
    /** What happens to a call that carries one; in results and in the ledger it is redacted. */
    readonly response: 'deny' | 'hold';
    readonly in: ReadonlySet<ContentPlace>;
  };
  readonly results: {
    readonly maxBytes: number;
    /** Which results stand between boundaries: all that is untrusted, or only what was found to give orders. */
    readonly frame: 'untrusted' | 'flagged';
    /** Of links and images in untrusted results: `show` where they lead, or `keep` them as they are. */
    readonly links: 'show' | 'keep';
  };
  readonly outbound: OutboundReview | null;
  readonly detector: DetectorDeclaration | null;
}

export type ContentPlace = 'arguments' | 'results' | 'ledger';

/** Looks at what is about to leave: at each external call. */
export interface OutboundReview {
  readonly position: SourcePosition;
  /** From which score on (0 to 1). */
  readonly at: number;
  readonly response: 'hold' | 'deny';
  /** Whole words or phrases, in any case, that say what class a text is of: `CONFIDENTIAL`. */
  readonly markers: readonly string[];
  /** Whole words or phrases, in any case, that must not go out unseen: `guarantee`, `class action`. */
  readonly tone: readonly string[];
  /**
   * What may leave in an argument of the kind `attachment`: media types (`application/pdf`, `image/*`) and extensions
   * (`.pdf`), in small letters. Null: whatever it is.
   */
  readonly attachments: ReadonlySet<string> | null;
  readonly rules: readonly {
    readonly position: SourcePosition;
    readonly program: CelProgram;
    readonly response: 'hold' | 'deny';
  }[];
}

/** A model that scores texts, asked over HTTP. */
export interface DetectorDeclaration {
  readonly url: string;
  readonly timeoutMs: number;
  /** Presented as a bearer token. */
  readonly credential: SecretReference | null;
}

// ---- flow ------------------------------------------------------------------------------------------------------

/** What untrusted and classified data may do. Only ever tightens. */
export interface Flow {
  /** `untrusted`: with a trusted request too, the rules wait for the first untrusted result. */
  readonly when: 'always' | 'untrusted';
  /** What happens to an external call after untrusted data. */
  readonly external: 'deny' | 'hold' | 'provenance' | 'allow';
  /** An action of tier >= 1 that no clause of a trusted request asked for. */
  readonly unrequested: 'allow' | 'hold' | 'deny';
  /** What a request that hands its work to a document is worth. */
  readonly delegation: 'ask' | 'deny';
  readonly trusted: TrustedValues;
  /** Where data of a class may go, by class. A class that isn't here goes where the other rules let it. */
  readonly classes: ReadonlyMap<string, readonly AudienceTerm[]>;
}

/** Destinations that an operator vouches for. */
export interface TrustedValues {
  /** Keys of parsed values. A mail domain is a ceiling, never a source: it can't stand here. */
  readonly recipients: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly urls: readonly UrlTerm[];
  /** What these tools provide of this kind, whatever condition the tool itself puts on it. */
  readonly from: readonly { readonly tool: string; readonly provides: KindName }[];
}

/** An entry of `may_reach`. */
export type AudienceTerm =
  | { readonly type: 'case'; readonly name: string }
  | { readonly type: 'address'; readonly key: string }
  | { readonly type: 'domain'; readonly domain: string }
  | { readonly type: 'subdomains'; readonly domain: string }
  | { readonly type: 'upstream'; readonly name: string }
  | { readonly type: 'url'; readonly url: UrlTerm }
  /** Whoever the data is about, if that is one and the same. */
  | { readonly type: 'subject' }
  | { readonly type: 'model' };

// ---- upstreams -------------------------------------------------------------------------------------------------

export interface UpstreamDeclaration {
  readonly name: string;
  readonly at: SourcePosition;
  readonly transport:
    | {
        readonly type: 'stdio';
        readonly command: string;
        readonly args: readonly string[];
        readonly env: ReadonlyMap<string, string | SecretReference>;
      }
    | { readonly type: 'streamable_http'; readonly url: string }
    | { readonly type: 'functions' };
  readonly credential: CredentialDeclaration | null;
}

/** `{ from: provider:path#field }`: named, never written. Providers of today: `env:NAME`, `file:/path`. */
export interface SecretReference {
  readonly from: string;
}

export interface CredentialDeclaration {
  readonly secret: SecretReference;
  readonly as:
    | { readonly type: 'bearer' }
    | { readonly type: 'basic' }
    | { readonly type: 'header'; readonly name: string }
    | { readonly type: 'query'; readonly name: string }
    | { readonly type: 'env'; readonly name: string };
}

// ---- tools -----------------------------------------------------------------------------------------------------

export interface Tool {
  /** `upstream.operation`, as the policy, the wire and the record name it. */
  readonly name: string;
  readonly upstream: string;
  /** What the upstream calls it: of a variant, the operation of the tool it is `of`. */
  readonly operation: string;
  /** `resources/read` and `prompts/get` are calls too. */
  readonly surface: 'tool' | 'resource' | 'prompt';
  readonly at: SourcePosition;
  readonly action: string;
  readonly tier: Tier;
  readonly reach: Reach;
  /** Arguments in the order written; an argument with parts has several entries in `parts`. */
  readonly args: ReadonlyMap<string, Argument>;
  /** Of a variant: arguments that are filled and hidden. Empty otherwise. */
  readonly fixed: JsonObject;
  readonly variantOf: string | null;
  readonly returns: Returns;
  readonly idempotent: boolean;
  /** What runs write into it comes back: its results carry the labels of the runs that wrote. */
  readonly memory: boolean;
  readonly persists: boolean;
  /** The object that it acts on: `file`, `event`. Null: not said. */
  readonly on: string | null;
  /** How the thing that an argument names is read, by argument: Sallyport's own call, before the decision. */
  readonly resolve: ReadonlyMap<string, Resolve>;
  /** How old a remembered record may be for this tool; null: as old as its run. */
  readonly freshMs: number | null;
  /** What a person accepted. Null: not in the lock, so every call is refused with `catalog.unpinned`. */
  readonly pin: PinnedDefinition | null;
}

export interface Resolve {
  /** Full name of a tool of tier 0. */
  readonly tool: string;
  /** The argument of that tool that takes the value. */
  readonly argument: string;
  /** That argument is a list: the value goes in as its only element. */
  readonly isList: boolean;
}

export interface Argument {
  readonly name: string;
  readonly parts: readonly { readonly pointer: Pointer; readonly kind: Kind }[];
  readonly absentIsNone: boolean;
}

/** One tool's definition as it stood when a person accepted it (`sallyport.lock`). */
export interface PinnedDefinition {
  /** `sha256:<hex>` over the RFC 8785 form of the whole definition that the upstream listed. */
  readonly digest: string;
  readonly title: string | null;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject | null;
  readonly annotations: JsonObject | null;
  /** Compiled with RE2 patterns. Total: returns what is wrong, in words that quote no value, or an empty list. */
  readonly checkInput: SchemaCheck;
  readonly checkOutput: SchemaCheck | null;
  /** Fills the schema's defaults into a copy, for absent properties only. */
  readonly fillDefaults: (args: JsonObject) => JsonObject;
}

export interface Provided {
  readonly kind: Kind;
  readonly at: Pointer;
  readonly when:
    | { readonly type: 'always' }
    /** The record is named in the request, or the only one that a look-up made of the request's own words found. */
    | { readonly type: 'named' }
    /** The record's own fields say so: `{ /status: sent }`. Pointers start at the record. */
    | {
        readonly type: 'fields';
        readonly equal: readonly { readonly pointer: Pointer; readonly value: JsonValue }[];
      };
}

export interface RecordField {
  readonly pointer: Pointer;
  /** How its value is read, so that `usd(50)` means the same here as in an argument. Null: as the JSON has it. */
  readonly kind: Kind | null;
}

export type SchemaCheck = (
  value: JsonValue,
) => readonly { readonly pointer: string; readonly message: string }[];

export interface Returns {
  readonly trust: 'trusted' | 'untrusted';
  readonly classes: readonly string[];
  readonly subject: readonly Pointer[] | { readonly arg: string } | null;
  /** Where the items are; null: the result has none. */
  readonly items: Pointer | null;
  readonly each: readonly {
    readonly pointer: Pointer;
    readonly attribute: string;
    readonly kind: Kind | null;
  }[];
  /** Numbers that would give a filtered list away: each is set to the number of items left. */
  readonly counts: readonly Pointer[];
  /** Values that later calls may use, by kind. Pointers start at the root. */
  readonly provides: readonly Provided[];
  /** What a record of the result is: `order`, `file`. With `items` each item is one, else the result is. */
  readonly object: string | null;
  /** Of a record, where its id is, and its owner's. Null where not said. */
  readonly id: Pointer | null;
  readonly owner: Pointer | null;
  /** Of a record, what constraints and expressions may read: `ref.<argument>.<field>`. */
  readonly fields: ReadonlyMap<string, RecordField>;
  /** Of a record, what a person would call it by. */
  readonly names: readonly Pointer[];
  /** Of a record, what a superlative of a request may pick it by. */
  readonly order: readonly Pointer[];
  readonly parse: 'json' | 'yaml' | null;
  /** Media that may pass: `image`, `audio`, `resource`, `resource_link`. Text always may. */
  readonly content: ReadonlySet<string>;
  /** CEL over `result`; null: the upstream's own `isError` decides. */
  readonly success: CelProgram | null;
}

// ---- people and agents -----------------------------------------------------------------------------------------

export interface UserDeclaration {
  readonly id: string;
  readonly roles: ReadonlySet<string>;
}

export interface Role {
  readonly name: string;
  readonly permissions: Permissions;
}

export interface Agent {
  readonly name: string;
  readonly at: SourcePosition;
  readonly actsFor: readonly string[];
  /** Runs without a user are allowed, and this role answers for them. Null: a run needs a user. */
  readonly unattendedOwner: string | null;
  readonly caseNames: ReadonlyMap<string, CaseDeclaration>;
  readonly model: { readonly pin: string | null; readonly through: 'reported' } | null;
  readonly budget: Budget;
  readonly rate: Rate | null;
  readonly loops: LoopLimits;
  /** Calls of one run in flight at a time; null: no bound but the run's queue. */
  readonly parallel: number | null;
  readonly enforcement: Enforcement | null;
  readonly dryRun: boolean;
  readonly permissions: Permissions;
  /** `upstream.action` names; beats everything. */
  readonly forbidden: ReadonlySet<string>;
}

export type CaseDeclaration =
  | { readonly type: 'kind'; readonly kind: Kind }
  | { readonly type: 'one_of'; readonly values: readonly string[] };

/** By `upstream.action`. */
export type Permissions = ReadonlyMap<string, Grant>;

export interface Grant {
  /** `agents.email_agent.gmail.send`: the key that counters live under. */
  readonly key: string;
  readonly at: SourcePosition;
  /** Any one is enough. `allow` is one alternative without constraints. */
  readonly alternatives: readonly Alternative[];
}

export interface Alternative {
  /** The grant's key, with its index when the grant is a list. */
  readonly key: string;
  readonly at: SourcePosition;
  /** Full tool names; null: all tools of the action. */
  readonly tools: ReadonlySet<string> | null;
  /** True for `allow` and for `{}`-like maps: at tier 3 an agent's grant has to name the action, which it does by being there. */
  readonly constraints: readonly Constraint[];
  readonly approval: Approval;
  readonly repeatAllowed: boolean;
  readonly enforcement: Enforcement | null;
}

export type Approval =
  | { readonly type: 'tier' }
  | { readonly type: 'never' }
  | {
      readonly type: 'by';
      readonly role: string | null;
      readonly if: CelProgram | null;
      readonly quorum: number;
      /** Each of them signed in so recently; null: whenever. */
      readonly freshMs: number | null;
      /** After so many approvals and at most so many rejections of such calls nobody is asked any more; null: always. */
      readonly until: { readonly approved: number; readonly rejected: number } | null;
    };

/** Answers one constraint's failure and nothing else. `user` as a role is the run's own person. */
export type Otherwise =
  | { readonly type: 'approval'; readonly role: string }
  | { readonly type: 'break_glass'; readonly role: string };

/** Of a run's `only`: an action, or `{ action, tools, …constraints }` in the grammar of a grant. */
export type PlanEntry = string | JsonObject;

// ---- constraints -----------------------------------------------------------------------------------------------

/** A value in the policy: written there, already parsed by the kind it is compared with, or bound by the run's opener. */
export type Term =
  | { readonly type: 'literal'; readonly value: Parsed }
  | { readonly type: 'case'; readonly name: string };

/** An entry of an address list: one address, a domain's own addresses, or its subdomains (`*.x.example`). */
export type AddressTerm =
  | { readonly type: 'address'; readonly key: string }
  | { readonly type: 'domain'; readonly domain: string }
  | { readonly type: 'subdomains'; readonly domain: string }
  | { readonly type: 'case'; readonly name: string };

export interface UrlTerm {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** Without a trailing slash; covers itself and everything below it. */
  readonly path: string;
}

export interface Glob {
  readonly text: string;
  readonly matches: (value: string) => boolean;
  /** Whether it matches the path or a folder above it. */
  readonly covers: (path: string) => boolean;
}

export interface Money {
  readonly minor: number;
  readonly currency: string;
}

export interface Rate {
  readonly max: number;
  readonly windowMs: number;
}

export type ValueTerm = Term | { readonly type: 'glob'; readonly glob: Glob };

/** Of one value: what it may be. The bounds of an amount count the smallest unit. */
export type ValueTest =
  | { readonly type: 'terms'; readonly terms: readonly ValueTerm[] }
  | { readonly type: 'range'; readonly min: number | null; readonly max: number | null };

export type WhereTest =
  | ValueTest
  /** It has to come from a field that a tool `provides` for the argument's kind. */
  | { readonly type: 'provided' }
  /** What it names has to be such, as the run was last shown it. */
  | { readonly type: 'record'; readonly object: string; readonly tests: readonly RecordTest[] };

export interface RecordTest {
  /** The field, or `owner`. */
  readonly name: string;
  /** How the field's values were read. */
  readonly kind: Kind;
  readonly test: ValueTest;
}

interface ConstraintCommon {
  /** As the policy writes it: `recipients`, `where.thread_id`. */
  readonly name: string;
  readonly at: SourcePosition;
  readonly otherwise: Otherwise | null;
}

export type Constraint = ConstraintCommon &
  (
    | { readonly type: 'recipients'; readonly only: readonly AddressTerm[] }
    | { readonly type: 'max_recipients'; readonly max: number }
    | { readonly type: 'allowed_domains'; readonly domains: readonly AddressTerm[] }
    | { readonly type: 'forbidden_domains'; readonly domains: readonly AddressTerm[] }
    | { readonly type: 'senders'; readonly only: readonly AddressTerm[] }
    | {
        readonly type: 'folders';
        readonly only: readonly Term[] | null;
        readonly except: readonly Term[];
      }
    | {
        readonly type: 'paths';
        readonly under: readonly Term[] | null;
        readonly except: readonly Glob[];
      }
    | { readonly type: 'urls'; readonly only: readonly (UrlTerm | { readonly case: string })[] }
    | { readonly type: 'accounts'; readonly only: readonly Term[] }
    | { readonly type: 'commands'; readonly only: readonly Term[] }
    | {
        readonly type: 'tables';
        readonly only: readonly SqlTable[] | null;
        readonly except: readonly SqlTable[];
      }
    | { readonly type: 'rows'; readonly max: number }
    | {
        readonly type: 'fields';
        readonly mode: 'only' | 'except';
        readonly names: ReadonlySet<string>;
        readonly pointers: readonly Pointer[];
      }
    | {
        readonly type: 'items';
        readonly attribute: string;
        readonly mode: 'only' | 'except';
        readonly terms: readonly (Term | AddressTerm)[];
      }
    | { readonly type: 'max_amount'; readonly amount: Money }
    | {
        readonly type: 'max_total';
        readonly scope: 'case' | 'user' | 'agent';
        readonly amount: Money;
        readonly windowMs: number | null;
      }
    | {
        readonly type: 'once_per';
        readonly arguments: readonly string[];
        readonly of: 'grant' | 'tool';
      }
    | { readonly type: 'hours'; readonly windows: readonly HoursWindow[] }
    | { readonly type: 'rate'; readonly rate: Rate }
    | {
        readonly type: 'after' | 'not_after';
        /** Any one of them. */
        readonly tools: readonly string[];
        /** Arguments that both calls have, with equal values. Empty: whatever they were called with. */
        readonly same: readonly string[];
      }
    | { readonly type: 'novelty'; readonly of: KindName }
    | { readonly type: 'where'; readonly argument: string; readonly test: WhereTest }
    | { readonly type: 'when'; readonly program: CelProgram }
  );

/** Half-open: from the first minute to before the last, in an IANA zone. May wrap past midnight. */
export interface HoursWindow {
  readonly text: string;
  /** 0 is Sunday. */
  readonly days: ReadonlySet<number>;
  readonly fromMinute: number;
  readonly untilMinute: number;
  readonly timezone: string;
}

// ---- limits ----------------------------------------------------------------------------------------------------

/** `then: hold`: a person may grant as much again. */
export interface BudgetLimit {
  readonly max: number;
  readonly then: 'deny' | 'hold';
}

export interface Budget {
  readonly steps: BudgetLimit | null;
  readonly toolCalls: BudgetLimit | null;
  readonly durationMs: BudgetLimit | null;
  readonly tokens: BudgetLimit | null;
  /** `max` in millionths of a US dollar. */
  readonly costMicroUsd: BudgetLimit | null;
}

export interface LoopLimits {
  /** Equal calls in a row with an equal result. */
  readonly sameCall: number;
  /** Calls of one tool in a row. */
  readonly sameTool: number;
  /** Times that a cycle of two to four calls may repeat. */
  readonly cycle: number;
}

export interface BreakerSettings {
  readonly failures: number;
  readonly resetMs: number;
}

// ---- CEL -------------------------------------------------------------------------------------------------------

export interface CelProgram {
  readonly source: string;
  readonly at: SourcePosition;
  /** Arguments of whose records it speaks: `ref.order_id`. */
  readonly refs: ReadonlySet<string>;
  /** Total: an expression that errors says so, and its caller denies (or, in an approval's `if`, asks). */
  readonly evaluate: (bindings: CelBindings) => CelResult;
}

export type CelResult =
  | { readonly ok: true; readonly value: true }
  | {
      readonly ok: true;
      readonly value: false;
      /** Of `a && b`, the part that is false; null: none is by itself. */
      readonly failed: string | null;
    }
  | {
      readonly ok: false;
      readonly error: string;
      /** What an argument names isn't known, or not any more. */
      readonly isUnresolved: boolean;
    };

/** What an expression sees of a thing that an argument names. */
export type CelRecord = {
  readonly owner: string | null;
  readonly fields: JsonObject;
};

/** What an expression sees. Lists hold canonical text (`Parsed.key`), amounts the smallest unit, dates as given. */
export interface CelBindings {
  readonly call: {
    readonly args: JsonObject;
    readonly lists: Readonly<Record<CelListName, readonly (string | number | boolean)[]>>;
  };
  readonly tool: string;
  readonly agent: string;
  readonly user: { readonly id: string | null; readonly roles: readonly string[] };
  readonly run: { readonly id: string; readonly calls: number; readonly steps: number };
  readonly case: Readonly<Record<string, string | number | boolean>>;
  /** Epoch milliseconds; CEL sees a timestamp. */
  readonly nowMs: number;
  /** Of each thing that an argument names, in its order; null: not known, or not any more. Left out: nothing is known. */
  readonly records?: (argument: string) => readonly (CelRecord | null)[];
  /** Only for `returns.success`. */
  readonly result?: JsonValue;
  /** Only for `content.outbound.rules`. */
  readonly content?: CelFindings;
}

/** What an expression sees of what was found in the arguments of a call. */
export interface CelFindings {
  /** The highest score of any text, 0 to 1. */
  readonly injection: number;
  /** Types, each once. */
  readonly pii: readonly PiiType[];
  readonly secrets: readonly string[];
  /** As `outbound.markers` and `outbound.tone` write them. */
  readonly markers: readonly string[];
  readonly tone: readonly string[];
  /** Those that `outbound.attachments` doesn't list. */
  readonly attachments: readonly string[];
  /** The highest score that the policy's own detector gave; 0 where it gave none. */
  readonly model: number;
  /** It was asked, and of some text it said nothing. */
  readonly modelFailed: boolean;
}

export type CelListName =
  | 'recipients'
  | 'senders'
  | 'urls'
  | 'accounts'
  | 'amounts'
  | 'paths'
  | 'folders'
  | 'queries'
  | 'commands'
  | 'contents'
  | 'attachments'
  | 'references'
  | 'identifiers'
  | 'numbers'
  | 'dates'
  | 'flags';
