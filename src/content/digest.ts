import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './json.ts';
import type { JsonValue } from './value.ts';

/** `sha256:<hex>` over the value's RFC 8785 form. */
export function digestOf(value: JsonValue): string {
  return digestOfText(canonicalJson(value));
}

/** `sha256:<hex>` over the text as UTF-8. */
export function digestOfText(text: string): string {
  return `sha256:${bytesToHex(sha256(utf8ToBytes(text)))}`;
}
