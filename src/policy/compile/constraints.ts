import type { KindName } from '../../content/kind.ts';
import { plainKind } from '../../content/kinds.ts';
import { callEnvironment } from '../cel-environment.ts';
import type { Constraint, HoursWindow, Term } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import { objectsOf } from '../objects.ts';
import type { Report } from '../report.ts';
import type { ConstraintSyntax } from '../shape/constraint.ts';
import { parseHoursWindow } from '../shape/hours.ts';
import type { Located } from '../shape/shape.ts';
import { compileAfter } from './after.ts';
import { compileExpression } from './cel.ts';
import type { Compilation, ConstraintPlace } from './context.ts';
import { areFolders, compileExceptedPaths } from './excepted-paths.ts';
import { compileFields } from './fields.ts';
import { compileOtherwise } from './holds.ts';
import { compileItems } from './items.ts';
import { compileMoney } from './money.ts';
import { compileTables } from './tables.ts';
import {
  all,
  compileAddressTerm,
  compileDomainTerm,
  compileTerms,
  compileUrlTerm,
  termKey,
} from './terms.ts';
import { compileWhere } from './where.ts';

type Common = Pick<Constraint, 'name' | 'at' | 'otherwise'>;

/** One constraint; null when it can't be used, and the report says why. */
export function compileConstraint(
  syntax: ConstraintSyntax,
  place: ConstraintPlace,
): Constraint | null {
  const { compilation, caseNames } = place;
  const { report } = compilation;
  const common: Common = {
    name: syntax.name,
    at: syntax.at,
    otherwise: compileOtherwise(syntax.otherwise, place),
  };
  switch (syntax.type) {
    case 'recipients':
    case 'senders': {
      const only = all(syntax.entries, (entry) => compileAddressTerm(entry, caseNames, report));
      return only === null ? null : { ...common, type: syntax.type, only };
    }
    case 'allowed_domains':
    case 'forbidden_domains': {
      const domains = all(syntax.entries, (entry) => compileDomainTerm(entry, caseNames, report));
      if (syntax.type === 'forbidden_domains') warnOfOpenParents(syntax.entries, report);
      return domains === null ? null : { ...common, type: syntax.type, domains };
    }
    case 'max_recipients':
      return { ...common, type: 'max_recipients', max: syntax.max };
    case 'urls': {
      const only = all(syntax.entries, (entry) => compileUrlTerm(entry, caseNames, report));
      return only === null ? null : { ...common, type: 'urls', only };
    }
    case 'accounts':
    case 'commands': {
      const kind = plainKind(syntax.type === 'accounts' ? 'account' : 'command');
      const only = compileTerms(syntax.entries, kind, caseNames, report);
      return only === null ? null : { ...common, type: syntax.type, only };
    }
    case 'folders': {
      const { only, except } = compileBoth(syntax, 'folder', place);
      if (only === null || except === null) return null;
      if (!canHold(only, except, syntax, report)) return null;
      return { ...common, type: 'folders', only: syntax.only === undefined ? null : only, except };
    }
    case 'paths': {
      const roots = syntax.under?.value ?? [];
      const under = compileTerms(roots, plainKind('path'), caseNames, report);
      if (under === null || !areFolders(roots, report)) return null;
      const allowed = syntax.under === undefined ? null : under;
      const except = compileExceptedPaths(syntax.except?.value ?? [], allowed, report);
      return except === null ? null : { ...common, type: 'paths', under: allowed, except };
    }
    case 'tables': {
      const tables = compileTables(syntax, report);
      return tables === null ? null : { ...common, type: 'tables', ...tables };
    }
    case 'rows':
      return { ...common, type: 'rows', max: syntax.max };
    case 'fields':
      return compileFields(syntax, common, place);
    case 'items':
      return compileItems(syntax, common, place);
    case 'max_amount': {
      const amount = compileMoney(syntax.amount, compilation.currency, report);
      return amount === null ? null : { ...common, type: 'max_amount', amount };
    }
    case 'max_total': {
      const { amount, windowMs } = syntax.total.value;
      const money = compileMoney(
        { value: amount, at: syntax.total.at },
        compilation.currency,
        report,
      );
      if (syntax.scope === 'case' && caseNames.declared.size === 0) {
        report.error('policy.unknown', syntax.at, 'a total by case needs a case', {
          mend: `declare it in ${caseNames.where}`,
        });
        return null;
      }
      return money === null
        ? null
        : { ...common, type: 'max_total', scope: syntax.scope, amount: money, windowMs };
    }
    case 'once_per':
      return {
        ...common,
        type: 'once_per',
        arguments: syntax.arguments.map((one) => one.value),
        of: syntax.of,
      };
    case 'hours': {
      const windows = all(syntax.windows, (window) => compileWindow(window, compilation));
      return windows === null ? null : { ...common, type: 'hours', windows };
    }
    case 'rate':
      return { ...common, type: 'rate', rate: syntax.rate };
    case 'after':
    case 'not_after':
      return compileAfter(syntax, common, place);
    case 'novelty':
      return { ...common, type: 'novelty', of: syntax.of };
    case 'where':
      return compileWhere(syntax, common, place);
    case 'when': {
      if (place.covered.length === 0) return null;
      const environment = callEnvironment(
        place.covered,
        caseNames.declared,
        objectsOf(compilation.tools.values()),
      );
      const program = compileExpression(syntax.expression, environment, report);
      return program === null ? null : { ...common, type: 'when', program };
    }
  }
}

/** `forbidden_domains: ["*.x.example"]` forbids what is below, and lets x.example itself through. */
function warnOfOpenParents(entries: readonly Located<string>[], report: Report): void {
  for (const { value, at } of entries) {
    if (!value.startsWith('*.')) continue;
    const domain = value.slice(2);
    if (entries.some((other) => other.value.toLowerCase() === domain.toLowerCase())) continue;
    report.warning('policy.conflict', at, `\`${value}\` doesn't forbid \`${domain}\` itself`, {
      mend: `write \`${domain}\`: its subdomains are forbidden with it`,
    });
  }
}

function compileBoth(
  syntax: Extract<ConstraintSyntax, { type: 'folders' }>,
  kind: KindName,
  { caseNames, compilation }: ConstraintPlace,
): { only: readonly Term[] | null; except: readonly Term[] | null } {
  const compile = (entries: readonly Located<string>[]): readonly Term[] | null =>
    compileTerms(entries, plainKind(kind), caseNames, compilation.report);
  return { only: compile(syntax.only?.value ?? []), except: compile(syntax.except?.value ?? []) };
}

/** `only: [a], except: [a]` allows nothing, and nobody means that. */
function canHold(
  only: readonly Term[],
  except: readonly Term[],
  syntax: ConstraintSyntax,
  report: Report,
): boolean {
  const excepted = new Set(except.map(termKey));
  if (only.length === 0 || only.some((term) => !excepted.has(termKey(term)))) return true;
  report.error(
    'policy.conflict',
    syntax.at,
    'everything in `only` is in `except` too, so nothing is allowed',
    {
      mend: 'remove one of the two',
    },
  );
  return false;
}

function compileWindow(
  written: Located<string>,
  { windows, timezone, report }: Compilation,
): HoursWindow | null {
  const named = windows.get(written.value);
  if (named !== undefined) return named;
  const parsed = parseHoursWindow(written.value);
  if (parsed !== null) return { ...parsed, timezone };
  report.error('policy.unknown', written.at, `unknown window \`${written.value}\``, {
    expected: 'a name in `hours`, or `Mon-Fri 09:00-17:00`',
    mend: didYouMean(written.value, windows.keys()),
  });
  return null;
}
