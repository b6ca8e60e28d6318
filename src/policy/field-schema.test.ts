import { expect, test } from 'vitest';
import { loaded } from '../../test/engine/scene.ts';
import type { JsonObject } from '../content/value.ts';

const status: JsonObject = { type: 'string', enum: ['open', 'closed'] };
const ticket: JsonObject = {
  type: 'object',
  properties: {
    status,
    tags: { items: status },
    hue: { type: 'string' },
    tint: { type: 'string' },
  },
};

function said(constraints: string, one: JsonObject = ticket, listed: JsonObject = ticket): string {
  const yaml = `
sallyport: 1
upstreams: { desk: { mcp: { command: desk } } }
users: { static: { ann: { roles: [staff] } } }
tools:
  desk.get: { action: read, tier: read_only, reach: internal, args: { id: object.ticket }, returns: { object: ticket, id: /id, fields: { status: /status, tags: "/tags/*", hue: /hue, tint: /tint } } }
  desk.list: { action: read, tier: read_only, reach: internal, returns: { items: /rows, object: ticket, id: /id, fields: { status: /status, tags: "/tags/*", hue: /hue, tint: /tint } } }
  desk.close: { action: close, tier: reversible, reach: internal, args: { id: object.ticket } }
roles: { staff: { permissions: { desk: { read: allow, close: allow } } } }
agents:
  helper: { acts_for: [staff], case: { wanted: identifier }, permissions: { desk: { read: allow, close: { ${constraints} } } } }
`;
  const rows = { type: 'object', properties: { rows: { type: 'array', items: listed } } };
  try {
    loaded(yaml, {
      tools: { 'desk.get': { id: 'string' }, 'desk.list': {}, 'desk.close': { id: 'string' } },
      outputs: { 'desk.get': one, 'desk.list': rows },
    });
    return 'loads';
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^\S+ /, '') : 'no error';
  }
}

test.each([
  ['status: open', 'loads'],
  ['status: [open, closed]', 'loads'],
  ['status: case.wanted', 'loads'],
  ['status: "op*"', 'loads'],
  ['status: opne', 'the `status` of `ticket` is never `opne`'],
  ['status: [open, shut]', 'the `status` of `ticket` is never `shut`'],
  ['tags: shut', 'the `tags` of `ticket` is never `shut`'],
])('%s: %s', (where, expected) => {
  expect(said(`where: { id: { ${where} } }`)).toBe(expected);
});

test('a value that one of the tools returns is no slip', () => {
  const wider = { type: 'object', properties: { status: { enum: ['shut'] } } };
  expect(said('where: { id: { status: shut } }', ticket, wider)).toBe('loads');
});

test('where one of the tools says nothing, nothing is known', () => {
  expect(said('where: { id: { status: shut } }', ticket, { type: 'object' })).toBe('loads');
});

test.each([
  ["ref.id.status == 'open'", 'loads'],
  ["ref.id.status == 'opne'", 'opne'],
  ["ref.id.tags.exists(tag, tag == 'shut')", 'shut'],
  ['ref.id.hue == ref.id.tint', 'loads'],
  ['ref.id.hue == 7', 'a string'],
])('%s: %s', (when, expected) => {
  expect(said(`when: ${JSON.stringify(when)}`)).toContain(expected);
});

test('an expression knows no more than what every tool says', () => {
  expect(said(`when: "ref.id.status == 'shut'"`, ticket, { type: 'object' })).toBe('loads');
});
