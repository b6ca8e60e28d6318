/**
 * A broken policy as a text file that anyone can add:
 *
 *   the policy (`policy.yaml`)
 *   === file tools/mail.yaml        (any number of files that it includes)
 *   === errors
 *   policy.yaml:4:3 policy.key unknown constraint `max_recipient`
 *     mend: did you mean `max_recipients`?
 *
 * Every error has to be there, in order, each at its very line and column, with its very words and mend.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../src/policy/diagnostic.ts';
import { type LoadResult, loadPolicy } from '../../src/policy/load.ts';
import type { Lock } from '../../src/policy/lock.ts';
import { parseLock } from '../../src/policy/lock-file.ts';

export interface BrokenPolicy {
  readonly files: ReadonlyMap<string, string>;
  readonly errors: string;
}

export const folder: string = import.meta.dirname;

/** The definitions that fixtures may name: see `sallyport.lock` beside this file. */
export const lock: Lock = parseLock(readFileSync(join(folder, 'sallyport.lock'), 'utf8'));

export function readBroken(text: string): BrokenPolicy {
  const [policy = '', ...sections] = text.split(/^=== /m);
  const files = new Map([['policy.yaml', policy]]);
  let errors = '';
  for (const section of sections) {
    const [title = '', body = ''] = section.split(/\n(.*)/s);
    const [, name] = /^file (\S+)$/.exec(title) ?? [];
    if (name !== undefined) files.set(name, body);
    else if (title === 'errors') errors = body;
    else throw new Error(`a section is \`file NAME\` or \`errors\`, not \`${title}\``);
  }
  return { files, errors };
}

export function load({ files }: Pick<BrokenPolicy, 'files'>): LoadResult {
  return loadPolicy({ file: 'policy.yaml', readFile: (path) => files.get(path) ?? null, lock });
}

export function renderErrors(errors: readonly Diagnostic[]): string {
  return errors
    .flatMap(({ at, code, message, mend }) => [
      `${at.file}:${at.line}:${at.column} ${code} ${message}`,
      ...(mend === null ? [] : [`  mend: ${mend}`]),
    ])
    .map((line) => `${line}\n`)
    .join('');
}
