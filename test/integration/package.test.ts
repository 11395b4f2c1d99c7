/** Contents of the npm package, and its check by publint. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { publint } from 'publint';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('contains the files needed at runtime and no others', () => {
  const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const [{ files, unpackedSize }] = JSON.parse(text) as [{ files: { path: string }[]; unpackedSize: number }];
  const paths = files.map((file) => file.path);
  for (const needed of [
    'dist/main.js',
    'dist/workers/writer.cjs',
    'dist/workers/reader.cjs',
    'dist/workers/decode.cjs',
    'dist/workers/analysis.cjs',
    'dist/web/index.html',
    'dist/forwarder/index.cjs',
    'dist/client/index.js',
    'dist/client/index.d.ts',
    'dist/client/api.d.ts',
    'dist/licenses.txt',
    'deploy/rules/builtin.yaml',
    'migrations/sqlite/telemetry/0001-telemetry.sql',
    'migrations/sqlite/control/0001-control.sql',
    'README.md',
    'LICENSE',
    'SECURITY.md',
  ]) {
    expect(paths).toContain(needed);
  }
  expect(
    paths.filter((path) => /^(?:test|bench|data|node_modules|dist\/bench)\/|\.(?:db|log)$|\.test\.|^\.env/.test(path)),
  ).toEqual([]);
  expect(unpackedSize).toBeLessThan(11 * 1_048_576);
});

test('publint reports no problems', async () => {
  const { messages } = await publint({ pkgDir: root, strict: true });
  expect(messages).toEqual([]);
});
