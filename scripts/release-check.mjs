/**
 * Packs the product, installs the tarball into clean folders under Node.js 20, 22 and 24, and runs it there: `--version`, a server
 * whose `/readyz` answers, and the command line against it. Needs a build and the npm registry, which has
 * the other versions. Where there is dpkg-deb, builds the Debian package and runs it unpacked. `npm run release:check -- 22` checks one
 * version and the package; `-- deb` the package alone.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { compilerSettings } from './ensure.mjs';
import { install, pack } from './staged-package.mjs';

const versions = process.argv.length > 2 ? process.argv.slice(2).filter((one) => one !== 'deb') : ['20', '22', '24'];
const folder = mkdtempSync(join(tmpdir(), 'thermocline-release-'));
const READY_MS = 120_000;

/**
 * The environment for npm and the `node` binary of a major version: of this process, or from npm's package for this platform, which
 * has the headers as well. The native module is compiled where no binary can be fetched.
 */
function nodeOf(version) {
  if (process.versions.node.startsWith(`${version}.`)) return { node: process.execPath, env: process.env };
  const name = `node-${process.platform}-${process.arch}`;
  const home = join(install(`${name}@${version}`, join(folder, `node-${version}`)), name);
  const path = `${join(home, 'bin')}${delimiter}${process.env.PATH}`;
  const settings = compilerSettings(`${version}.0.0`);
  return { node: join(home, 'bin/node'), env: { ...process.env, ...settings, PATH: path, npm_config_nodedir: home } };
}

/** Starts the server on a free port, asks it, and stops it. */
async function run(node, main, data) {
  const server = spawn(node, [main, 'serve', '--port', '0', '--data', data], {
    env: { PATH: process.env.PATH, THERMOCLINE_MIN_FREE_MB: '16', THERMOCLINE_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const timer = setTimeout(() => server.kill('SIGKILL'), READY_MS);
  try {
    let output = '';
    const url = await new Promise((resolve, reject) => {
      server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
      server.stdout.on('data', (chunk) => {
        output += chunk;
        const found = /ready at (http\S+)/.exec(output)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    server.removeAllListeners('exit');
    const ready = await fetch(`${url}/readyz`);
    if (!ready.ok) throw new Error(`/readyz answered ${ready.status}`);
    const page = await (await fetch(url, { headers: { accept: 'text/html' } })).text();
    if (!page.includes('<title>')) throw new Error('the page was not served');
    const env = { PATH: process.env.PATH, THERMOCLINE_DATA: data };
    const rules = execFileSync(node, [main, 'rules', 'export'], { env, encoding: 'utf8' });
    if (!rules.includes('out-of-memory')) throw new Error('the built-in rules are missing');
  } finally {
    clearTimeout(timer);
    const ended = new Promise((resolve) => server.once('exit', resolve));
    if (server.exitCode === null && server.kill('SIGTERM')) await ended;
  }
}

function hasDpkg() {
  return spawnSync('dpkg-deb', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** What the Debian package has, beside the packages of npm. */
const DEBIAN_FILES = [
  'usr/bin/thermocline',
  'lib/systemd/system/thermocline.service',
  'etc/thermocline/thermocline.env',
  'etc/thermocline/rules',
  'usr/share/doc/thermocline/copyright',
  'usr/share/doc/thermocline/THIRD-PARTY-LICENSES.md',
  'usr/share/bash-completion/completions/thermocline',
  'usr/share/zsh/vendor-completions/_thermocline',
  'usr/share/fish/vendor_completions.d/thermocline.fish',
];

/**
 * Builds the Debian package, unpacks it as dpkg does, checks what is in it, and runs the product from there. Its scripts are checked for
 * their syntax, and not run: they change the users of this machine.
 */
async function checkDebian() {
  const say = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1_048_576 }).trim();
  // npm says what it installed before.
  const file = say(process.execPath, 'scripts/deb.mjs', join(folder, 'deb')).split('\n').at(-1);
  const major = Number(process.versions.node.split('.')[0]);
  const [root, control] = [join(folder, 'deb-root'), join(folder, 'deb-control')];
  say('dpkg-deb', '--extract', file, root);
  say('dpkg-deb', '--control', file, control);
  const missing = DEBIAN_FILES.filter((path) => !lstatSync(join(root, path), { throwIfNoEntry: false }));
  if (missing.length > 0) throw new Error(`the Debian package has no ${missing.join(', ')}`);
  const depends = say('dpkg-deb', '--field', file, 'Depends');
  if (!depends.includes(`nodejs (>= ${major}), nodejs (<< ${major + 1})`)) throw new Error(`it depends on ${depends}`);
  for (const script of ['postinst', 'prerm']) say('sh', '-n', join(control, script));
  const strangers = say('dpkg-deb', '--contents', file)
    .split('\n')
    .filter((line) => !/^\S+ +root\/root /.test(line));
  if (strangers.length > 0) throw new Error(`files belong to others than root: ${strangers[0]}`);
  const main = join(root, readlinkSync(join(root, 'usr/bin/thermocline')));
  if ((statSync(main).mode & 0o111) !== 0o111) throw new Error('usr/bin/thermocline cannot be run');
  const unit = readFileSync(join(root, 'lib/systemd/system/thermocline.service'), 'utf8');
  if (!unit.includes('\nExecStart=/usr/bin/thermocline serve\n')) throw new Error('the unit starts another program');
  await run(process.execPath, main, join(folder, 'data-deb'));
  console.log(
    `Debian package ${say('dpkg-deb', '--field', file, 'Version')}: unpacked and runs (${say('du', '-h', file).split('\t')[0]})`,
  );
}

try {
  const tarball = pack(join(folder, 'tarball'));
  for (const version of versions) {
    const began = Date.now();
    const { node, env } = nodeOf(version);
    const packages = install(tarball, join(folder, `installed-${version}`), env);
    const main = join(packages, 'thermocline/dist/main.js');
    const printed = execFileSync(node, [main, '--version'], { encoding: 'utf8' }).trim();
    await run(node, main, join(folder, `data-${version}`));
    const exact = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    console.log(`Node.js ${exact}: installed and runs ${printed} (${Math.round((Date.now() - began) / 1000)} s)`);
  }
  if (hasDpkg()) await checkDebian();
  else console.log('Debian package: not checked, because there is no dpkg-deb');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
