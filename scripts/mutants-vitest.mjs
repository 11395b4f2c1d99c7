// The unit tests that mutants.mjs runs.
import { defineConfig } from 'vitest/config';

/** A file that fails before its tests, where a module throws when it is loaded, is an error: Stryker looks at tests only. */
class LoadErrors {
  onInit(vitest) {
    this.vitest = vitest;
  }

  onTestModuleEnd(module) {
    for (const error of module.errors()) this.vitest.state.catchError(error, 'Unhandled Error');
  }
}

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    include: (process.env.THERMOCLINE_MUTANT_TESTS ?? '').split(' '),
    // Stryker ends what hangs.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    isolate: false,
    reporters: [new LoadErrors()],
  },
});
