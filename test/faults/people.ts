/** Those who are asked: each looks at the console now and then, agrees, refuses, or leaves it to time. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { Browser } from '../console-rig.ts';
import { type Random, seededRandom } from '../seeded-random.ts';
import type { Scene } from './scene.ts';

const lookEveryMs = 40;
/** So many they remember; of the others they think anew. */
const leftMax = 1_000;

const nowShape = z.object({
  holds: z.array(z.object({ id: z.string(), digest: z.string(), state: z.string() })),
});

export function peopleOf(scene: Scene, seed: number): readonly Person[] {
  return scene.tokens.approvers.map(
    (token, at) => new Person(scene, token, seededRandom(seed + at)),
  );
}

export class Person {
  readonly #scene: Scene;
  readonly #token: string;
  readonly #random: Random;
  /** What they don't answer. */
  readonly #left = new Set<string>();
  #browser: { readonly url: string; readonly at: Browser } | null = null;

  constructor(scene: Scene, token: string, random: Random) {
    this.#scene = scene;
    this.#token = token;
    this.#random = random;
  }

  /** Until it is over, or the gateway has gone. */
  async work(url: string, isOver: () => boolean): Promise<void> {
    try {
      const browser = await this.#signedIn(url);
      while (!isOver()) {
        const { json, status } = await browser.get('/api/now');
        if (status !== 200) return;
        for (const { id, digest, state } of nowShape.parse(json).holds)
          if (state === 'waiting') await this.#look(browser, id, digest);
        await wait(lookEveryMs);
      }
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async #signedIn(url: string): Promise<Browser> {
    if (this.#browser?.url === url) return this.#browser.at;
    const at = new Browser(url);
    await at.post('/api/session', { token: this.#token });
    this.#browser = { url, at };
    return at;
  }

  async #look(browser: Browser, id: string, digest: string): Promise<void> {
    if (this.#left.has(id)) return;
    const dice = this.#random.below(8);
    if (dice === 0) {
      if (this.#left.size < leftMax) this.#left.add(id);
      return;
    }
    const answer = dice === 1 ? 'reject' : 'approve';
    const said = { answer, digest, reason: null };
    const { status } = await browser.post(`/api/holds/${id}/answer`, said);
    if (status === 200) this.#scene.witness.approvals.push({ call: id, answer });
  }
}

/** A connection that broke, or was never made. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
