import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJson } from '../content/json.ts';
import { isJsonObject, type JsonObject } from '../content/value.ts';
import { eventCells } from './event-table.ts';

function recorded(type: string): JsonObject {
  const file = join(import.meta.dirname, '../../test/events/v1', `${type}.json`);
  const event = readJson(readFileSync(file, 'utf8'), { bytesMax: 65_536, depthMax: 20 });
  if (!isJsonObject(event)) throw new Error(`${type} is no event`);
  return event;
}

test.each<[type: string, changed: JsonObject, outcome: string]>([
  ['approval.answered', { by: 'ann', answer: 'reject' }, 'reject by ann'],
  ['approval.settled', { by: ['ann', 'bob'], outcome: 'approved' }, 'approved by ann, bob'],
  [
    'approval.settled',
    { by: [], outcome: 'withdrawn', why: 'run.closed' },
    'withdrawn (run.closed)',
  ],
  [
    'alert.raised',
    { alert: 'secret_found', details: { tool: 'mail.send', code: 'inputs.secret' } },
    'secret_found tool mail.send',
  ],
  ['notification.sent', {}, 'of call.held to approvals.slack.0'],
  [
    'notification.sent',
    { ok: false, failure: 'timeout' },
    'of call.held to approvals.slack.0 failed: timeout',
  ],
])('%s says who, where or what: %j', (type, changed, outcome) => {
  expect(eventCells(7, { ...recorded(type), ...changed }).at(-1)).toBe(outcome);
});
