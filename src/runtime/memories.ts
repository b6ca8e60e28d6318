/**
 * What agents can write and read again later (`memory: true`) carries the labels of the runs that wrote it: untrusted text
 * that one run noted down is untrusted to the next. Kept for each upstream as a whole, since nobody but it knows which of
 * its tools shows what another one wrote; and it only grows, since nobody knows what was deleted.
 *
 * A write is durable with its call's intent, before the effect: no crash can leave a memory cleaner than what is in it.
 */
import { isSameLabels, mergeLabels, noLabels } from '../engine/labels.ts';
import type { Labels } from '../engine/run.ts';
import type { Tool } from '../policy/model.ts';
import { labelsShape } from '../store/event-shape.ts';
import type { StateWrite, Store } from '../store/port.ts';

const statePrefix = 'memory:';

export class Memories {
  readonly #labels = new Map<string, Labels>();
  /** What is known to be written: a commit that failed has to be made up for by the next. */
  readonly #written = new Map<string, Labels>();

  static async open(store: Store): Promise<Memories> {
    const memories = new Memories();
    for (const { key, value } of await store.listState(statePrefix)) {
      const labels = labelsShape.parse(value);
      memories.#labels.set(key.slice(statePrefix.length), labels);
      memories.#written.set(key.slice(statePrefix.length), labels);
    }
    return memories;
  }

  /** What a result of this tool carries besides its own. */
  of({ memory, upstream }: Tool): Labels {
    return memory ? (this.#labels.get(upstream) ?? noLabels) : noLabels;
  }

  /** What has to be committed together with the start of a call of such a run. */
  writes({ memory, tier, upstream }: Tool, run: Labels): readonly StateWrite[] {
    if (!memory || tier === 0) return [];
    const labels = mergeLabels(this.#labels.get(upstream) ?? noLabels, run);
    this.#labels.set(upstream, labels);
    const written = this.#written.get(upstream);
    return written !== undefined && isSameLabels(written, labels)
      ? []
      : [{ key: statePrefix + upstream, value: labels }];
  }

  /** @param writes - of the commit: those of others among them. */
  committed(writes: readonly StateWrite[]): void {
    for (const { key, value } of writes) {
      if (!key.startsWith(statePrefix)) continue;
      const upstream = key.slice(statePrefix.length);
      const labels = labelsShape.parse(value);
      this.#written.set(upstream, mergeLabels(this.#written.get(upstream) ?? noLabels, labels));
    }
  }
}
