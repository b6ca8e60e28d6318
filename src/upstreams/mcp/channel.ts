import type { JsonObject, JsonValue } from '../../content/value.ts';
import type { FailureReason } from '../port.ts';
import type { Agreement } from './protocol.ts';

/** One question to an upstream, however it travels. */
export interface Question {
  readonly method: string;
  readonly params: JsonObject;
  readonly timeoutMs: number;
  /** Null before there is one. */
  readonly agreement: Agreement | null;
  /** The modern version to ask in before anything is agreed: the probe's. */
  readonly probeVersion?: string;
  /** Headers that mirror arguments (modern HTTP). */
  readonly headers?: Readonly<Record<string, string>>;
  readonly onProgress?: (progress: number, total: number | null) => void;
}

export type Exchange =
  | { readonly type: 'result'; readonly result: JsonObject }
  | {
      readonly type: 'error';
      readonly code: number;
      readonly message: string;
      readonly data: JsonValue /** The request was turned away before anything was performed. */;
      readonly refused: boolean;
    }
  | Failure;

export interface Failure {
  readonly type: 'failed';
  readonly reason: FailureReason;
  /** `no`: it certainly had no effect. */
  readonly performed: 'no' | 'maybe';
  /** For operators. */
  readonly detail: string;
  readonly retryAfterMs?: number;
  readonly httpStatus?: number;
  /** What would make a second attempt worth it. Only ever set together with `performed: 'no'`. */
  readonly cure?: 'new_session' | 'read_credential_again';
}

/** A way to one MCP server. Total: its promises resolve whatever happens. */
export interface Channel {
  ask(question: Question): Promise<Exchange>;
  /** A notification, best effort. */
  tell(method: string, params: JsonObject, agreement: Agreement): Promise<void>;
  /** Called for notifications that belong to no question of ours. */
  listen(agreement: Agreement, onNotification: (method: string) => void): void;
  /** Why it ended; never resolves while it can still be used. */
  readonly ended: Promise<string>;
  /** After this, nothing of it is left: no process, no socket. `finish`: once what is in flight has been answered. */
  close(inFlight: 'finish' | 'abandon'): Promise<void>;
}
