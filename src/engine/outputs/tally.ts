/** What was seen in all leaves of a result, for the record: counted whole, told by the first few. */
import type { Sighting } from '../../content/detection/sighting.ts';
import type { JsonObject } from '../../content/value.ts';
import type { Tool } from '../../policy/model.ts';
import type { FindingCode } from '../codes.ts';
import type { Finding, Obligation } from '../decision.ts';
import { deny, note } from '../findings.ts';
import { sighted, sightedPlaceMax, sightedShownMax } from '../sighted.ts';
import type { Leaf } from './leaves.ts';
import type { Seen } from './look.ts';

type Response = Extract<Obligation, { type: 'screen' }>['response'];

interface Placed {
  readonly pointer: string;
  readonly sighting: Sighting;
}

const placesShownMax = 10;

export class Tally {
  /** Pointers of leaves that give orders. */
  readonly flagged: string[] = [];
  readonly pii: Placed[] = [];
  readonly secrets: Placed[] = [];
  /** Pointers of leaves that were changed besides. */
  readonly sanitised: string[] = [];
  readonly #at: number;
  readonly #orders: JsonObject[] = [];
  #score = 0;
  #unscanned = 0;
  #incomplete = 0;
  /** Null: a model failed nowhere. */
  #failures: Map<string, number> | null = null;

  constructor(at: number) {
    this.#at = at;
  }

  /** Everybody looked at everything, and there is nothing to tell of it. */
  get isSilent(): boolean {
    return (
      !this.isSuspect &&
      this.#unscanned + this.pii.length + this.secrets.length + this.sanitised.length === 0
    );
  }

  /** Nothing is clean because a detector didn't look, or stopped. */
  get isSuspect(): boolean {
    return this.flagged.length > 0 || this.#incomplete > 0 || this.#failures !== null;
  }

  count({ pointer, text }: Leaf, seen: Seen | null): void {
    if (seen === null) {
      this.#unscanned += 1;
      return;
    }
    const { score, isComplete, pii, secrets, model } = seen;
    this.#score = Math.max(this.#score, score);
    if (score >= this.#at) this.#flag(pointer, text.length, seen);
    if (!isComplete) this.#incomplete += 1;
    if (model?.type === 'failed') {
      this.#failures ??= new Map();
      this.#failures.set(model.reason, (this.#failures.get(model.reason) ?? 0) + 1);
    }
    for (const sighting of pii) this.pii.push({ pointer, sighting });
    for (const sighting of secrets) this.secrets.push({ pointer, sighting });
  }

  #flag(pointer: string, length: number, { instructions, model }: Seen): void {
    this.flagged.push(pointer);
    for (const sighting of instructions)
      if (this.#orders.length < sightedShownMax)
        this.#orders.push(sighted('injection', pointer, sighting));
    if (
      model?.type === 'scored' &&
      model.score >= this.#at &&
      this.#orders.length < sightedShownMax
    )
      this.#orders.push({
        detector: 'model',
        at: pointer.slice(0, sightedPlaceMax),
        start: 0,
        end: length,
        score: model.score,
      });
  }

  instructions(response: Response, tool: Tool): readonly Finding[] {
    if (this.flagged.length === 0 && this.#incomplete === 0) return [];
    const details: JsonObject = {
      score: this.#score,
      response,
      texts: this.flagged.length,
      ...(this.#incomplete > 0 ? { incomplete: this.#incomplete } : {}),
      seen: this.#orders,
    };
    return [
      response === 'withhold'
        ? deny('outputs', 'outputs.injection', details, tool.at)
        : note('outputs', 'outputs.injection', details, tool.at),
    ];
  }

  detector(response: Response, tool: Tool): readonly Finding[] {
    if (this.#failures === null) return [];
    const details: JsonObject = { failed: Object.fromEntries(this.#failures) };
    return [
      response === 'withhold'
        ? deny('outputs', 'outputs.detector', details, tool.at)
        : note('outputs', 'outputs.detector', details, tool.at),
    ];
  }

  data(
    code: Extract<FindingCode, 'outputs.pii' | 'outputs.secret'>,
    placed: readonly Placed[],
    isShown: (type: string) => boolean,
  ): readonly Finding[] {
    if (placed.length === 0) return [];
    const detector = code === 'outputs.pii' ? 'pii' : 'secrets';
    const shown = placed.filter(({ sighting }) => isShown(sighting.type)).length;
    return [
      note(
        'outputs',
        code,
        {
          redacted: placed.length - shown,
          shown,
          seen: placed
            .slice(0, sightedShownMax)
            .map(({ pointer, sighting }) => sighted(detector, pointer, sighting)),
        },
        null,
      ),
    ];
  }

  rest(enforced: boolean): readonly Finding[] {
    const findings: Finding[] = [];
    if (this.sanitised.length > 0)
      findings.push(
        note(
          'outputs',
          'outputs.sanitised',
          {
            texts: this.sanitised.length,
            at: this.sanitised.slice(0, placesShownMax).map((at) => at.slice(0, sightedPlaceMax)),
          },
          null,
        ),
      );
    // Enforced, it is withheld if anything of it would be shown.
    if (this.#unscanned > 0 && !enforced)
      findings.push(note('outputs', 'outputs.unscanned', { texts: this.#unscanned }, null));
    return findings;
  }
}
