import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Vitest would leave one core idle, of two that is half of them.
    maxWorkers: '100%',
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/**/*.{slow,mocked}.test.ts',
            'test/faults/**',
            'test/slurm/**',
            'test/browser/**',
          ],
          // The modules are loaded once for all files: loading them for each took a third of the time.
          isolate: false,
          setupFiles: ['test/restored.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          // Modules that are mocked are loaded anew for each file.
          name: 'mocked',
          include: ['test/**/*.mocked.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: ['test/**/*.slow.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'slurm',
          include: ['test/slurm/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['test/faults/*.test.ts'],
          // The long form takes hours.
          testTimeout: 36_000_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
