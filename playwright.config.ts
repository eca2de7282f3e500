import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests/e2e',
  // The tour of all screens takes minutes.
  projects: [
    { name: 'e2e', testMatch: '**/*.spec.ts', testIgnore: '**/looks.spec.ts' },
    { name: 'looks', testMatch: '**/looks.spec.ts' },
  ],
  timeout: 600_000,
  expect: { timeout: 20_000 },
  workers: 1,
  fullyParallel: false,
  outputDir: 'build/out/test-results/e2e',
});
