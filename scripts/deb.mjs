/**
 * Builds a Debian package of the product: one folder, /opt/thermocline, with the packages that it needs, and a systemd unit. It
 * depends on `nodejs` 20 or newer, and holds a native module, so it is for the architecture and the major version of Node.js that
 * build it. Needs a build, dpkg-deb and the npm registry. `npm run deb [-- FOLDER]` writes thermocline_VERSION_ARCHITECTURE.deb.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { install, pack } from './staged-package.mjs';

const out = resolve(process.argv[2] ?? '.');
const { version, description, license } = JSON.parse(readFileSync('package.json', 'utf8'));
const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch];
if (architecture === undefined) throw new Error(`expected x64 or arm64, got ${process.arch}`);
const major = Number(process.versions.node.split('.')[0]);

const work = mkdtempSync(join(tmpdir(), 'thermocline-deb-'));
const root = join(work, 'root');
const write = (path, text, mode = 0o644) => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
  chmodSync(join(root, path), mode);
};

const CONTROL = `Package: thermocline
Version: ${version}
Architecture: ${architecture}
Maintainer: Thermocline contributors <thermocline@example.invalid>
Depends: nodejs (>= ${major}), nodejs (<< ${major + 1}), adduser
Recommends: systemd
Section: admin
Priority: optional
Description: ${description.split('. ')[0].replace(/\.$/, '')}
 Self-hosted, without agents: it reads what functions already log.
`;

/** A user of its own; the service is started by the administrator, who sets it up first. */
const POSTINST = `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  if ! getent passwd thermocline >/dev/null; then
    adduser --system --group --no-create-home --home /var/lib/thermocline thermocline
  fi
  if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
fi
`;
const PRERM = `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then systemctl disable --now thermocline.service || true; fi
`;
const SETTINGS = `# Settings of Thermocline: one THERMOCLINE_NAME=value a line. "thermocline settings" lists them.
#THERMOCLINE_PUBLIC_URL=https://thermocline.example.com
#THERMOCLINE_RULES=/etc/thermocline/rules
`;

try {
  const packages = install(pack(join(work, 'tarball')), join(work, 'installed'));
  cpSync(packages, join(root, 'opt/thermocline/node_modules'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  symlinkSync('/opt/thermocline/node_modules/thermocline/dist/main.js', join(root, 'usr/bin/thermocline'));
  chmodSync(join(root, 'opt/thermocline/node_modules/thermocline/dist/main.js'), 0o755);
  const unit = Object.entries({
    'EnvironmentFile=-/etc/thermocline.env': 'EnvironmentFile=-/etc/thermocline/thermocline.env',
    'ExecStart=/usr/bin/env thermocline serve': 'ExecStart=/usr/bin/thermocline serve',
  }).reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`deploy/systemd/thermocline.service: expected ${from}`);
      return text.replace(from, to);
    },
    // Without what the unit says about installing it by hand.
    readFileSync('deploy/systemd/thermocline.service', 'utf8').replace(/^#(?! ).*\n|^# {3}.*\n/gm, ''),
  );
  write('lib/systemd/system/thermocline.service', unit);
  write('etc/thermocline/thermocline.env', SETTINGS, 0o640);
  mkdirSync(join(root, 'etc/thermocline/rules'), { recursive: true });
  const copyright = `Thermocline: ${license}\n\n${readFileSync('LICENSE', 'utf8')}`;
  write('usr/share/doc/thermocline/copyright', copyright);
  write('usr/share/doc/thermocline/THIRD-PARTY-LICENSES.md', readFileSync('dist/THIRD-PARTY-LICENSES.md', 'utf8'));
  const main = join(packages, 'thermocline/dist/main.js');
  const completion = (shell) => execFileSync(process.execPath, [main, 'completion', shell], { encoding: 'utf8' });
  write('usr/share/bash-completion/completions/thermocline', completion('bash'));
  write('usr/share/zsh/vendor-completions/_thermocline', completion('zsh').replace(/^compdef .*\n/m, ''));
  write('usr/share/fish/vendor_completions.d/thermocline.fish', completion('fish'));
  write('DEBIAN/control', CONTROL);
  write('DEBIAN/conffiles', '/etc/thermocline/thermocline.env\n');
  write('DEBIAN/postinst', POSTINST, 0o755);
  write('DEBIAN/prerm', PRERM, 0o755);
  const file = join(out, `thermocline_${version}_${architecture}.deb`);
  mkdirSync(out, { recursive: true });
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', root, file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  console.log(file);
} finally {
  rmSync(work, { recursive: true, force: true });
}
