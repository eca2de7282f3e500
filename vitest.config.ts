import { defineConfig } from 'vitest/config';

// One project per kind of test; `build/run.mjs` picks them by name, a developer by path.
const project = (name: string, include: string[], testTimeout: number, fileParallelism = true) => ({
  test: { name, include, testTimeout, hookTimeout: testTimeout, fileParallelism, environment: 'node' as const },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', ['tests/unit/**/*.test.{ts,tsx}'], 20_000),
      project('isa', ['tests/isa/**/*.test.ts'], 120_000),
      project('golden', ['tests/golden/**/*.test.ts'], 60_000),
      project('guest-short', ['tests/guest/short/**/*.test.ts'], 240_000, false),
      project('guest-long', ['tests/guest/long/**/*.test.ts'], 3_600_000, false),
      project('long', ['tests/long/**/*.test.ts'], 3_600_000, false),
    ],
  },
});
