// The unit tests that mutants.mjs runs.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    include: (process.env.THERMOCLINE_MUTANT_TESTS ?? '').split(' '),
    // Stryker ends what hangs.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    isolate: false,
  },
});
