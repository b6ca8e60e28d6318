import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CallsUnderWay, type CallUnderWay } from './calls-under-way.ts';

test('whatever the order in which they end, those that have not are under way and no others', () => {
  const steps = fc.array(fc.oneof(fc.constant('begins' as const), fc.nat(20)), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (drawn) => {
      const underWay = new CallsUnderWay();
      const open: CallUnderWay[] = [];
      const ended: string[] = [];
      for (const [index, step] of drawn.entries()) {
        if (step === 'begins') open.push(underWay.begin(`call_${index}`));
        else
          for (const call of open.splice(step, 1)) {
            underWay.over(call, null);
            ended.push(call.id);
          }
      }
      expect(underWay.size).toBe(open.length);
      for (const call of open) expect(underWay.endOf(call.id)).toBe(call.end);
      for (const id of ended) expect(underWay.endOf(id)).toBeUndefined();
    }),
  );
});

test('whoever asks for the end after it came learns it, and nothing that was said later', async () => {
  const underWay = new CallsUnderWay();
  const call = underWay.begin('call_1');
  const settled = { finished: true, awaited: true, result: null, refusal: null, withheld: null };
  call.resolve(settled);
  const end = underWay.endOf('call_1');
  underWay.over(call, null);
  await expect(end).resolves.toBe(settled);
});

test('a call that begins again under its id is the one to wait for, also when the first ends after it began', async () => {
  const underWay = new CallsUnderWay();
  const first = underWay.begin('call_1');
  const second = underWay.begin('call_1');
  expect(underWay.endOf('call_1')).toBe(second.end);
  underWay.over(first, null);
  expect(underWay.endOf('call_1')).toBe(second.end);
  await expect(first.end).resolves.toBeNull();
  underWay.over(second, null);
  await underWay.settled();
  expect(underWay.size).toBe(0);
});
