import type { Parsed } from './kind.ts';

/** A parsed value as expressions and records hold it: amounts in the smallest unit, texts in the one spelling. */
export function plainValue(value: Parsed): string | number | boolean {
  switch (value.type) {
    case 'amount':
      return value.minor;
    case 'number':
      return value.number;
    case 'flag':
      return value.flag;
    case 'address':
    case 'url':
    case 'path':
    case 'command':
    case 'text':
      return value.key;
  }
}
