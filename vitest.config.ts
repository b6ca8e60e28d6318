import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

/**
 * Tests start this program in process after process and thread after thread: without it, each compiles the same hundreds of
 * files anew, and most of the suite's time is that.
 */
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('node_modules/.cache/node', import.meta.url),
);

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'console/**/*.test.ts',
      'test/**/*.test.ts',
      'examples/**/*.test.ts',
    ],
    // It wants Chromium beside Node: `npm run matrix browser`.
    exclude: [...configDefaults.exclude, 'test/browser/**'],
    testTimeout: 30_000,
    // What is polled for comes at once; a machine that runs everything else beside it may take seconds.
    expect: { poll: { timeout: 10_000 } },
  },
});
