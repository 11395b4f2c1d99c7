// Builds the server into dist/ and the web client into dist/web.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { writeClientTypes } from './client-types.mjs';
import { keepCompiledCode } from './compiled-code.mjs';

/**
 * Packages of many small modules. Each thread loads its own copy: from one file that takes a third of the CPU time
 * (reader thread: 0.15 s instead of 0.44 s; decode thread 0.08 s instead of 0.13 s; main thread 0.53 s instead of 0.66 s). All other
 * packages stay outside of the bundle.
 */
const BUNDLED =
  /^(?:kysely|zod|hono|@hono\/node-server|@modelcontextprotocol\/sdk|csv-parse|commander|hyparquet|hyparquet-writer|ipaddr\.js|jose|openid-client|p-limit|p-throttle|prom-client|protobufjs|re2js|yaml)(?:\/|$)/;
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
  const names = new Set(inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  const texts = [...names].toSorted().map((name) => {
    const folder = join('node_modules', name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} is bundled, but has no license file`);
    return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  writeFileSync('dist/licenses.txt', texts.join(`\n${'-'.repeat(80)}\n\n`));
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

/** What `loadBundle` passes to a bundle. */
const PARAMETERS = 'exports, require, module, __filename, __dirname, __url';

/** What runs in a thread or process of its own, and the bundle that it loads. */
const ENTRIES = {
  program: 'server/cli/program.ts',
  'workers/writer': 'server/storage/sqlite/threads/writer-worker.ts',
  'workers/upkeep': 'server/storage/sqlite/maintenance/maintenance-process.ts',
  'workers/files': 'server/storage/files/file-worker.ts',
  'workers/sql': 'server/roles/sql-process.ts',
  'workers/reader': 'server/roles/reader-worker.ts',
  'workers/decode': 'ingest/decode/decode-worker.ts',
  'workers/lines': 'server/storage/clickhouse/lines/line-worker.ts',
  'workers/analysis': 'server/roles/analysis-worker.ts',
};

/** What the program and threads load when it is first used: a server without MCP clients or an identity provider neither reads nor compiles their packages. */
const ON_DEMAND = {
  mcp: 'server/mcp/mcp-server.ts',
  oidc: 'server/http/access/oidc/provider.ts',
  parquet: 'server/cli/export/parquet-file.ts',
  'report-ja': 'server/jobs/reports/texts/report-ja.ts',
  'report-ko': 'server/jobs/reports/texts/report-ko.ts',
};

/** Packages that are loaded from a bundle of their own at the first call of one of these functions, or construction of one of these classes. */
const LAZY_PACKAGES = {
  yaml: {
    entry: 'node_modules/yaml/dist/index.js',
    functions: ['isNode', 'isScalar', 'parse', 'parseDocument', 'stringify'],
    classes: ['LineCounter'],
  },
};

/** What the MCP SDK imports and the product does not use: a validator of what clients are asked for, and schemas of Zod 3. */
const UNUSED = /^(?:ajv|ajv-formats|zod\/v3|zod-to-json-schema)$/;
const withoutUnused = {
  name: 'without-unused',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: UNUSED }, ({ path, importer }) =>
      importer.includes('/@modelcontextprotocol/sdk/') ? { path, namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/**
 * Builds one bundle for each thread. Names of bundles hold a hash of their content, so that compiled code is never used for another.
 * @returns the file name of each bundle, without its folder, by its name in `ENTRIES`
 */
async function buildBundles() {
  const packages = Object.fromEntries(Object.entries(LAZY_PACKAGES).map(([name, { entry }]) => [name, entry]));
  const onDemand = await buildEntries({ ...ON_DEMAND, ...packages }, [withoutUnused], { minifyIdentifiers: true });
  const others = await buildEntries(ENTRIES, [onDemandFrom(onDemand.files)]);
  writeLicenses([...onDemand.inputs, ...others.inputs]);
  return others.files;
}

async function buildEntries(entryPoints, plugins, options = {}) {
  const { metafile } = await build({
    ...common,
    ...options,
    format: 'cjs',
    packages: 'bundle',
    entryNames: '[dir]/[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    banner: { js: `(function (${PARAMETERS}) {` },
    footer: { js: '})' },
    // The licenses are in licenses.txt. In sources of ASCII, V8 holds a character in one byte.
    legalComments: 'none',
    charset: 'ascii',
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 200,
    // The script of a bundle imports nothing: that is experimental in Node.
    supported: { 'dynamic-import': false },
    define: {
      'import.meta.url': '__url',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
    // Positions in stack traces need no copy of the sources.
    sourcesContent: false,
    plugins: [...plugins, keepOutside],
    metafile: true,
    entryPoints,
  });
  const outputs = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entryPoint !== undefined);
  const files = Object.fromEntries(
    Object.entries(entryPoints).map(([name, entry]) => {
      const [file] = outputs.find(([, { entryPoint }]) => entryPoint === entry);
      return [name, basename(file)];
    }),
  );
  for (const [name, file] of Object.entries(files)) assertAscii(join('dist', dirname(name), file));
  return { files, inputs: Object.keys(metafile.inputs) };
}

/** esbuild escapes characters in strings, but not in regular expressions and raw templates. One of them doubles the memory of the source. */
function assertAscii(path) {
  const text = readFileSync(path, 'latin1');
  const at = text.search(/[^\x00-\x7f]/);
  if (at >= 0)
    throw new Error(`${path} has a character that is not ASCII; write it as \\u…: ${text.slice(at - 60, at + 20)}`);
}

/** Lets a dynamic import of an entry of `ON_DEMAND` load its bundle. */
const onDemandFrom = (files) => ({
  name: 'on-demand-from-bundle',
  setup: ({ onResolve, onLoad }) => {
    for (const [name, entry] of Object.entries(ON_DEMAND)) {
      const pattern = new RegExp(`/${basename(entry).replace('.', '\\.')}$`);
      onResolve({ filter: pattern }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: files[name], namespace: 'on-demand' } : undefined,
      );
    }
    onLoad({ filter: /.*/, namespace: 'on-demand' }, ({ path }) => ({
      contents: `module.exports = ${loading(path)};`,
    }));
    for (const [name, { functions, classes }] of Object.entries(LAZY_PACKAGES)) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: 'lazy-package' }));
      onLoad({ filter: new RegExp(`^${name}$`), namespace: 'lazy-package' }, () => ({
        contents: [
          `let loaded; const load = () => (loaded ??= ${loading(files[name])});`,
          ...functions.map((one) => `export const ${one} = (...values) => load().${one}(...values);`),
          ...classes.map((one) => `export function ${one}(...values) { return new (load().${one})(...values); }`),
        ].join('\n'),
      }));
    }
  },
});

/** Source of an expression that loads a bundle. Bundles of threads are in a folder below. */
const loading = (file) =>
  `((up) => require(up + 'load-bundle.cjs').loadBundle(new URL(up + '${file}', __url)))(/\\/workers\\/[^/]+$/.test(__url) ? '../' : './')`;

/** Lets main.ts load the program from its bundle. */
const programFrom = (file) => ({
  name: 'program-from-bundle',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /\/cli\/program\.ts$/ }, () => ({ path: file, namespace: 'bundle' }));
    onLoad({ filter: /.*/, namespace: 'bundle' }, () => ({ contents: loadingProgram(file) }));
  },
});

/** Source of a module that loads the program from its bundle. An import of CommonJS would load Node's parser of its exports. */
const loadingProgram = (file) =>
  `import { createRequire } from 'node:module';
const { loadBundle } = createRequire(import.meta.url)('./load-bundle.cjs');
export const { run } = loadBundle(new URL('${file}', import.meta.url));
`;

/** Source of the script of a thread, which loads a bundle next to it. In CommonJS a thread starts in 27 ms instead of 35. */
const loadingThread = (file) =>
  `const { pathToFileURL } = require('node:url');
const { loadBundle } = require('../load-bundle.cjs');
loadBundle(new URL('${file}', pathToFileURL(__filename)));
`;

export async function buildServer() {
  for (const folder of ['dist', 'dist/workers']) {
    for (const file of existsSync(folder) ? readdirSync(folder) : []) {
      if (/\.(?:js|cjs)(?:\.map)?$|\.code$/.test(file)) rmSync(join(folder, file));
    }
  }
  const { program, ...workers } = await buildBundles();
  await build({
    ...common,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    entryPoints: { 'load-bundle': 'server/bundle/load-bundle.ts' },
  });
  await build({ ...common, entryPoints: { main: 'server/main.ts' }, plugins: [programFrom(program)] });
  for (const [name, file] of Object.entries(workers)) writeFileSync(`dist/${name}.cjs`, loadingThread(file));
  // A test fails if the document is not what the route declarations say.
  writeFileSync('dist/openapi.json', JSON.stringify(JSON.parse(readFileSync('docs/openapi.json', 'utf8'))));
  await build({
    ...common,
    entryPoints: {
      'bench/ingest': 'bench/ingest.ts',
      'bench/query': 'bench/query.ts',
      'bench/logs': 'bench/logs.ts',
      'bench/log-peer': 'bench/log-peer.ts',
      'bench/page': 'bench/page.ts',
      'bench/loop': 'bench/loop.ts',
      'bench/mixed': 'bench/mixed.ts',
      'bench/sql-health': 'bench/sql-health.ts',
      'bench/rest': 'bench/rest.ts',
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

/** Builds the typed client that other programs import. */
export async function buildClient() {
  await build({
    entryPoints: { index: 'server/client/client.ts' },
    outdir: 'dist/client',
    bundle: true,
    packages: 'external',
    platform: 'neutral',
    target: 'es2022',
    format: 'esm',
    logLevel: 'warning',
  });
  await writeClientTypes();
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
  await buildClient();
  await keepCompiledCode();
}
