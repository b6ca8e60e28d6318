/** What Slack's reference says a message may be: its incoming webhooks answer 400 to anything else. */
import { z } from 'zod';

const plainText = (max: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(max).refine(isEscaped, 'a character of the markup stands bare'),
    emoji: z.boolean().exactOptional(),
  });

const blocks = z.union([
  z.strictObject({ type: z.literal('header'), text: plainText(150) }),
  z.strictObject({ type: z.literal('section'), text: plainText(3_000) }),
  z.strictObject({ type: z.literal('section'), fields: z.array(plainText(2_000)).min(1).max(10) }),
  z.strictObject({
    type: z.literal('context'),
    elements: z.array(plainText(2_000)).min(1).max(10),
  }),
  z.strictObject({
    type: z.literal('actions'),
    elements: z
      .array(
        z.strictObject({
          type: z.literal('button'),
          text: plainText(75),
          url: z.url().max(3_000),
        }),
      )
      .min(1)
      .max(25),
  }),
]);

const message = z.strictObject({
  text: z.string().min(1).max(3_000).refine(isEscaped),
  parse: z.literal('none'),
  link_names: z.literal(false),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
  blocks: z.array(blocks).min(1).max(50),
});

/** No `<…>`, no bare `&`, and nobody called: `@` is followed by what parts it from a name. */
function isEscaped(text: string): boolean {
  return !/[<>]|&(?!(?:amp|lt|gt);)|@(?!\u2060)/.test(text);
}

/** @throws with what Slack would refuse. */
export function checkSlack(body: unknown): z.infer<typeof message> {
  return message.parse(body);
}

/** All that somebody reads. */
export function slackText(body: unknown): string {
  const { blocks: read } = checkSlack(body);
  return read
    .flatMap((block) => {
      if (block.type === 'actions')
        return block.elements.map(({ text, url }) => `${text.text} ${url}`);
      if (block.type === 'context') return block.elements.map(({ text }) => text);
      return 'fields' in block ? block.fields.map(({ text }) => text) : [block.text.text];
    })
    .join('\n');
}
