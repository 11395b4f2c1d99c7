import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** A time-out ends a test that hangs. It is never a measure: the machine may be busy with something else. */
const HANGS_MS = 600_000;
const measured = process.env['THERMOCLINE_TEST_CPU'] === undefined ? {} : { setupFiles: ['test/support/cpu-log.ts'] };
const patience = { ...measured, testTimeout: HANGS_MS, hookTimeout: HANGS_MS, expect: { poll: { timeout: HANGS_MS } } };
const product = {
  ...patience,
  // What is polled is often a request, which takes time from what it waits for: half as often as by default.
  expect: { poll: { timeout: HANGS_MS, interval: 100 } },
  globalSetup: ['test/support/build.ts'],
};

/**
 * Files that take longest, by CPU time (docs/testing.md, "Cost"); `errors` and `demo` wait for the server's jobs. They start first, so that
 * no worker is left with one of them at the end.
 */
const LONGEST = [
  'errors',
  'demo',
  'hostile',
  'pages-without-data',
  'languages',
  'actions',
  'cli',
  'main-thread',
  'odd-values',
  'oidc',
  'attribution',
  'paging',
  'attribution-order',
  'alerts',
  'lost-commits',
  'deliveries',
  'upkeep',
  'access',
  'aws-cli',
  'import-interrupted',
  'threads',
  'imports',
  'memory',
  'clock',
  'import-undo',
  'detached-files',
  'page-sums',
  'identity',
  'pull-durability',
  'frame',
  'pages-desktop',
  'pages-phone',
  'kinds',
  'restrictions',
  'local-users',
  'rules-code',
  'firehose-records',
  'own-files',
  'order',
  'old-unknown-streams',
];

/** A sequencer of its own would order the files of `--sequence.shuffle` too. */
const isShuffled = process.argv.some((argument) => argument.startsWith('--sequence.shuffle'));

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.indexOf(basename(moduleId, '.test.ts'));
      return at === -1 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Checks of estimators on many simulated data sets. `npm test` runs them, `npm run check` does not. */
const SIMULATIONS = '{ingest,server}/**/*.simulation.test.ts';

export default defineConfig({
  test: {
    // Compiled modules by their content: half of the time that loading them takes.
    experimental: { fsModuleCache: true, fsModuleCachePath: 'node_modules/.cache/vitest-modules' },
    sequence: isShuffled ? {} : { sequencer: LongestFirst },
    coverage: {
      provider: 'custom',
      customProviderModule: 'scripts/coverage.mjs',
      include: ['{ingest,server,web}/**/*.{ts,tsx}'],
      exclude: ['**/*.test.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
    },
    projects: [
      {
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
        test: {
          ...patience,
          name: 'unit',
          include: ['{ingest,server,web,bench}/**/*.test.ts', 'test/{unit,support}/**/*.test.ts'],
          exclude: [
            'server/storage/questions/*/contract.test.ts',
            'server/storage/rollup/*.contract.test.ts',
            SIMULATIONS,
          ],
          // Loading modules once per process instead of once per file halves the time. Files restore what they stub.
          isolate: false,
          // Vitest would use one core less than there are.
          maxWorkers: availableParallelism(),
        },
      },
      { test: { ...patience, name: 'simulation', include: [SIMULATIONS], isolate: false, maxWorkers: 1 } },
      // Both stores are filled once and shared by all files: one process, no isolation.
      {
        test: {
          ...patience,
          name: 'contract',
          include: ['server/storage/questions/*/contract.test.ts', 'server/storage/rollup/*.contract.test.ts'],
          globalSetup: ['test/support/build.ts', 'test/support/contract-setup.ts'],
          testTimeout: 600_000,
          isolate: false,
          fileParallelism: false,
        },
      },
      // Importing the server takes 2.4 s of CPU time: once per worker without isolation, once per file with it.
      {
        test: {
          ...product,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...product,
          name: 'browser',
          include: ['test/browser/*.test.ts'],
          globalSetup: ['test/support/build.ts', 'test/support/browser-setup.ts'],
          isolate: false,
          maxWorkers: 2,
        },
      },
      // The engine is half a gigabyte: these run by `npm run test:clickhouse`.
      {
        test: {
          ...product,
          name: 'clickhouse',
          include: ['test/clickhouse/**/*.test.ts'],
          fileParallelism: false,
        },
      },
      { test: { ...product, name: 'scale', include: ['bench/scale.ts'], fileParallelism: false } },
      {
        test: {
          ...product,
          name: 'drill',
          include: ['test/drills/*.test.ts'],
          testTimeout: 1_200_000,
          isolate: false,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...product,
          name: 'drill-long',
          include: ['test/drills/long/*.test.ts'],
          testTimeout: 3_600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
