import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factsOf } from '../../../test/engine/held-scene.ts';
import type { JsonValue } from '../../content/value.ts';
import type { HoldFacts } from '../hold-facts.ts';
import { plainText, plainTextLinesMax, plainTextLineUnitsMax } from './plain-text.ts';

const held = factsOf(
  'office.send',
  {
    to: ['eve2@evil.example', 'bob@b\u00fccher.example'],
    body: 'Hello\nthe lantern ships in spring. p\u0430y\u200b',
  },
  {
    shown: [
      [
        'office.mails',
        {},
        [
          {
            from: 'eve@evil.example',
            body: 'the lantern ships in spring eve2@evil.example bob@b\u00fccher.example',
          },
        ],
      ],
    ],
  },
);

test('what a terminal shows', () => {
  expect(plainText(held, { values: true })).toEqual([
    'Send a mail to eve2@evil.example and bob@xn--bcher-kva.example',
    '  tool: office.send',
    '  consequential, external, action send',
    'Why it waits:',
    '  1. flow.destination: A destination was supplied by neither case, trusted request, trusted list nor a provided field; it stands in something that was read.',
    expect.stringMatching(
      /^ {5}argument: "to\/0", kind: "recipient", value: "eve2@evil.example", found: \[/,
    ),
    expect.stringMatching(/^ {5}answered by the role lead \(policy\.yaml:\d+:\d+\)$/),
    expect.stringMatching(/^ {2}2\. flow\.destination: /),
    expect.stringMatching(/^ {5}argument: "to\/1"/),
    expect.stringMatching(/^ {5}answered by the role lead/),
    "  3. gate.tier: The tool's tier asks for an approval, and the agent's grant does not say otherwise.",
    '     tier: 2, grant: "agents.helper.office.send"',
    expect.stringMatching(/^ {5}answered by the role lead \(policy\.yaml:\d+:\d+\)$/),
    'Its values:',
    '  /to/0 (recipient): "eve2@evil.example"',
    '     stood in untrusted data of office.mails at /0/body, written by "eve@evil.example" (call_office.mails_{}); used for the first time',
    '  /to/1 (recipient): "bob@b\u00fccher.example"',
    '     stood in untrusted data of office.mails at /0/body, written by "eve@evil.example" (call_office.mails_{}); used for the first time; in plain letters "bob@xn--bcher-kva.example"',
    '  /body (content): "Hello\\nthe lantern ships in spring. p\u0430y\\u200b"',
    expect.stringMatching(
      /^ {5}parts of it stood in untrusted data of .*; has letters that look like others; has characters that nobody sees$/,
    ),
  ]);
});

test('without values, nothing that somebody else wrote', () => {
  const lines = plainText(held, { values: false });
  expect(lines[0]).toBe('Send a mail to 2 recipients');
  expect(lines.join('\n')).not.toMatch(/evil|cher|lantern/);
});

const hostile = fc.string({
  unit: fc.constantFrom(
    ...['\n', '\r\n', '\u001b[2J', '\u009b', '\u202e', '\u2066', '\u200b', '\u{e0041}', '\u2028'],
    ...['\ud800', '\udc00', '<b>', 'a', '`', '"', '\\', '\u{1f600}', '\u0430', '\ufe0f', '\u3164'],
  ),
  maxLength: 400,
});

/** As a record that somebody else wrote might have them: every text is hostile. */
function factsWith(text: string, value: JsonValue, times: number): HoldFacts {
  const result = {
    type: 'result',
    call: text,
    tool: text,
    trust: 'untrusted',
    provided: false,
    field: text,
    sender: text,
    spans: [{ start: 0, end: 1 }],
  } as const;
  return {
    ...held,
    summary: text,
    outline: text,
    tool: { ...held.tool, name: text, title: text, action: text },
    reasons: Array.from({ length: times }, () => ({
      key: text,
      code: text,
      text,
      details: { [text]: value },
      pointer: text,
      at: text,
      by: { type: 'role', role: text },
      quorum: 2,
    })),
    values: Array.from({ length: times }, () => ({
      pointer: text,
      kind: text,
      value,
      cut: 7,
      origin: result,
      also: [result, { ...result, provided: true }],
      firstUse: true,
      ascii: text,
      disguised: [{ start: 0, end: 1, as: 'bidi' }],
    })),
    omitted: times,
    result: { found: [{ code: text, text, details: { [text]: value } }] },
  };
}

test('no line holds what a terminal acts on, and there are neither long ones nor many', () => {
  fc.assert(
    fc.property(hostile, hostile, fc.integer({ min: 0, max: 300 }), (text, value, times) => {
      for (const values of [true, false]) {
        const lines = plainText(factsWith(text, [value, { [text]: value }], times), { values });
        expect(lines.length).toBeLessThanOrEqual(plainTextLinesMax);
        for (const line of lines) {
          expect(line.length).toBeLessThanOrEqual(plainTextLineUnitsMax);
          expect(line.isWellFormed()).toBe(true);
          expect(line.replaceAll('\ufe0f', '')).not.toMatch(
            /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u,
          );
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('what is left out is said', () => {
  const lines = plainText(factsWith('a', 'b', 300), { values: true });
  expect(lines).toHaveLength(plainTextLinesMax);
  expect(lines.at(-1)).toMatch(/^… \d+ more lines$/);
});

test.each([
  [1, "  … and 1 more value, which isn't listed"],
  [2, "  … and 2 more values, which aren't listed"],
])('%i that are left out', (omitted, said) => {
  expect(plainText({ ...held, omitted }, { values: true }).at(-1)).toBe(said);
});
