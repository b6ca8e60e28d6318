import type { JsonObject } from '../../src/content/value.ts';
import { durationText, usdText } from '../time/left.ts';

/** In words: `37 calls`, `$1.20`. */
export function budgetTexts(left: JsonObject): readonly string[] {
  return Object.entries(left).map(([name, value]) =>
    typeof value === 'number' ? inWords(name, value) : `${name} ${JSON.stringify(value)}`,
  );
}

function inWords(name: string, value: number): string {
  switch (name) {
    case 'cost_micro_usd':
      return usdText(value);
    case 'duration_ms':
      return durationText(value);
    case 'tool_calls':
      return `${value.toLocaleString()} ${value === 1 ? 'call' : 'calls'}`;
    default:
      return `${value.toLocaleString()} ${name.replaceAll('_', ' ')}`;
  }
}
