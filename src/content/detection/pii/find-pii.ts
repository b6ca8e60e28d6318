import type { Sighting } from '../sighting.ts';

export const piiVersion = 1;

/** Types that a policy can name under `content.pii.redact`. */
export const piiTypes = ['credit_card', 'iban', 'us_ssn', 'email', 'phone', 'ip_address'] as const;
export type PiiType = (typeof piiTypes)[number];

export interface PiiSighting extends Sighting {
  readonly type: PiiType;
}

export function findPii(_text: string): readonly PiiSighting[] {
  return [];
}
