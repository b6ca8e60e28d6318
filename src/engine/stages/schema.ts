import type { Context } from '../context.ts';
import type { Finding } from '../decision.ts';
import { deny } from '../findings.ts';

/** What was written: `readCall` looked at it, once, because what it made of it is what is sent. */
export function schema({ reading, tool }: Context): readonly Finding[] {
  if (reading === null)
    return [deny('schema', 'engine.fault', { reason: 'the arguments were not read' })];
  if (!reading.ok) return reading.findings;
  // A reading of another tool would judge one call and send another.
  return reading.read.tool === tool
    ? []
    : [deny('schema', 'engine.fault', { reason: 'the arguments were read for another tool' })];
}
