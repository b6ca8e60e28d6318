/** What a key does: one place knows all of them, and pages say which they answer. */

export type Action =
  | 'next'
  | 'previous'
  | 'approve'
  | 'reject'
  | 'help'
  | 'goNow'
  | 'goRuns'
  | 'goAgents'
  | 'goLedger'
  | 'goTools'
  | 'goPolicy';

export interface Shortcut {
  readonly keys: readonly string[];
  readonly action: Action;
  readonly says: string;
}

export const shortcuts: readonly Shortcut[] = [
  { keys: ['j'], action: 'next', says: 'next in the list' },
  { keys: ['k'], action: 'previous', says: 'previous in the list' },
  { keys: ['a'], action: 'approve', says: 'to the Approve button; Enter approves' },
  { keys: ['r'], action: 'reject', says: 'reject: asks for a reason' },
  { keys: ['g', 'n'], action: 'goNow', says: 'go to Now' },
  { keys: ['g', 'r'], action: 'goRuns', says: 'go to Runs' },
  { keys: ['g', 'a'], action: 'goAgents', says: 'go to Agents' },
  { keys: ['g', 'l'], action: 'goLedger', says: 'go to the Ledger' },
  { keys: ['g', 't'], action: 'goTools', says: 'go to Tools' },
  { keys: ['g', 'p'], action: 'goPolicy', says: 'go to the Policy' },
  { keys: ['?'], action: 'help', says: 'this help' },
];

/** A `g` that was pressed a while ago was meant for something else. */
const sequenceMs = 1_500;

export interface Pressed {
  /** The first key of two. */
  readonly first: string | null;
  readonly atMs: number;
}

export const nothingPressed: Pressed = { first: null, atMs: 0 };

export interface Press {
  readonly key: string;
  readonly atMs: number;
  /** Held down: a finger that rests on a key decides nothing. */
  readonly repeated: boolean;
  /** With Ctrl, Alt or Meta: the browser's or the system's. */
  readonly modified: boolean;
  /** Into a field. */
  readonly typing: boolean;
}

export function press(
  before: Pressed,
  { key, atMs, repeated, modified, typing }: Press,
): { readonly pressed: Pressed; readonly action: Action | null } {
  const none = { pressed: nothingPressed, action: null };
  if (modified || typing) return none;
  const first = before.first !== null && atMs - before.atMs <= sequenceMs ? before.first : null;
  const keys = first === null ? [key] : [first, key];
  const hit = shortcuts.find((one) => one.keys.join(' ') === keys.join(' '));
  if (hit !== undefined) {
    const moves = hit.action === 'next' || hit.action === 'previous';
    return repeated && !moves ? none : { pressed: nothingPressed, action: hit.action };
  }
  const begins =
    first === null && shortcuts.some((one) => one.keys.length > 1 && one.keys[0] === key);
  return begins ? { pressed: { first: key, atMs }, action: null } : none;
}
