/**
 * Slack's incoming webhooks. Others' words stand in plain text only, so that none of them is a link, a mention or a format;
 * the one link is ours and leads to the console, where somebody has to sign in.
 */
import type { JsonObject } from '../content/value.ts';
import type { Channel } from '../policy/model.ts';
import { postOnce } from '../webhook/signed-post.ts';
import { DeliveryError, expectTaken, isLoopback, type Sender } from './delivery.ts';
import type { ReadSecret } from './sender.ts';
import type { Message, Told } from './told.ts';
import {
  briefOf,
  commandOf,
  type Line,
  linesOf,
  sentencesOf,
  titleOf,
  valuesOf,
} from './wording.ts';

/** Slack's published limits, in characters. */
export const slackLimits = {
  text: 3_000,
  header: 150,
  fields: 10,
  field: 2_000,
  blocks: 50,
  button: 75,
  url: 3_000,
} as const;

type SlackChannel = Extract<Channel, { type: 'slack' }>;

export function slackSender({ webhook }: SlackChannel, readSecret: ReadSecret): Sender {
  return {
    toldMax: 10,
    summarises: true,
    async send(message, signal) {
      const url = await readSecret(webhook);
      if (!isPostable(url)) throw new DeliveryError('url', { again: false });
      const body = JSON.stringify(slackBody(message));
      expectTaken(
        await postOnce(url, body, signal, { 'content-type': 'application/json; charset=utf-8' }),
      );
    },
  };
}

/** Whoever sits between would have the URL, and with it the channel. */
function isPostable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

export function slackBody(message: Message): JsonObject {
  const { told, url, atMs } = message;
  const [first] = told;
  const title = titleOf(message);
  const isOne = told.length === 1 && message.more === 0 && first !== undefined;
  const middle = isOne ? blocksOfOne(first, atMs) : blocksOfMany(message);
  return {
    // What a phone's notification shows. Slack reads this one as its markup, so it is escaped like the rest.
    text: escaped(title, slackLimits.text),
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(title, slackLimits.header) },
      ...middle,
      ...wayThere(isOne ? first.url : url, message),
    ],
  };
}

function blocksOfOne(told: Told, nowMs: number): JsonObject[] {
  const sentences = sentencesOf(told);
  const values = valuesOf(told);
  return [
    ...(sentences.length === 0 ? [] : [section(sentences.join('\n'))]),
    fieldsOf(linesOf(told, nowMs)),
    ...(values.length === 0 ? [] : [fieldsOf(values)]),
  ];
}

function blocksOfMany({ told, more, atMs }: Message): JsonObject[] {
  const lines = told.map((one) => section(briefOf(one, atMs)));
  return more === 0 ? lines : [...lines, section(`and ${more} more`)];
}

function wayThere(url: string | null, message: Message): JsonObject[] {
  const command = commandOf(message);
  const isHold = command !== null;
  const said = isHold
    ? 'Answers count where somebody has signed in: a reply or an emoji here is none.'
    : 'From Sallyport.';
  const context = { type: 'context', elements: [plain(said, slackLimits.field)] };
  if (url === null || url.length > slackLimits.url)
    return isHold ? [section(`$ ${command}`), context] : [context];
  const button = {
    type: 'button',
    text: plain(isHold ? 'Look at it' : 'Open the console', slackLimits.button),
    url,
  };
  return [{ type: 'actions', elements: [button] }, context];
}

function section(text: string): JsonObject {
  return { type: 'section', text: plain(text, slackLimits.text) };
}

function fieldsOf(lines: readonly Line[]): JsonObject {
  const fields = lines
    .slice(0, slackLimits.fields)
    .map(({ label, text }) => plain(`${label}\n${text}`, slackLimits.field));
  return { type: 'section', fields };
}

function plain(text: string, charactersMax: number): JsonObject {
  // Slack refuses a message in which one text is empty.
  return { type: 'plain_text', text: escaped(text, charactersMax) || '-', emoji: false };
}

/**
 * Not cut within an escape. `@` is parted from what follows it: nobody is called by a name that stands in an argument,
 * whatever a workspace makes of plain text.
 */
function escaped(text: string, charactersMax: number): string {
  let written = '';
  for (const character of text) {
    const next = escapes.get(character) ?? character;
    if (written.length + next.length > charactersMax - 1) return `${written}…`;
    written += next;
  }
  return written;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['@', '@\u2060'],
]);
