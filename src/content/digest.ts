import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './json.ts';
import type { JsonValue } from './value.ts';

type Sha256 = (text: string) => string;

let sha256Of: Sha256 = (text) => bytesToHex(sha256(utf8ToBytes(text)));

/**
 * Lets the platform do the hashing, ten times as fast: this room knows none. Digests stay what they are.
 *
 * @param sha256 - SHA-256 of the text as UTF-8, in lower-case hexadecimal.
 */
export function hashWith(sha256: Sha256): void {
  sha256Of = sha256;
}

/** `sha256:<hex>` over the value's RFC 8785 form. */
export function digestOf(value: JsonValue): string {
  return digestOfText(canonicalJson(value));
}

/** `sha256:<hex>` over the text as UTF-8. */
export function digestOfText(text: string): string {
  return `sha256:${sha256Of(text)}`;
}
