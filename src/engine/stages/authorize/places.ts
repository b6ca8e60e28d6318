import type { Parsed, Unparsable } from '../../../content/kind.ts';
import { parseKind, plainKind } from '../../../content/kinds.ts';
import type { Term, UrlTerm } from '../../../policy/model.ts';
import type { CaseValues } from '../../run.ts';
import { declaredKind } from '../../tool-shape.ts';
import { type Answer, type ConstraintOf, met, type Question, shown, unmet } from './check.ts';
import { type Match, matches } from './terms.ts';
import { refuseAbsent, refuseUnanswerable, valuesOf } from './values.ts';

export function checkFolders(constraint: ConstraintOf<'folders'>, question: Question): Answer {
  const absent = refuseAbsent(question.read, 'folder');
  if (absent !== null) return absent;
  const values = valuesOf(question.read, 'folder');
  const others = values.filter(({ argument, kind, value }) => {
    const match = {
      case: question.party.case,
      kind: declaredKind(question.tool, argument, kind) ?? null,
    };
    const allowed = constraint.only === null || matches(constraint.only, value, match);
    return !allowed || isExceptedFolder(constraint.except, value, match);
  });
  return others.length === 0
    ? met('authorize.folders', () => ({ found: shown(values) }))
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
  const absent = refuseAbsent(question.read, 'path');
  if (absent !== null) return absent;
  const values = valuesOf(question.read, 'path');
  const others = values.filter(
    ({ value }) => !pathPermitted(constraint, value, question.party.case),
  );
  return others.length === 0
    ? met('authorize.paths', () => ({ found: shown(values) }))
    : unmet('authorize.paths', { refused: shown(others) });
}

export function pathPermitted(
  constraint: ConstraintOf<'paths'>,
  value: Parsed | Unparsable,
  values: CaseValues,
): boolean {
  if (value.type !== 'path') return false;
  if (constraint.except.some((glob) => glob.covers(value.key))) return false;
  return constraint.under === null || constraint.under.some((root) => isUnder(value, root, values));
}

type Path = Extract<Parsed, { type: 'path' }>;

/** By whole segments: `/srv/reports-old` isn't below `/srv/reports`. */
function isUnder(path: Path, term: Term, values: CaseValues): boolean {
  const root = term.type === 'literal' ? term.value : caseValue(term.name, 'path', values);
  if (root?.type !== 'path' || root.absolute !== path.absolute) return false;
  return (
    root.segments.length <= path.segments.length &&
    root.segments.every((segment, index) => segment === path.segments[index])
  );
}

export function checkUrls(constraint: ConstraintOf<'urls'>, question: Question): Answer {
  const unanswerable = refuseUnanswerable(question.tool, 'url');
  if (unanswerable !== null) return unanswerable;
  const values = valuesOf(question.read, 'url');
  const others = values.filter(
    ({ value }) => !urlPermitted(constraint, value, question.party.case),
  );
  return others.length === 0
    ? met('authorize.urls', () => ({ found: shown(values) }))
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
  const values = valuesOf(read, kind);
  const others = values.filter(
    ({ argument, value }) =>
      !matches(terms, value, {
        case: party.case,
        kind: declaredKind(tool, argument, kind) ?? null,
      }),
  );
  return others.length === 0
    ? met(code, () => ({ found: shown(values) }))
    : unmet(code, { refused: shown(others) });
}
