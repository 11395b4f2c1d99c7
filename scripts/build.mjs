// Builds the server into dist/ and the web client into dist/web.
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Packages of many small modules. Each thread loads its own copy: from one file that takes a third of the CPU time
 * (reader thread: 0.15 s instead of 0.44 s; decode thread 0.08 s instead of 0.13 s; main thread 0.53 s instead of 0.66 s). All other
 * packages stay outside of the bundle.
 */
const BUNDLED =
  /^(?:kysely|zod|hono|@hono\/node-server|csv-parse|commander|ipaddr\.js|p-limit|prom-client|yaml)(?:\/|$)/;
const keepOutside = {
  name: 'keep-packages-outside',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^(?:@[a-z]|[a-z])/ }, ({ path, kind, importer }) =>
      kind === 'entry-point' || BUNDLED.test(path) || importer.includes('/node_modules/')
        ? undefined
        : { path, external: true },
    );
  },
};

/** Writes the licenses of the packages whose code is in the bundle. */
function writeLicenses(inputs) {
  const names = new Set(
    Object.keys(inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  const texts = [...names].toSorted().map((name) => {
    const folder = join('node_modules', name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} is bundled, but has no license file`);
    return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  writeFileSync('dist/licenses.txt', texts.join(`\n${'-'.repeat(80)}\n\n`));
}

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
  const { metafile } = await build({
    ...common,
    packages: 'bundle',
    // Packages in CommonJS require modules of Node.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);",
    },
    // Positions in stack traces need no copy of the sources.
    sourcesContent: false,
    plugins: [keepOutside],
    metafile: true,
    entryPoints: {
      main: 'server/main.ts',
      'workers/writer': 'server/storage/sqlite/threads/writer-worker.ts',
      'workers/upkeep': 'server/storage/sqlite/maintenance/maintenance-process.ts',
      'workers/files': 'server/storage/files/file-worker.ts',
      'workers/reader': 'server/storage/sqlite/threads/reader-worker.ts',
      'workers/decode': 'ingest/decode/decode-worker.ts',
      'workers/analysis': 'server/roles/analysis-worker.ts',
    },
    // Commands that need the AWS clients load them on demand. Chunks must be next to the entry point, because paths are
    // resolved relative to the calling file.
    splitting: true,
    chunkNames: '[name]-[hash]',
  });
  writeLicenses(metafile.inputs);
  // A test fails if the document is not what the route declarations say.
  copyFileSync('docs/openapi.json', 'dist/openapi.json');
  await build({
    ...common,
    entryPoints: {
      'bench/ingest': 'bench/ingest.ts',
      'bench/query': 'bench/query.ts',
      'bench/page': 'bench/page.ts',
      'bench/loop': 'bench/loop.ts',
      'bench/sender': 'bench/sender.ts',
      'bench/floor': 'bench/floor.ts',
      'bench/backfill': 'bench/backfill.ts',
      'bench/logs-double': 'bench/logs-double.ts',
      'bench/duckdb': 'bench/duckdb.ts',
      'bench/accuracy': 'bench/accuracy.ts',
      'bench/simulate': 'bench/simulate.ts',
      'bench/fuzz': 'bench/fuzz.ts',
      'bench/hostile-bodies': 'bench/hostile-bodies.ts',
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
  // Test runners set another: JSX would keep the place of every element, a tenth of the client.
  process.env.NODE_ENV = 'production';
  const vite = await import('vite');
  await vite.build({ logLevel: 'warn' });
}

if (process.argv[1] === import.meta.filename) {
  rmSync('dist', { recursive: true, force: true });
  await buildWeb();
  await buildServer();
  await buildForwarder();
}
