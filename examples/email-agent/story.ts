/** Prints what happens as it happens, and keeps count of what was promised and didn't. */

export interface Story {
  chapter(title: string): void;
  say(text: string): void;
  /** A promise of ours: ✓ kept, ✗ broken. */
  promise(text: string, kept: boolean, seen?: string): void;
  /** Harm that this set-up lets happen. Expected to happen: an attack that doesn't work would prove nothing. */
  harm(text: string, happened: boolean): void;
  readonly passed: number;
  readonly failed: number;
}

export function tellStory(write: (line: string) => void): Story {
  let passed = 0;
  let failed = 0;
  const count = (ok: boolean): void => {
    if (ok) passed += 1;
    else failed += 1;
  };
  return {
    chapter: (title) => write(`\n${title}\n${'─'.repeat(title.length)}`),
    say: (text) => write(`  ${text}`),
    promise: (text, kept, seen = '') => {
      count(kept);
      const shown = seen.split('\n')[0]?.slice(0, 110) ?? '';
      write(`  ${kept ? '✓' : '✗ BROKEN:'} ${text}${shown === '' ? '' : `\n      ${shown}`}`);
    },
    harm: (text, happened) => {
      count(happened);
      write(
        happened
          ? `  ✗ ${text}`
          : `  ? this attack did not work, so the demo proves nothing: ${text}`,
      );
    },
    get passed() {
      return passed;
    },
    get failed() {
      return failed;
    },
  };
}
