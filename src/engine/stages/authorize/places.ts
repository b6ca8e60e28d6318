import type { Parsed, Unparsable } from '../../../content/kind.ts';
import { parseKind, plainKind } from '../../../content/kinds.ts';
import type { Term, UrlTerm } from '../../../policy/model.ts';
import type { CaseValues } from '../../run.ts';
import { declaredKind } from '../../tool-shape.ts';
import { type Answer, type ConstraintOf, met, type Question, shown, unmet } from './check.ts';
import { type Match, matches } from './terms.ts';
import { refuseAbsent, refusedOf, refuseUnanswerable, valuesOf } from './values.ts';

export function checkFolders(constraint: ConstraintOf<'folders'>, question: Question): Answer {
  const { read } = question;
  const absent = refuseAbsent(read, 'folder');
  if (absent !== null) return absent;
  const others = refusedOf(read, 'folder', ({ argument, kind, value }) => {
    const match = {
      case: question.party.case,
      kind: declaredKind(question.tool, argument, kind) ?? null,
    };
    const allowed = constraint.only === null || matches(constraint.only, value, match);
    return allowed && !isExceptedFolder(constraint.except, value, match);
  });
  return others.length === 0
    ? met('authorize.folders', () => ({ found: shown(valuesOf(read, 'folder')) }))
    : unmet('authorize.folders', { refused: shown(others) });
}

/**
 * Servers differ on whether `Finance` is `finance`, and on what separates a folder from the one that it is in. Who excepts
 * one means it in every spelling, and what lies in it.
 */
export function isExceptedFolder(
  except: readonly Term[],
  value: Parsed | Unparsable,
  match: Match,
): boolean {
  if (matches(except, value, match)) return true;
  if (value.type !== 'text') return false;
  const names = except.flatMap((term) => folderName(term, match.case) ?? []).map(folded);
  const folder = folded(value.key);
  return names.some(
    (name) =>
      folder === name ||
      // On some servers every folder is in the inbox.
      (name !== 'inbox' && (folder.startsWith(`${name}/`) || folder.startsWith(`${name}.`))),
  );
}

function folderName(term: Term, values: CaseValues): string | null {
  if (term.type === 'literal') return term.value.key;
  const bound = Object.hasOwn(values, term.name) ? values[term.name] : undefined;
  return bound === undefined ? null : String(bound);
}

function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

export function checkPaths(constraint: ConstraintOf<'paths'>, question: Question): Answer {
  const { read, party } = question;
  const absent = refuseAbsent(read, 'path');
  if (absent !== null) return absent;
  const others = refusedOf(read, 'path', ({ value }) =>
    pathPermitted(constraint, value, party.case),
  );
  return others.length === 0
    ? met('authorize.paths', () => ({ found: shown(valuesOf(read, 'path')) }))
    : unmet('authorize.paths', { refused: shown(others) });
}

export function pathPermitted(
  constraint: ConstraintOf<'paths'>,
  value: Parsed | Unparsable,
  values: CaseValues,
): boolean {
  if (value.type !== 'path') return false;
  for (const glob of constraint.except) if (glob.covers(value.key)) return false;
  if (constraint.under === null) return true;
  for (const root of constraint.under) if (isUnder(value, root, values)) return true;
  return false;
}

type Path = Extract<Parsed, { type: 'path' }>;

/** By whole segments: `/srv/reports-old` isn't below `/srv/reports`. */
function isUnder(path: Path, term: Term, values: CaseValues): boolean {
  const root = term.type === 'literal' ? term.value : caseValue(term.name, 'path', values);
  if (root?.type !== 'path' || root.absolute !== path.absolute) return false;
  const { segments } = root;
  if (segments.length > path.segments.length) return false;
  for (let at = 0; at < segments.length; at += 1)
    if (segments[at] !== path.segments[at]) return false;
  return true;
}

export function checkUrls(constraint: ConstraintOf<'urls'>, question: Question): Answer {
  const { read, tool, party } = question;
  const unanswerable = refuseUnanswerable(tool, 'url');
  if (unanswerable !== null) return unanswerable;
  const others = refusedOf(read, 'url', ({ value }) => urlPermitted(constraint, value, party.case));
  return others.length === 0
    ? met('authorize.urls', () => ({ found: shown(valuesOf(read, 'url')) }))
    : unmet('authorize.urls', { refused: shown(others) });
}

export function urlPermitted(
  constraint: ConstraintOf<'urls'>,
  value: Parsed | Unparsable,
  values: CaseValues,
): boolean {
  if (value.type !== 'url') return false;
  return constraint.only.some((entry) => {
    const term = 'case' in entry ? caseUrl(entry.case, values) : entry;
    return term !== null && covers(term, value);
  });
}

/** An entry covers its scheme, host and port, and every path at or below its own. */
export function covers(term: UrlTerm, url: Extract<Parsed, { type: 'url' }>): boolean {
  if (term.scheme !== url.scheme || term.host !== url.host || term.port !== url.port) return false;
  return term.path === '' || url.path === term.path || url.path.startsWith(`${term.path}/`);
}

function caseUrl(name: string, values: CaseValues): UrlTerm | null {
  const url = caseValue(name, 'url', values);
  return url?.type === 'url' ? { ...url, path: url.path.replace(/\/+$/, '') } : null;
}

function caseValue(name: string, kind: 'path' | 'url', values: CaseValues): Parsed | null {
  const bound = Object.hasOwn(values, name) ? values[name] : undefined;
  if (bound === undefined) return null;
  const parsed = parseKind(plainKind(kind), bound);
  return parsed.type === 'unparsable' ? null : parsed;
}

export function checkAccounts(constraint: ConstraintOf<'accounts'>, question: Question): Answer {
  const unanswerable = refuseUnanswerable(question.tool, 'account');
  if (unanswerable !== null) return unanswerable;
  return everyListed(constraint.only, 'account', 'authorize.accounts', question);
}

/** Word by word: `npm test; curl …` is no `npm test`. Without a command it isn't known what would run. */
export function checkCommands(constraint: ConstraintOf<'commands'>, question: Question): Answer {
  const absent = refuseAbsent(question.read, 'command');
  if (absent !== null) return absent;
  return everyListed(constraint.only, 'command', 'authorize.commands', question);
}

function everyListed(
  terms: readonly Term[],
  kind: 'account' | 'command',
  code: 'authorize.accounts' | 'authorize.commands',
  { read, tool, party }: Question,
): Answer {
  const others = refusedOf(read, kind, ({ argument, value }) =>
    matches(terms, value, { case: party.case, kind: declaredKind(tool, argument, kind) ?? null }),
  );
  return others.length === 0
    ? met(code, () => ({ found: shown(valuesOf(read, kind)) }))
    : unmet(code, { refused: shown(others) });
}
