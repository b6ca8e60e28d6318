/**
 * Writes what is published of the policy language: `sallyport.schema.json` and `docs/policy-reference.md`; with a
 * folder named, the schema into that folder alone (the build puts it beside the code).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyReference } from '../src/policy/reference.ts';
import { policyJsonSchema } from '../src/policy/shape/document.ts';

const root = join(import.meta.dirname, '..');
const [folder] = process.argv.slice(2);
const target = folder === undefined ? root : join(root, folder);

mkdirSync(target, { recursive: true });
writeFileSync(
  join(target, 'sallyport.schema.json'),
  `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
);
if (folder === undefined)
  writeFileSync(join(root, 'docs', 'policy-reference.md'), policyReference());
