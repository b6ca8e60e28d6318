import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Lock } from './lock.ts';
import { definitionDigest, formatLock, LockError, parseLock } from './lock-file.ts';

const definition = {
  name: 'read',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
};
const lock: Lock = {
  lockVersion: 1,
  upstreams: {
    files: {
      tools: {
        read: {
          digest: definitionDigest(definition),
          definition,
          pinnedAt: '2026-11-21T10:00:00Z',
        },
      },
    },
  },
};
const text = formatLock(lock);

function refusal(written: string): Pick<LockError, 'message' | 'line' | 'column'> | null {
  try {
    parseLock(written);
    return null;
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    return { message: error.message, line: error.line, column: error.column };
  }
}

test('what is written is read', () => {
  expect(parseLock(text)).toEqual(lock);
});

test('keys are sorted, so that a diff is a review', () => {
  const turned: Lock = {
    ...lock,
    upstreams: {
      files: {
        tools: {
          read: {
            pinnedAt: '2026-11-21T10:00:00Z',
            definition: { inputSchema: definition.inputSchema, name: 'read' },
            digest: definitionDigest(definition),
          },
        },
      },
    },
  };
  expect(formatLock(turned)).toBe(text);
});

describe('refused, with the place', () => {
  test.each([
    [
      'a definition edited by hand',
      text.replace('"type": "string"', '"type": "number"'),
      "the digest of `read` isn't that of its definition: the lock was edited by hand",
      18,
      11,
    ],
    [
      'another version',
      text.replace('"lockVersion": 1', '"lockVersion": 2'),
      '`lockVersion` has to be 1',
      2,
      3,
    ],
    [
      'an unknown key',
      text.replace('"tools": {', '"extra": 1,\n      "tools": {'),
      'unknown key `extra` in the lock',
      5,
      7,
    ],
    [
      'no time',
      text.replace('2026-11-21T10:00:00Z', 'yesterday'),
      '`pinnedAt` has to be an RFC 3339 time',
      19,
      11,
    ],
    ['a list', '[]', 'the lock has to be an object', 1, 1],
    [
      'a key twice',
      text.replace('"lockVersion": 1', '"lockVersion": 1,\n  "lockVersion": 1'),
      null,
      3,
      3,
    ],
  ])('%s', (_, written, message, line, column) => {
    expect(refusal(written)).toMatchObject({
      ...(message === null ? {} : { message }),
      line,
      column,
    });
  });
});

test('no edit of a single character goes unseen', () => {
  const body = text.indexOf('"definition"');
  fc.assert(
    fc.property(
      fc.integer({ min: body, max: text.length - 3 }),
      fc.constantFrom('x', '7', '"', '}'),
      (at, character) => {
        const edited = text.slice(0, at) + character + text.slice(at + 1);
        fc.pre(edited !== text);
        const refused = refusal(edited);
        if (refused !== null) return;
        // White space and the time of pinning are all that may differ.
        const [tool] = Object.values(parseLock(edited).upstreams['files']?.tools ?? {});
        expect(tool?.definition).toEqual(definition);
      },
    ),
    { numRuns: 400 },
  );
});
