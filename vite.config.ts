import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'web',
  plugins: [preact()],
  build: { outDir: '../dist/web', emptyOutDir: true, modulePreload: { polyfill: false }, sourcemap: false },
  server: { proxy: { '/api': 'http://127.0.0.1:8020', '/openapi.json': 'http://127.0.0.1:8020' } },
});
