import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

interface Modules {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null;
}

/** Whether the entry point loads a module before any page, by imports that are not `import()`. */
function isOfFrame(id: string, modules: Modules, seen = new Set<string>()): boolean {
  if (id.endsWith('web/main.tsx')) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return (modules.getModuleInfo(id)?.importers ?? []).some((importer) => isOfFrame(importer, modules, seen));
}

export default defineConfig({
  root: 'web',
  plugins: [preact()],
  // Texts are read by web/i18n/parse-message.ts: the library's own parser would be a twelfth of the first page.
  resolve: {
    alias: [
      {
        find: /^@formatjs\/icu-messageformat-parser$/,
        replacement: '@formatjs/icu-messageformat-parser/no-parser.js',
      },
    ],
  },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    sourcemap: false,
    // What browsers receive holds code of these packages.
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      // Classes of Chart.js that are not registered read the formats of ticks where they are declared, which kept them.
      treeshake: { propertyReadSideEffects: false },
      output: {
        // Small files compress badly: the frame is one file, what three pages share another, and pages between which people go to and fro
        // a third. Each imports only from those above it.
        codeSplitting: {
          groups: [
            { name: (id, context) => (isOfFrame(id, context) ? 'frame' : null), debugName: 'frame', priority: 2 },
            { name: 'shared', minShareCount: 3, priority: 1 },
            { name: 'shared', test: /web\/(charts\/time-ticks|components\/memory-finding)/, priority: 1 },
            { name: 'lists', test: /web\/pages\/(overview|functions)\// },
            {
              name: 'fleet',
              test: /web\/pages\/(alerts|changes|compare|errors|invocations|logs|network|report|right-sizing|sql)\//,
            },
            // What opens over a page, and what only an installation without data imports with.
            { name: 'opened', test: /web\/(components\/(command-palette|filter-fields|time-picker)|api\/import-file)/ },
            { name: 'setup', test: /web\/pages\/(access|docs|ingest|settings)\// },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8020', '/openapi.json': 'http://127.0.0.1:8020' } },
});
