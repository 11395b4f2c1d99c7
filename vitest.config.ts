import { defineConfig } from 'vitest/config';

const product = { globalSetup: ['test/support/build.ts'], testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['{ingest,server,web}/**/*.test.ts', 'test/unit/**/*.test.ts'] } },
      { test: { ...product, name: 'integration', include: ['test/integration/**/*.test.ts'], fileParallelism: false } },
      { test: { ...product, name: 'browser', include: ['test/browser/**/*.test.ts'], fileParallelism: false } },
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
