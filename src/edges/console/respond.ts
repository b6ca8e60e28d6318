import type { ServerResponse } from 'node:http';
import { SallyportError } from '../../content/errors.ts';
import { IdentityError } from '../../identity/errors.ts';
import { LedgerError } from '../../ledger/errors.ts';
import { ApprovalError, type ApprovalErrorCode } from '../../runtime/approvals/errors.ts';
import { StoreError } from '../../store/errors.ts';
import { HttpRefusal } from '../http/refusal.ts';
import { finish } from '../http/respond.ts';
import { ConsoleRefusal } from './refusal.ts';

export async function sendView(
  response: ServerResponse,
  status: number,
  view: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const text = JSON.stringify(view);
  if (!response.headersSent && !response.destroyed) {
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...headers,
    });
  }
  await finish(response, text);
}

/** What whoever asked is told of an error; null: it is a fault of ours. */
export interface Told {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export function toldOf(error: unknown): Told | null {
  if (!(error instanceof SallyportError)) return null;
  const { code, message, hint } = error;
  const told = (status: number, headers: Told['headers'] = {}): Told => ({
    status,
    code,
    message,
    hint,
    headers,
  });
  if (error instanceof HttpRefusal || error instanceof ConsoleRefusal)
    return told(error.status, error.headers);
  if (error instanceof ApprovalError) return told(approvalStatus[error.code]);
  if (error instanceof IdentityError) return told(401);
  if (error instanceof LedgerError && error.code === 'ledger.not_sealed') return told(409);
  if (error instanceof StoreError) return told(503);
  return null;
}

const approvalStatus: Readonly<Record<ApprovalErrorCode, number>> = {
  'approval.unknown': 404,
  'approval.settled': 409,
  'approval.expired': 410,
  'approval.changed': 409,
  'approval.not_yours': 403,
  'approval.requester': 403,
  'approval.not_fresh': 403,
  'approval.reason_needed': 422,
  'approval.edit_denied': 422,
};
