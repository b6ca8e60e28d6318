/** Holds as those see them who may answer them, from the moment when the gateway starts to the moment when it goes. */
import { readJson } from '../../content/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { Held } from '../../engine/hold.ts';
import type { ApproverPrincipal } from '../../identity/principal.ts';
import type { HoldAnswer, HoldShown, HoldSummary, Holds, OperatorPrincipal } from '../port.ts';
import { Answering, type AnsweringParts, refusing } from './answering.ts';
import { Editing } from './editing.ts';
import type { HoldState } from './hold-state.ts';
import type { OpenHold } from './open-holds.ts';
import { Reconsidering, type ReconsideringParts } from './reconsidering.ts';
import { sentenceFor, sentences, standingOf } from './standing.ts';
import { parseHoldFacts } from './stored-facts.ts';

/** As deep as anything is that a call may carry, with what stands around it. */
const storedDepthMax = 128;

export class Approvals implements Holds {
  readonly #parts: AnsweringParts;
  readonly #answering: Answering;
  readonly #editing: Editing;
  readonly #reconsidering: Reconsidering;

  constructor(parts: ReconsideringParts) {
    this.#parts = parts;
    this.#answering = new Answering(parts);
    this.#editing = new Editing({ ...parts, answering: this.#answering });
    this.#reconsidering = new Reconsidering(parts);
  }

  open(): readonly HoldSummary[] {
    return this.#parts.holds.inOrder().map((hold) => hold.summary());
  }

  async show(who: ApproverPrincipal | OperatorPrincipal, id: string): Promise<HoldShown | null> {
    const hold = this.#parts.holds.get(id);
    return hold === undefined || hold.begun ? null : this.#shown(who, hold);
  }

  answer(approver: ApproverPrincipal, id: string, answer: HoldAnswer): Promise<HoldSummary> {
    return this.#answering.answer(approver, id, answer);
  }

  async preview(approver: ApproverPrincipal, id: string, args: JsonObject): Promise<HoldShown> {
    const edited = await this.#editing.preview(approver, id, args);
    const { now } = edited.step;
    const hold = this.#answering.waiting(id);
    return {
      ...hold.summaryOf(now),
      facts: edited.facts,
      arguments: asObject(edited.arguments),
      agreements: [],
      result: null,
      edited: await this.#changed(now.state.edited),
      reason: now.state.reason,
      mine: await this.#mine(approver, hold, now.held),
      editable: true,
    };
  }

  async edit(
    approver: ApproverPrincipal,
    id: string,
    args: JsonObject,
    digest: string,
    reason: string | null,
  ): Promise<HoldSummary> {
    return (await this.#editing.edit(approver, id, args, { digest, reason })).summary();
  }

  /** When what was begun of it has ended. */
  get reconsidered(): Promise<void> {
    return this.#reconsidering.underWay;
  }

  /** Another policy is in force. */
  reconsider(): Promise<void> {
    return this.#reconsidering.all();
  }

  async #shown(who: ApproverPrincipal | OperatorPrincipal, hold: OpenHold): Promise<HoldShown> {
    const { held, state } = hold.now;
    const facts = parseHoldFacts(await this.#stored(state.shown));
    if (facts === null) throw refusing('approval.unknown');
    return {
      ...hold.summary(),
      facts,
      arguments: asObject(await this.#stored(held.arguments)),
      agreements: held.agreements,
      result: held.withheld === null ? null : asObject(await this.#stored(held.withheld.kept)),
      edited: await this.#changed(state.edited),
      reason: state.reason,
      mine: await this.#mine(who, hold, held),
      editable: hold.known !== null && held.of === 'call' && held.state === 'waiting',
    };
  }

  async #mine(
    who: ApproverPrincipal | OperatorPrincipal,
    hold: OpenHold,
    held: Held,
  ): Promise<HoldShown['mine']> {
    const { user } = hold;
    if (who.type === 'operator')
      return {
        asks: [],
        not: Object.fromEntries(held.asks.map(({ key }) => [key, sentences['approval.not_yours']])),
        mayReject: false,
        signInAgain: false,
        reasonNeeded: false,
      };
    const { store, policy } = this.#parts.ports;
    const requesters = await this.#answering.requesters(hold);
    const standing = standingOf(who, { held, user, requesters }, policy(), store.nowMs());
    return {
      asks: standing.asks,
      not: Object.fromEntries(
        [...standing.not].map(([key, code]) => [key, sentenceFor(code, held, who.user)]),
      ),
      mayReject: standing.mayReject.length > 0,
      signInAgain: [...standing.not.values()].includes('approval.not_fresh'),
      reasonNeeded: standing.breaksGlass.length > 0,
    };
  }

  async #changed(edited: HoldState['edited']): Promise<HoldShown['edited']> {
    return edited && { by: edited.by, from: asObject(await this.#stored(edited.proposed)) };
  }

  async #stored(digest: string): Promise<JsonValue> {
    const bytes = await this.#parts.ports.store.payload(digest);
    return bytes === null
      ? null
      : readJson(bytes, { bytesMax: bytes.length, depthMax: storedDepthMax });
  }
}

function asObject(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {};
}
