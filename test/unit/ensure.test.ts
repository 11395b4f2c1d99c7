/** `npm start` and `npm test` see an install that this Node cannot use. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';
import { addonProblem, COMPILED, compilerSettings, installStep } from '../../scripts/ensure.mjs';

const folder = mkdtempSync(join(tmpdir(), 'thermocline-ensure-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the addon of this install can be loaded', () => {
  expect(addonProblem()).toBeNull();
});

test('an addon that another Node version compiled is a problem', () => {
  const path = join(folder, 'other.node');
  writeFileSync(path, '');
  // The error of Node.js 22 for an addon of Node.js 20.
  const message = `The module '${path}'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 115. This version of Node.js requires\nNODE_MODULE_VERSION 127.`;
  const load = (): never => {
    throw new Error(message);
  };
  expect(addonProblem(path, load)).toMatch(
    /NODE_MODULE_VERSION 115\. This version of Node\.js requires NODE_MODULE_VERSION 127/,
  );
});

test('an addon that is missing, or no library of this system, is a problem', () => {
  expect(addonProblem(join(folder, 'none.node'))).toBe('it is missing');
  const path = join(folder, 'text.node');
  writeFileSync(path, 'no library');
  expect(addonProblem(path)).toMatch(/text\.node/);
});

test.each([
  [{ installed: true, modules: true, problem: null }, 'nothing'],
  [{ installed: true, modules: true, problem: 'NODE_MODULE_VERSION' }, 'rebuild'],
  [{ installed: false, modules: true, problem: null }, 'update'],
  [{ installed: false, modules: true, problem: 'NODE_MODULE_VERSION' }, 'install'],
  [{ installed: false, modules: false, problem: null }, 'install'],
  [{ installed: false, unpacked: true, modules: false, problem: 'it is missing' }, 'rebuild'],
  [{ installed: false, unpacked: false, modules: false, problem: 'it is missing' }, 'install'],
] as const)('packages in state %j: %s', (state, step) => {
  expect(installStep(state)).toBe(step);
});

test('a first install runs the scripts of each package that has some', () => {
  const { packages } = z
    .object({ packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().optional() })) })
    .parse(JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')));
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
  expect(scripted.map(([path]) => path.replace('node_modules/', ''))).toEqual(COMPILED);
});

test.each(['20.20.2', '22.23.3'])(
  'Node.js %s may use a binary of better-sqlite3 that was made elsewhere',
  (version) => {
    expect(compilerSettings(version)).toEqual({});
  },
);

test.each(['24.0.0', '24.21.0', '26.12.1'])(
  'for Node.js %s it is compiled without the hooks of its objects, which abort the process',
  (version) => {
    expect(compilerSettings(version, '/srv/my files', '-O2')).toEqual({
      CXXFLAGS: '-O2 -include /srv/my\\ files/scripts/object-wrap.h',
      npm_config_build_from_source: 'better-sqlite3',
    });
  },
);
