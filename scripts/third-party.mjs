/**
 * Writes what a release says about the code of others: dist/sbom.cdx.json (CycloneDX, by `npm sbom`) and
 * dist/THIRD-PARTY-LICENSES.md. Both list the packages that are installed with the product and those whose code is in its bundles, the
 * browser's included, which package.json has as development dependencies. Needs a build. `npm run third-party`; npm pack runs it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const SEPARATOR = `${'-'.repeat(80)}\n`;
const product = JSON.parse(readFileSync('package.json', 'utf8'));

/** Every package of the lock file. With `--omit dev`, npm leaves out those that development dependencies need as well. */
const all = JSON.parse(
  execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    encoding: 'utf8',
    maxBuffer: 256 * 1_048_576,
    stdio: ['ignore', 'pipe', 'inherit'],
  }),
);

/** Names of packages in the server's bundles: the build writes their licenses. */
const inServer = new Set(
  readFileSync('dist/licenses.txt', 'utf8')
    .split(SEPARATOR)
    .map((part) => part.trim().split('\n')[0]),
);
/** Names of packages in the browser's bundle. */
const inBrowser = new Set(
  [...readFileSync('dist/web/licenses.md', 'utf8').matchAll(/^## (\S+) - /gm)].map(([, name]) => name),
);

/** Of several versions of a package in the lock file, that of the product's own imports. */
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const refOf = (name) => `${name}@${packages[`node_modules/${name}`].version}`;

/** What the product imports, and what that needs in turn. */
const needs = new Map(all.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
const refs = new Set();
const add = (ref) => {
  if (refs.has(ref)) return;
  refs.add(ref);
  for (const one of needs.get(ref) ?? []) add(one);
};
for (const name of Object.keys(product.dependencies)) add(refOf(name));
// A bundle has the code that it imports, and not all that a package needs.
for (const name of [...inServer, ...inBrowser]) refs.add(refOf(name));

const components = all.components
  .filter((one) => refs.has(one['bom-ref']))
  .map((one) => ({ ...one, scope: 'required' }))
  .toSorted((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
const missing = [...refs].filter((ref) => !components.some((one) => one['bom-ref'] === ref));
if (missing.length > 0) throw new Error(`npm sbom does not list ${missing.join(', ')}`);
const root = all.metadata.component;
const known = new Set([root['bom-ref'], ...refs]);
const sbom = {
  ...all,
  metadata: { ...all.metadata, component: { ...root, name: product.name } },
  components,
  dependencies: all.dependencies
    .filter(({ ref }) => known.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => known.has(one)) })),
};
writeFileSync('dist/sbom.cdx.json', `${JSON.stringify(sbom)}\n`);

const licenseOf = ({ licenses = [] }) =>
  licenses.map(({ license, expression }) => expression ?? license.id ?? license.name).join(' AND ') || 'not stated';
const whereOf = ({ name }) =>
  [inServer.has(name) && 'server', inBrowser.has(name) && 'browser'].filter(Boolean).join(', ') ||
  'installed beside it';
const rows = components.map((one) => `| ${one.name} | ${one.version} | ${licenseOf(one)} | ${whereOf(one)} |`);
writeFileSync(
  'dist/THIRD-PARTY-LICENSES.md',
  `# Licenses of other packages

${product.name} ${product.version} contains or installs these packages. The texts for those in its server are in licenses.txt, for those in the
browser in web/licenses.md; the others bring theirs when they are installed.

| package | version | license | in |
|---|---|---|---|
${rows.join('\n')}
`,
);
console.log(
  `${components.length} packages: ${inServer.size} in the server's bundles, ${inBrowser.size} in the browser's`,
);
