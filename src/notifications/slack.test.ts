import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSlack, slackText } from '../../test/notifications/slack-limits.ts';
import { htmlOf, textOf } from './email-parts.ts';
import { slackBody } from './slack.ts';
import type { Message, ToldAlert, ToldHold } from './told.ts';

const hold: ToldHold = {
  type: 'hold',
  id: 'ntf_1',
  about: 'call.held',
  atMs: 1_795_000_000_000,
  run: 'run_1',
  call: 'call_1',
  of: 'call',
  agent: 'helper',
  user: 'ann',
  tool: 'mail.send',
  tier: 3,
  sentence: 'Sends a mail to 1 recipient.',
  reasons: [{ code: 'gate.tier', text: 'The call is irreversible.' }],
  asked: ['somebody of leads'],
  editedBy: null,
  expiresAtMs: 1_795_000_900_000,
  values: [],
  url: 'https://console.example/holds/call_1',
};

const alert: ToldAlert = {
  type: 'alert',
  id: 'ntf_2',
  about: 'limit_reached',
  atMs: hold.atMs,
  alert: 'limit_reached',
  run: 'run_1',
  call: null,
  details: [{ name: 'codes', text: 'limits.rate' }],
  url: null,
};

const message = (change: Partial<Message>): Message => ({
  id: 'ntf_1',
  told: [hold],
  more: 0,
  url: 'https://console.example',
  atMs: hold.atMs + 60_000,
  ...change,
});

describe('what somebody reads', () => {
  test.each<[string, Partial<Message>, string]>([
    ['a hold', {}, 'helper waits for an answer: mail.send'],
    ['how long is left', {}, '14 min, until 2026-11-18'],
    ['what will happen', {}, 'Sends a mail to 1 recipient.'],
    ['why', {}, 'The call is irreversible.'],
    ['the way to it', {}, 'Look at it https://console.example/holds/call_1'],
    ['that a reply is no answer', {}, 'a reply or an emoji here is none'],
    [
      'the command, where there is no console',
      { url: null, told: [{ ...hold, url: null }] },
      '$ sallyport approvals show call_1',
    ],
    ['several', { told: [hold, { ...hold, agent: 'other' }] }, '2 calls wait for an answer'],
    ['how many more', { told: [hold, hold], more: 990 }, 'and 990 more'],
    ['a result', { told: [{ ...hold, of: 'result' }] }, 'What mail.send returned to helper'],
    ['an edit', { told: [{ ...hold, editedBy: 'bob' }] }, 'changed by bob'],
    ['an alert', { told: [alert] }, 'An agent has reached a limit'],
    ['both', { told: [hold, alert] }, '1 call waits for an answer, and 1 more to look at'],
  ])('%s', (_, change, expected) => {
    expect(slackText(slackBody(message(change)))).toContain(expected);
  });
});

/** Whatever stands in a name, a value or a detail. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4_000 }),
  fc.constantFrom(
    '<!channel>',
    '@here',
    '<https://evil.example|Look at it>',
    '&lt;!channel&gt;',
    '*bold*',
    '\u202e\u200b',
    '</td><script>alert(1)</script>',
    '<'.repeat(5_000),
  ),
);

const anyHold: fc.Arbitrary<ToldHold> = fc
  .record({
    agent: hostile,
    user: fc.option(hostile),
    tool: hostile,
    call: hostile,
    sentence: fc.option(hostile),
    editedBy: fc.option(hostile),
    asked: fc.array(hostile, { maxLength: 20 }),
    reasons: fc.array(fc.record({ code: hostile, text: hostile }), { maxLength: 20 }),
    values: fc.array(fc.record({ argument: hostile, text: hostile }), { maxLength: 20 }),
  })
  .map((change) => ({ ...hold, ...change }));

const anyAlert: fc.Arbitrary<ToldAlert> = fc
  .record({
    alert: hostile,
    details: fc.array(fc.record({ name: hostile, text: hostile }), { maxLength: 20 }),
  })
  .map((change) => ({ ...alert, ...change }));

const anyMessage = fc
  .record({
    told: fc.array(fc.oneof(anyHold, anyAlert), { minLength: 1, maxLength: 10 }),
    more: fc.nat(),
  })
  .map(message);

test('whatever others wrote, Slack takes it, calls nobody, and has one link, which is ours', () => {
  fc.assert(
    fc.property(anyMessage, (one) => {
      const body = checkSlack(JSON.parse(JSON.stringify(slackBody(one))));
      const links = body.blocks.flatMap((block) =>
        block.type === 'actions' ? block.elements.map(({ url }) => url) : [],
      );
      expect(links.length).toBeLessThanOrEqual(1);
      for (const link of links) expect(link).toMatch(/^https:\/\/console\.example/);
    }),
    { numRuns: 200 },
  );
});

test('whatever others wrote, a mail has no tag and no line of theirs', () => {
  const tags = /<(?!\/?(?:!doctype|html|head|meta|title|body|h1|p|table|tr|th|td|ul|li|a|code)\b)/;
  fc.assert(
    fc.property(anyMessage, (one) => {
      expect(htmlOf(one)).not.toMatch(tags);
      expect(htmlOf(one).match(/<a /g)?.length ?? 0).toBeLessThanOrEqual(1);
      expect(textOf(one)).not.toMatch(/[\r\u2028\u2029\u202e\u0000]/);
    }),
    { numRuns: 200 },
  );
});
