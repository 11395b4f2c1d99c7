/**
 * The npm package of a release: its files, its check by publint, and its SBOM and list of licenses, which name every package that the
 * product contains or installs.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Licenses that code under Apache-2.0 may be distributed with. */
const PERMISSIVE = new Set([
  ...['MIT', 'MIT-0', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'CC0-1.0'],
  ...['Unlicense', 'Python-2.0', 'Zlib'],
]);

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}
interface Sbom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

let sbom: Sbom;
let rows: readonly (readonly [name: string, version: string, license: string, where: string])[] = [];

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/third-party.mjs'], { cwd: root, stdio: 'pipe' });
  sbom = JSON.parse(read('dist/sbom.cdx.json')) as Sbom;
  rows = [...read('dist/THIRD-PARTY-LICENSES.md').matchAll(/^\| (\S+) \| (\d\S*) \| (.+?) \| (.+?) \|$/gm)].map(
    ([, name = '', version = '', license = '', where = '']) => [name, version, license, where] as const,
  );
});

test('the product is named, and every reference in the SBOM resolves', () => {
  expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'thermocline' } } });
  const known = new Set(sbom.dependencies.map(({ ref }) => ref));
  const dangling = sbom.dependencies.flatMap(({ dependsOn }) => dependsOn.filter((ref) => !known.has(ref)));
  expect(dangling).toEqual([]);
});

test('both list each dependency of package.json, and each package whose code is in a bundle', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  const inServer = read('dist/licenses.txt')
    .split(`${'-'.repeat(80)}\n`)
    .map((part) => part.trim().split('\n')[0] ?? '');
  // Source maps name the files that a bundle was made of.
  const maps = ['main.js.map', 'client/index.js'].map((path) => read(`dist/${path}`));
  const mapped = maps.flatMap((text) =>
    [...text.matchAll(/node_modules\/((?:@[^/"]+\/)?[^/"]+)\//g)].map(([, name = '']) => name),
  );
  const inBrowser = [...read('dist/web/licenses.md').matchAll(/^## (\S+) - (\S+)/gm)].map(([, name = '']) => name);
  expect(inServer).toEqual(expect.arrayContaining(['hono', 'kysely', 'zod', 'yaml']));
  expect(inBrowser).toEqual(expect.arrayContaining(['preact', 'chart.js', 'lucide-preact']));
  const wanted = new Set([...Object.keys(dependencies), ...inServer, ...inBrowser, ...mapped]);
  for (const list of [sbom.components.map(({ name }) => name), rows.map(([name]) => name)])
    expect([...wanted].filter((name) => !list.includes(name))).toEqual([]);
});

test('versions are those that are installed', () => {
  for (const name of ['hono', 'preact', 'better-sqlite3']) {
    const { version } = JSON.parse(read(`node_modules/${name}/package.json`)) as Component;
    expect(sbom.components.filter((one) => one.name === name).map((one) => one.version)).toEqual([version]);
    expect(rows.find((row) => row[0] === name)?.[1]).toBe(version);
  }
});

test('licenses are stated and permissive', () => {
  expect(rows.length).toBe(sbom.components.length);
  // Of alternatives we choose; of licenses that apply together each counts.
  const isPermissive = (license: string): boolean =>
    license
      .replaceAll(/[()]/g, '')
      .split(' AND ')
      .every((part) => part.split(' OR ').some((one) => PERMISSIVE.has(one)));
  const others = rows.filter(([, , license]) => !isPermissive(license));
  expect(others).toEqual([]);
});

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
    'dist/sbom.cdx.json',
    'dist/THIRD-PARTY-LICENSES.md',
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
