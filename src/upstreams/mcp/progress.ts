import type { JsonObject } from '../../content/value.ts';

/** Numbers only: an upstream's progress texts are read by people and models, and nobody judged them. */
export function progressOf(
  params: JsonObject,
): { readonly token: number; readonly progress: number; readonly total: number | null } | null {
  const { progressToken, progress, total } = params;
  if (typeof progressToken !== 'number' || typeof progress !== 'number') return null;
  return { token: progressToken, progress, total: typeof total === 'number' ? total : null };
}
