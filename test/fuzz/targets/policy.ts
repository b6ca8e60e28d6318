/** Policies as somebody who can write one file of them may write it: loaded, or refused with words, never a throw. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPolicy } from '../../../src/policy/load.ts';
import { parseLock } from '../../../src/policy/lock-file.ts';
import { must, type Target } from '../target.ts';

const folder = join(import.meta.dirname, '../../policies');
const file = (name: string): string => readFileSync(join(folder, name), 'utf8');
const lock = parseLock(file('sallyport.lock'));

export const policyTarget: Target = {
  name: 'policy',
  alphabet: 'text',
  lengthMax: 12_000,
  roundsInTest: 60,
  seeds: [
    file('good/smallest.yaml'),
    file('good/everything.yaml'),
    'sallyport: 1\nroles:\n  a: { permissions: { b: { c: allow } } }\n',
    'sallyport: 1\ninclude: [parts/bank.yaml]\n',
  ],
  dictionary: [
    '&a ',
    '*a',
    '<<: *a',
    '!!js/function ',
    '? ',
    '- ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '|\n',
    '>-\n',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '__proto__: 1\n',
    'constructor',
    'toString',
    'include: [sallyport.yaml]\n',
    'include: [../../etc/passwd]\n',
    'when: ',
    'true',
    'yes',
    'null',
    '~',
    '0x10',
    '1e400',
    '.inf',
    '\t',
    '\u2028',
    '\ufeff',
    '# ',
    "'",
    '"',
    '\\',
    'allow',
    'deny',
    '*',
    '\n  ',
    '\n      ',
  ],
  check(input) {
    const asked: string[] = [];
    const load = () =>
      loadPolicy({
        file: 'sallyport.yaml',
        readFile: (path) => {
          asked.push(path);
          if (path === 'sallyport.yaml') return input;
          return path === 'parts/bank.yaml' ? file('good/parts/bank.yaml') : null;
        },
        lock,
      });
    const loaded = load();
    for (const path of asked)
      must(
        !path.startsWith('/') && !path.split('/').includes('..'),
        'a file outside the policy’s folder is read',
      );
    must(asked.length <= 1_000, 'files without end are read');
    if (!loaded.ok) {
      must(loaded.errors.length > 0, 'refused without a reason');
      return loaded.errors[0]?.code ?? '';
    }
    const again = load();
    must(again.ok && again.policy.hash === loaded.policy.hash, 'the same text has another hash');
    return `loaded ${loaded.warnings.length}`;
  },
};
