/**
 * Writes what a release says about the code of others: dist/sbom.cdx.json (CycloneDX, by `npm sbom`) and
 * dist/THIRD-PARTY-LICENSES.md. Both list the packages that are installed with the product and those whose code is in its bundles, the
 * browser's included, which package.json has as development dependencies. Needs a build. `npm run third-party`; npm pack runs it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const SEPARATOR = `${'-'.repeat(80)}\n`;
const product = JSON.parse(readFileSync('package.json', 'utf8'));

const sbomOf = (...args) =>
  JSON.parse(
    execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', ...args], {
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

const installed = sbomOf('--omit', 'dev');
const all = sbomOf();
const installedRefs = new Set(installed.components.map((one) => one['bom-ref']));
// Of two installed versions of a package, a bundle has the one at the top.
const top = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
const added = [...inServer, ...inBrowser]
  .map((name) => `${name}@${top(name)}`)
  .filter((ref, at, refs) => !installedRefs.has(ref) && refs.indexOf(ref) === at)
  .map((ref) => {
    const found = all.components.find((one) => one['bom-ref'] === ref);
    if (found === undefined) throw new Error(`${ref} is bundled, and npm sbom does not list it`);
    return { ...found, scope: 'required' };
  });
const components = [...installed.components, ...added].toSorted((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
const known = new Set([installed.metadata.component['bom-ref'], ...components.map((one) => one['bom-ref'])]);
const dependencies = [
  ...installed.dependencies,
  ...all.dependencies.filter(({ ref }) => added.some((one) => one['bom-ref'] === ref)),
].map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => known.has(one)) }));
const sbom = {
  ...installed,
  metadata: { ...installed.metadata, component: { ...installed.metadata.component, name: product.name } },
  components,
  dependencies,
};
writeFileSync('dist/sbom.cdx.json', `${JSON.stringify(sbom, null, 1)}\n`);

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
