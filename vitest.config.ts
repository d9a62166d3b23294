import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/services/run-folder.ts'],
    pool: 'forks',
    // They end what hangs: how long anything takes is no test.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
