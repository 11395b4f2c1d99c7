import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'web',
  plugins: [preact()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    sourcemap: false,
    // What browsers receive holds code of these packages.
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      output: {
        // Parts that several pages share are small: a file for each of them costs more than what it holds.
        codeSplitting: {
          groups: [{ name: 'shared', test: /(web\/components|web\/state|lucide-preact)\//, minShareCount: 3 }],
        },
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8020', '/openapi.json': 'http://127.0.0.1:8020' } },
});
