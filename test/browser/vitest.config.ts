import { defineConfig } from 'vitest/config';

/** What needs Chromium beside Node: `npm run matrix browser` installs it, and runs these. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    globalSetup: './build-console.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Each has a browser and a gateway of its own.
    maxWorkers: 2,
  },
});
