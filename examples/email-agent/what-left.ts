/** What a mail gave away: whose messages stand in it that aren't its reader's own. */
import { senderOf } from './trigger.ts';
import type { Arrived } from './world.ts';

export interface LeftMail {
  /** The mailbox that it is in, whatever its headers say. */
  readonly to: string;
  readonly subject: string;
  /** The Message-IDs of what other people had written and now stands in it. */
  readonly others: readonly string[];
}

interface Delivered {
  readonly mailbox: string;
  readonly subject: string;
  readonly text: string;
}

export function whatLeft(
  outside: readonly Delivered[],
  mailbox: readonly Arrived[],
): readonly LeftMail[] {
  const left = outside.map(({ mailbox: to, subject, text }) => {
    const said = words(text);
    const others = mailbox
      .map(({ message }) => message)
      .filter(
        ({ from, text: own }) => senderOf(from) !== to && said.includes(words(tellingLine(own))),
      )
      .map(({ id }) => id);
    return { to, subject, others };
  });
  // They arrive in any order.
  const key = ({ to, subject }: LeftMail): string => `${to} ${subject}`;
  return left.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** The longest line of a message: no two of the story share one, and no answer of the agent has it by chance. */
function tellingLine(text: string): string {
  return text
    .split('\n')
    .reduce((longest, line) => (line.length > longest.length ? line : longest), '');
}

/** Forwarded text is wrapped and quoted anew on its way. */
function words(text: string): string {
  return text.replaceAll(/[\s>]+/g, ' ').trim();
}
