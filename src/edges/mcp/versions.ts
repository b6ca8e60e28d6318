/** The protocol versions served at one URL. The body of a request says which era it belongs to. */
export const modernVersion = '2026-07-28';
/** Newest first: the first is what a client is offered that asks for something else. */
export const legacyVersions = ['2025-11-25', '2025-06-18', '2025-03-26'] as const;
export const supportedVersions: readonly string[] = [modernVersion, ...legacyVersions];

export function isLegacyVersion(version: string): boolean {
  return legacyVersions.some((known) => known === version);
}
