import type { Constraint } from '../../../policy/model.ts';
import {
  checkAllowedDomains,
  checkForbiddenDomains,
  checkMaxRecipients,
  checkRecipients,
  checkSenders,
} from './addresses.ts';
import { checkAfter, checkNotAfter } from './after.ts';
import { checkMaxAmount, checkMaxTotal } from './amounts.ts';
import type { Answer, Question } from './check.ts';
import { checkNovelty, checkOncePer } from './history.ts';
import { checkAccounts, checkCommands, checkFolders, checkPaths, checkUrls } from './places.ts';
import { checkColumns, checkRows, checkTables } from './sql.ts';
import { checkHours, checkRate } from './time.ts';
import { checkWhen } from './when.ts';
import { checkWhere } from './where.ts';

/** Asks one constraint about one call. Null: it speaks of results only, and `outputs` answers it. */
export function checkConstraint(constraint: Constraint, question: Question): Answer | null {
  switch (constraint.type) {
    case 'recipients':
      return checkRecipients(constraint, question);
    case 'max_recipients':
      return checkMaxRecipients(constraint, question);
    case 'allowed_domains':
      return checkAllowedDomains(constraint, question);
    case 'forbidden_domains':
      return checkForbiddenDomains(constraint, question);
    case 'senders':
      return checkSenders(constraint, question);
    case 'folders':
      return checkFolders(constraint, question);
    case 'paths':
      return checkPaths(constraint, question);
    case 'urls':
      return checkUrls(constraint, question);
    case 'accounts':
      return checkAccounts(constraint, question);
    case 'commands':
      return checkCommands(constraint, question);
    case 'tables':
      return checkTables(constraint, question);
    case 'rows':
      return checkRows(constraint, question);
    case 'max_amount':
      return checkMaxAmount(constraint, question);
    case 'max_total':
      return checkMaxTotal(constraint, question);
    case 'once_per':
      return checkOncePer(constraint, question);
    case 'hours':
      return checkHours(constraint, question);
    case 'rate':
      return checkRate(constraint, question);
    case 'after':
    case 'not_after':
      return constraint.type === 'after'
        ? checkAfter(constraint, question)
        : checkNotAfter(constraint, question);
    case 'novelty':
      return checkNovelty(constraint, question);
    case 'where':
      return checkWhere(constraint, question);
    case 'when':
      return checkWhen(constraint, question);
    case 'fields':
      return checkColumns(constraint, question);
    case 'items':
      return null;
  }
}
