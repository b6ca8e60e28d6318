import { injectionVersion, screenText } from './injection/screen.ts';
import { findPii, piiVersion } from './pii/find-pii.ts';
import { findSecrets, secretsVersion } from './secrets/find-secrets.ts';
import type { Scans, TextScan } from './sighting.ts';

/** Which detectors look, and what they have to know. Plain data: it goes to a worker. */
export interface Looks {
  readonly injection: boolean;
  readonly pii: boolean;
  readonly secrets: boolean;
  /** Operations of the catalogue (`send_email`): text that names them speaks to whoever can call them. */
  readonly toolNames: readonly string[];
  /** Every secret that Sallyport holds, by value. */
  readonly held: readonly string[];
}

/** Recorded with what they said, since another version may say something else. */
export const detectorVersions: {
  readonly injection: number;
  readonly pii: number;
  readonly secrets: number;
} = { injection: injectionVersion, pii: piiVersion, secrets: secretsVersion };

export const nothingScanned: Scans = new Map();

export function scanTexts(texts: readonly string[], looks: Looks): Scans {
  return texts.length === 0
    ? nothingScanned
    : new Map(texts.map((text) => [text, scanText(text, looks)]));
}

/** Linear in the text, and total. A model's score is the shell's to ask for. */
export function scanText(text: string, looks: Looks): TextScan {
  return {
    injection: looks.injection ? screenText(text, looks.toolNames) : null,
    pii: looks.pii ? findPii(text) : null,
    secrets: looks.secrets ? findSecrets(text, looks.held) : null,
    model: null,
  };
}
