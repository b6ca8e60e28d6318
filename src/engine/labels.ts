import { limits } from './limits.ts';
import type { Labels } from './run.ts';

/** Nothing was read: what a refusal or a withheld result leaves in a run. */
export const noLabels: Labels = { classes: [], subjects: [], trust: 'trusted' };

/** More subjects than are kept apart. Equals no subject, so whatever asks for one is refused: coarser, never cleaner. */
export const unknownSubject = '?';

export function mergeLabels(a: Labels, b: Labels): Labels {
  const classes = union(a.classes, b.classes);
  const subjects = bounded(union(a.subjects, b.subjects));
  const trust = a.trust === 'untrusted' || b.trust === 'untrusted' ? 'untrusted' : 'trusted';
  // Most results bring nothing new.
  return classes === a.classes && subjects === a.subjects && trust === a.trust
    ? a
    : { classes, subjects, trust };
}

/** Of labels as `mergeLabels` makes them. */
export function isSameLabels(a: Labels, b: Labels): boolean {
  return a.trust === b.trust && isSame(a.classes, b.classes) && isSame(a.subjects, b.subjects);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  if (b.length === 0 || b.every((value) => a.includes(value))) return a;
  return [...new Set([...a, ...b])].sort();
}

function bounded(subjects: readonly string[]): readonly string[] {
  if (subjects.length <= limits.subjectsMax) return subjects;
  const kept = subjects
    .filter((subject) => subject !== unknownSubject)
    .slice(0, limits.subjectsMax - 1);
  return [...kept, unknownSubject].sort();
}
