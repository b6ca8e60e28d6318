/** The suite's scenarios for clients, with our upstream as the client. Those about OAuth and elicitation we refuse by design. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const clientPath = fileURLToPath(new URL('./conformance-client.ts', import.meta.url));
const suitePath = (revision: string): string =>
  fileURLToPath(
    new URL(`../../node_modules/conformance-${revision}/dist/index.js`, import.meta.url),
  );

test.each([
  ['2025-11-25', 'initialize'],
  ['2025-11-25', 'tools_call'],
  ['2025-11-25', 'sse-retry'],
  ['2026-07-28', 'tools_call'],
  ['2026-07-28', 'request-metadata'],
  ['2026-07-28', 'http-standard-headers'],
  ['2026-07-28', 'http-custom-headers'],
  ['2026-07-28', 'http-invalid-tool-headers'],
  ['2026-07-28', 'json-schema-ref-no-deref'],
  ['2026-07-28', 'json-schema-2020-12-preservation'],
])('%s: %s', async (revision, scenario) => {
  const version = revision === '2026-07-28' ? ['--spec-version', revision] : [];
  const command = `"${process.execPath}" "${clientPath}"`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    suitePath(revision),
    'client',
    '--command',
    command,
    '--scenario',
    scenario,
    ...version,
  ]);
  expect(stdout + stderr).toContain('OVERALL: PASSED');
});
