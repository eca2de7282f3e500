import { defineConfig } from '@playwright/test';

/** For `npm run test:package`. */
export default defineConfig({
  testDir: '.',
  workers: 1,
  timeout: 240_000,
  expect: { timeout: 20_000 },
  outputDir: '../../build/out/test-results/package',
});
