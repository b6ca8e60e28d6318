import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noticeBytesMax, truncateResult } from './truncate.ts';
import { utf8Bytes } from './utf8.ts';
import type { JsonObject, JsonValue } from './value.ts';

const text = (value: string): JsonObject => ({ type: 'text', text: value });

function textsOf(content: readonly JsonObject[]): string[] {
  return content.map(({ text }) => (typeof text === 'string' ? text : ''));
}

describe('what fits', () => {
  test.each<[string, JsonObject[], JsonObject | undefined]>([
    ['a short text', [text('ok')], undefined],
    ['a text of exactly the bound', [text('a'.repeat(400))], undefined],
    ['nothing at all', [], undefined],
    ['text and data, each within the bound', [text('b'.repeat(400))], { b: 'b'.repeat(390) }],
    [
      'a picture, however large',
      [{ type: 'image', mimeType: 'image/png', data: 'A'.repeat(9_000) }],
      undefined,
    ],
  ])('%s passes as it is', (_, content, structuredContent) => {
    const result = structuredContent === undefined ? { content } : { content, structuredContent };
    const cut = truncateResult(result, 400);
    expect(cut.bytesCut).toBe(0);
    expect(cut.content).toBe(content);
    expect(cut.structuredContent).toBe(structuredContent ?? null);
  });
});

describe('what is cut', () => {
  test('text says in its place how much is missing, and a last block says it again', () => {
    const cut = truncateResult({ content: [text('word '.repeat(1_000))] }, 400);
    const [first = '', notice = '', ...others] = textsOf(cut.content);
    expect(others).toEqual([]);
    expect(first).toMatch(/^(word ?)+.*\n\[… \d+ more bytes, cut\]$/s);
    expect(utf8Bytes(first)).toBeLessThanOrEqual(400);
    expect(notice).toMatch(/^\[Sallyport left out \d+ bytes of this result\. /);
    expect(cut.bytesCut).toBeGreaterThan(4_500);
  });

  test('a list in JSON text loses its end, and says how many members', () => {
    const items = Array.from({ length: 200 }, (_, id) => ({ id, subject: `message ${id}` }));
    const cut = truncateResult(
      { content: [text(JSON.stringify({ items, total: 200 }, null, 2))] },
      400,
    );
    const shown = JSON.parse(textsOf(cut.content)[0] ?? '');
    expect(shown.total).toBe(200);
    expect(shown.items.slice(0, 3)).toEqual(items.slice(0, 3));
    expect(shown.items.at(-1)).toMatch(/^\[… \d+ of 200 left out\]$/);
  });

  test('structured data keeps the types of its members: a list of objects holds objects only', () => {
    const emails = Array.from({ length: 50 }, (_, id) => ({ id, subject: 'Hello', seen: false }));
    const cut = truncateResult({ content: [], structuredContent: { emails, total: 50 } }, 400);
    const shown = cut.structuredContent;
    expect(shown?.['total']).toBe(50);
    const kept = shown?.['emails'];
    expect(
      Array.isArray(kept) && kept.length > 3 && kept.every((one) => typeof one === 'object'),
    ).toBe(true);
    expect(textsOf(cut.content)).toEqual([expect.stringContaining('some of the structured data')]);
  });

  test('a long body is shortened, and the short fields beside it stay whole', () => {
    const mail = {
      sender: 'ann@customer.example',
      body: 'x'.repeat(9_000),
      date: '2026-11-21',
      seen: true,
    };
    const cut = truncateResult(
      { content: [text(JSON.stringify(mail))], structuredContent: mail },
      400,
    );
    for (const shown of [cut.structuredContent, JSON.parse(textsOf(cut.content)[0] ?? '')]) {
      expect(shown).toMatchObject({ sender: mail.sender, date: mail.date, seen: true });
      expect(shown?.['body']).toMatch(/^x+\[… \d+ more bytes, cut\]$/);
      expect(Object.keys(shown ?? {})).toEqual(['sender', 'body', 'date', 'seen']);
    }
  });

  test('nothing stands behind the first cut', () => {
    const content = [text('a'.repeat(300)), text('b'.repeat(300)), text('c')];
    const shown = textsOf(truncateResult({ content }, 400).content);
    expect(shown[0]).toBe('a'.repeat(300));
    expect(shown[1]).toMatch(/^b+\n\[…/);
    expect(shown[2]).toMatch(/with 1 whole block\(s\)/);
    expect(shown).toHaveLength(3);
  });

  test('the text of a resource is cut, its address stays', () => {
    const block = { type: 'resource', resource: { uri: 'file:///a', text: 'a'.repeat(900) } };
    const [shown] = truncateResult({ content: [block] }, 400).content;
    expect(shown).toMatchObject({ type: 'resource', resource: { uri: 'file:///a' } });
    expect(JSON.stringify(shown)).toMatch(/more bytes, cut/);
  });

  test('a text’s other fields are no way around the bound', () => {
    const content = [{ type: 'text', text: 'hi', annotations: { note: 'x'.repeat(9_000) } }];
    expect(JSON.stringify(truncateResult({ content }, 400).content).length).toBeLessThan(400);
  });

  test('JSON that readers read differently is text, and is cut as text', () => {
    const ids = `{"id":12345678901234567890,"body":"${'x'.repeat(900)}"}`;
    expect(textsOf(truncateResult({ content: [text(ids)] }, 400).content)[0]).toMatch(
      /^\{"id":12345678901234567890,/,
    );
  });
});

describe('for any result', () => {
  const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.string({ unit: 'grapheme', maxLength: 120 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(tie('tree'), { maxLength: 12 }),
      fc.dictionary(fc.stringMatching(/^[a-z…"\\]{1,12}$/), tie('tree'), { maxKeys: 12 }),
    ),
  }));
  const bound = fc.integer({ min: 200, max: 600 });

  test('texts and data keep to the bound, JSON stays JSON, and what was whole stays whole', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), tree, bound, (blocks, data, bytesMax) => {
        const content = blocks.map((block) => text(JSON.stringify(block)));
        const structuredContent = { data };
        const cut = truncateResult({ content, structuredContent }, bytesMax);
        const shown = textsOf(cut.content);
        const total = shown.reduce((sum, one) => sum + utf8Bytes(one), 0);
        expect(total).toBeLessThanOrEqual(bytesMax + noticeBytesMax);
        expect(utf8Bytes(JSON.stringify(cut.structuredContent))).toBeLessThanOrEqual(bytesMax);
        if (cut.bytesCut === 0) {
          expect(shown).toEqual(textsOf(content));
          expect(cut.structuredContent).toEqual(structuredContent);
        } else {
          expect(utf8Bytes(shown.at(-1) ?? '')).toBeLessThanOrEqual(noticeBytesMax);
          for (const [index, one] of shown.slice(0, -1).entries()) {
            const original = JSON.stringify(blocks[index]);
            if (
              one !== original &&
              /^[[{"]/.test(original) &&
              original.isWellFormed() &&
              !/\\ud[89a-f]/.test(original)
            )
              JSON.parse(one);
            expect(one.isWellFormed()).toBe(true);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  test('plain text is never cut within a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 200, maxLength: 900 }),
        bound,
        (plain, bytesMax) => {
          const [shown = ''] = textsOf(
            truncateResult({ content: [text(plain)] }, bytesMax).content,
          );
          expect(shown.isWellFormed()).toBe(true);
          expect(utf8Bytes(shown)).toBeLessThanOrEqual(bytesMax);
        },
      ),
    );
  });
});
