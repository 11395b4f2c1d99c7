// Builds the server into dist/ (bundled; npm packages stay outside) and the web client into dist/web.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

export async function buildServer() {
  for (const file of existsSync('dist') ? readdirSync('dist') : []) {
    if (/\.js(?:\.map)?$/.test(file)) rmSync(`dist/${file}`);
  }
  const common = {
    outdir: 'dist',
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'linked',
    logLevel: 'warning',
  };
  await build({
    ...common,
    entryPoints: {
      main: 'server/main.ts',
      'workers/writer': 'server/storage/sqlite/threads/writer-worker.ts',
      'workers/upkeep': 'server/storage/sqlite/maintenance/maintenance-process.ts',
      'workers/reader': 'server/storage/sqlite/threads/reader-worker.ts',
      'workers/decode': 'ingest/decode/decode-worker.ts',
      'workers/analysis': 'server/jobs/analysis/analysis-worker.ts',
    },
    // Commands that need the AWS clients load them on demand. Chunks must be next to the entry point, because paths are
    // resolved relative to the calling file.
    splitting: true,
    chunkNames: '[name]-[hash]',
  });
  await build({
    ...common,
    entryPoints: {
      'bench/ingest': 'bench/ingest.ts',
      'bench/query': 'bench/query.ts',
      'bench/page': 'bench/page.ts',
      'bench/sender': 'bench/sender.ts',
      'bench/floor': 'bench/floor.ts',
      'bench/backfill': 'bench/backfill.ts',
      'bench/logs-double': 'bench/logs-double.ts',
      'bench/duckdb': 'bench/duckdb.ts',
      'bench/accuracy': 'bench/accuracy.ts',
      'bench/simulate': 'bench/simulate.ts',
    },
  });
}

/** Builds the Lambda forwarder as one small CommonJS file, as inline code in a template requires. */
export async function buildForwarder() {
  await build({
    entryPoints: ['deploy/forwarder/index.ts'],
    outfile: 'dist/forwarder/index.cjs',
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
  });
}

export async function buildWeb() {
  const vite = await import('vite');
  await vite.build({ logLevel: 'warn' });
}

if (process.argv[1] === import.meta.filename) {
  rmSync('dist', { recursive: true, force: true });
  await buildWeb();
  await buildServer();
  await buildForwarder();
}
