/** Keeps a click that was meant for what stood there a moment ago from answering what stands there now. */

/** People need longer to see that something has changed, and to stop a finger. */
export const settleMs = 300;

/** Both by the clock of `performance.now`, which input events are stamped with. */
export function isDeliberate(changedAtMs: number, pressedAtMs: number): boolean {
  return pressedAtMs - changedAtMs >= settleMs;
}

interface Shown {
  readonly digest: string;
  readonly state: string;
  readonly asks: readonly { readonly key: string }[];
}

/** What an answer speaks of: another text is another question, although the call has the same name. */
export function questionOf({ digest, state, asks }: Shown): string {
  return JSON.stringify([digest, state, asks.map(({ key }) => key)]);
}
