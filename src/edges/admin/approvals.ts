/** Holds, as the command line asks for them. Looking is the operator's; an answer is a person's, who proves who they are. */
import { readJson } from '../../content/json.ts';
import { isJsonObject, type JsonObject } from '../../content/value.ts';
import { plainText } from '../../engine/approvals/plain-text.ts';
import type { Tokens } from '../../identity/tokens.ts';
import { ApprovalError } from '../../runtime/approvals/errors.ts';
import type { HoldAnswer, HoldShown, HoldSummary, Runtime } from '../../runtime/port.ts';

interface Answerable {
  readonly runtime: Pick<Runtime, 'holds'>;
  readonly tokens: Pick<Tokens, 'authenticateApprover'>;
}

export function listHolds({ runtime }: Answerable): JsonObject {
  return { holds: runtime.holds.open().map(asJson) };
}

/**
 * @param token - of the person who looks: then with what they may answer. Null: the operator.
 * @throws {IdentityError | ApprovalError}
 */
export async function showHold(
  { runtime, tokens }: Answerable,
  id: string,
  token: string | null,
): Promise<JsonObject> {
  const who = token === null ? ({ type: 'operator' } as const) : tokens.authenticateApprover(token);
  const hold = await runtime.holds.show(who, id);
  if (hold === null)
    throw new ApprovalError('approval.unknown', 'no such call waits', {
      hint: '`sallyport approvals list` shows those that do',
    });
  return {
    hold: asJson(hold),
    lines: [...plainText(hold.facts, { values: true })],
    who: who.type === 'approver' ? who.user : null,
  };
}

/** @throws {IdentityError | ApprovalError} */
export async function answerHold(
  { runtime, tokens }: Answerable,
  id: string,
  token: string,
  answer: HoldAnswer,
): Promise<JsonObject> {
  const approver = tokens.authenticateApprover(token);
  return { hold: asJson(await runtime.holds.answer(approver, id, answer)), by: approver.user };
}

/** They are JSON by their shape; reading them back says so to the compiler too. */
function asJson(hold: HoldShown | HoldSummary): JsonObject {
  const text = JSON.stringify(hold);
  // However long the arguments are: the gateway has taken them, and escaped they are longer.
  const value = readJson(text, { bytesMax: Buffer.byteLength(text), depthMax: 200 });
  return isJsonObject(value) ? value : {};
}
