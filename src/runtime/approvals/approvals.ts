/** Holds as those see them who may answer them, from the moment when the gateway starts to the moment when it goes. */
import { readJson } from '../../content/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { ApproverPrincipal } from '../../identity/principal.ts';
import type { HoldAnswer, HoldShown, HoldSummary, Holds, OperatorPrincipal } from '../port.ts';
import { Answering, type AnsweringParts, refusing } from './answering.ts';
import type { OpenHold } from './open-holds.ts';
import { sentences, standingOf } from './standing.ts';
import { parseHoldFacts } from './stored-facts.ts';

/** As deep as anything is that a call may carry, with what stands around it. */
const storedDepthMax = 128;

export class Approvals implements Holds {
  readonly #parts: AnsweringParts;
  readonly #answering: Answering;

  constructor(parts: AnsweringParts) {
    this.#parts = parts;
    this.#answering = new Answering(parts);
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

  preview(): Promise<HoldShown> {
    return Promise.reject(refusing('approval.unknown'));
  }

  edit(): Promise<HoldSummary> {
    return Promise.reject(refusing('approval.unknown'));
  }

  async #shown(who: ApproverPrincipal | OperatorPrincipal, hold: OpenHold): Promise<HoldShown> {
    const { held, state } = hold.now;
    const facts = parseHoldFacts(await this.#stored(state.shown));
    if (facts === null) throw refusing('approval.unknown');
    const { edited } = state;
    return {
      ...hold.summary(),
      facts,
      arguments: asObject(await this.#stored(held.arguments)),
      agreements: held.agreements,
      result: held.withheld === null ? null : asObject(await this.#stored(held.withheld.kept)),
      edited:
        edited === null
          ? null
          : { by: edited.by, from: asObject(await this.#stored(edited.proposed)) },
      reason: state.reason,
      mine: await this.#mine(who, hold),
      editable: hold.known !== null && held.of === 'call' && held.state === 'waiting',
    };
  }

  async #mine(
    who: ApproverPrincipal | OperatorPrincipal,
    hold: OpenHold,
  ): Promise<HoldShown['mine']> {
    const { held, user } = hold;
    if (who.type === 'operator')
      return {
        asks: [],
        not: Object.fromEntries(held.asks.map(({ key }) => [key, sentences['approval.not_yours']])),
        reasonNeeded: false,
      };
    const { store, policy } = this.#parts.ports;
    const requesters = await this.#answering.requesters(hold);
    const standing = standingOf(who, { held, user, requesters }, policy(), store.nowMs());
    return {
      asks: standing.asks,
      not: Object.fromEntries([...standing.not].map(([key, code]) => [key, sentences[code]])),
      reasonNeeded: standing.breaksGlass.length > 0,
    };
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
