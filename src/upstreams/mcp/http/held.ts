import { upstreamLimits } from '../../limits.ts';

/** What one upstream's unfinished answers keep in memory, all together: one hostile server can be asked by many callers at once. */
export class AnswersHeld {
  #bytes = 0;

  holder(): AnswerHolder {
    let own = 0;
    return {
      keep: (bytes) => {
        if (this.#bytes + bytes > upstreamLimits.answersHeldBytesMax) return false;
        this.#bytes += bytes;
        own += bytes;
        return true;
      },
      letGo: () => {
        this.#bytes -= own;
        own = 0;
      },
    };
  }
}

/** One answer's part of it. */
export interface AnswerHolder {
  /** False: there is no room for so many more. */
  readonly keep: (bytes: number) => boolean;
  /** What was kept has been read, or thrown away. */
  readonly letGo: () => void;
}
