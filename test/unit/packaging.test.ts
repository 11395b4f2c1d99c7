/** Static checks of Dockerfile, Compose, Kubernetes and systemd files: copied files exist, privileges are minimal. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig } from '../../server/config/environment.ts';
import { variables } from '../../server/config/settings.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('Dockerfile', () => {
  const [, build = '', run = ''] = read('Dockerfile').split(/^FROM /m);

  test('copied files exist, and every file that the server reads is copied', () => {
    const copied = [...run.matchAll(/^COPY --from=build ((?:\/app\/\S+ )+)/gm)].flatMap((match) =>
      (match[1] ?? '').trim().split(' '),
    );
    for (const path of copied) {
      const name = path.replace('/app/', '');
      if (name !== 'dist' && name !== 'node_modules')
        expect([name, existsSync(join(root, name))]).toEqual([name, true]);
    }
    expect(copied).toEqual(
      expect.arrayContaining(['/app/dist', '/app/migrations', '/app/deploy', '/app/node_modules']),
    );
    expect(build).toContain('npm prune --omit=dev');
    for (const name of ['package.json', 'package-lock.json', '.npmrc']) expect(existsSync(join(root, name))).toBe(true);
  });

  test('runs without root, has a health check on readiness, and receives signals', () => {
    expect(run).toMatch(/^USER node$/m);
    expect(run).toMatch(/^HEALTHCHECK[\s\S]*\/readyz/m);
    expect(run).toMatch(/^ENTRYPOINT \["node", "dist\/main\.js"\]$/m);
    expect(run).not.toMatch(/apt-get|npm install|TOKEN|PASSWORD/);
    const bases = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map((match) => match[1]);
    expect(new Set(bases).size).toBe(1);
    expect(read('.dockerignore').split('\n')).toEqual(
      expect.arrayContaining(['.git', 'node_modules', '/data', 'dist']),
    );
  });
});

describe('docker-compose.yml', () => {
  interface Service {
    readonly environment?: Record<string, string>;
    readonly ports: readonly string[];
    readonly volumes: readonly string[];
    readonly read_only: boolean;
    readonly cap_drop: readonly string[];
    readonly security_opt: readonly string[];
    readonly profiles?: readonly string[];
  }
  const compose = parse(read('docker-compose.yml'), { merge: true }) as {
    readonly services: Readonly<Record<'thermocline' | 'proxy' | 'clickhouse' | 'derive', Service>>;
    readonly volumes: object;
  };

  test('has least privileges, a data volume, and listens on loopback only', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      // ClickHouse writes outside its volume.
      if (name === 'clickhouse') continue;
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    }
    const { thermocline, proxy } = compose.services;
    expect(thermocline.volumes).toEqual(['data:/data']);
    expect(Object.keys(compose.volumes)).toEqual(['data', 'certificates', 'clickhouse']);
    for (const port of thermocline.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    expect(thermocline.profiles).toBeUndefined();
    expect(proxy.profiles).toEqual(['tls']);
    expect(compose.services.clickhouse.ports).toBeUndefined();
    for (const volume of proxy.volumes.filter((one) => one.startsWith('./'))) {
      expect(existsSync(join(root, volume.split(':')[0] ?? ''))).toBe(true);
    }
  });

  test('sets existing settings only, and unset ones may be empty', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      if (name === 'proxy' || name === 'balancer' || name === 'clickhouse') continue;
      for (const setting of Object.keys(service.environment ?? {})) expect(setting in variables, setting).toBe(true);
    }
    const { environment = {} } = compose.services.thermocline;
    const unset = Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{\w+:-(.*?)\}/g, '$1')]);
    expect(readConfig(Object.fromEntries(unset) as Record<string, string>)).toMatchObject({
      adminToken: null,
      trustProxy: false,
    });
  });
});

test('profile scale: extra services run a role of the server and are balanced', () => {
  const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
    readonly services: Readonly<
      Record<
        string,
        {
          readonly profiles?: readonly string[];
          readonly command?: readonly string[];
          readonly volumes?: readonly string[];
        }
      >
    >;
  };
  const scale = Object.entries(services).filter(([, service]) => service.profiles?.includes('scale'));
  expect(scale.map(([name]) => name)).toEqual(['clickhouse', 'ingest-1', 'ingest-2', 'derive', 'balancer']);
  for (const [, { command }] of scale) if (command !== undefined) expect(['ingest', 'derive']).toContain(command[0]);
  const balanced = read('deploy/compose/Caddyfile.scale');
  for (const name of ['ingest-1:8020', 'ingest-2:8020', 'thermocline:8020']) expect(balanced).toContain(name);
});

test('the Kubernetes example is complete and sets existing settings only', () => {
  const documents = parseAllDocuments(read('deploy/kubernetes/thermocline.yaml'));
  expect(documents.flatMap((one) => one.errors)).toEqual([]);
  type Workload = {
    readonly kind: string;
    readonly data?: Record<string, string>;
    readonly spec?: {
      readonly template?: {
        readonly spec: {
          readonly enableServiceLinks: boolean;
          readonly containers: readonly { readonly args: readonly string[]; readonly securityContext: object }[];
        };
      };
    };
  };
  const all = documents.map((one) => one.toJS() as Workload);
  for (const { data = {} } of all) for (const name of Object.keys(data)) expect(name in variables, name).toBe(true);
  const pods = all.flatMap(({ spec }) => (spec?.template === undefined ? [] : [spec.template.spec]));
  expect(pods.map(({ enableServiceLinks }) => enableServiceLinks)).toEqual([false, false, false]);
  const containers = pods.flatMap((pod) => pod.containers);
  expect(containers.map(({ args }) => args[0])).toEqual(['serve', 'ingest', 'derive']);
  for (const { securityContext } of containers)
    expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
});

test('every file that names the version names that of package.json', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  const named = (file: string, pattern: RegExp): readonly (string | undefined)[] =>
    [...read(file).matchAll(pattern)].map((match) => match[1]);
  const all = [
    named('docker-compose.yml', /image: thermocline:(\S+)/g),
    named('deploy/kubernetes/thermocline.yaml', /thermocline:(\d\S+)/g),
    named('deploy/helm/thermocline/Chart.yaml', /^(?:version|appVersion): (\S+)$/gm),
    named('README.md', /version (\d\S+?);/g),
  ];
  expect(all.map((versions) => [versions.length > 0, ...new Set(versions)])).toEqual(all.map(() => [true, version]));
});

test('packages have the C library return free memory', () => {
  for (const path of ['Dockerfile', 'deploy/systemd/thermocline.service'])
    expect(read(path)).toMatch(/\bMALLOC_TRIM_THRESHOLD_=131072\b/);
});

test('the systemd unit sets existing settings only and is sandboxed', () => {
  const unit = read('deploy/systemd/thermocline.service');
  for (const [, name = ''] of unit.matchAll(/\b(THERMOCLINE_[A-Z_]+)=/g))
    expect(name in variables || name === 'THERMOCLINE_').toBe(true);
  for (const line of [
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'CapabilityBoundingSet=',
    'StateDirectory=thermocline',
    'UMask=0077',
  ]) {
    expect(unit.split('\n')).toContain(line);
  }
  const sections = [...unit.matchAll(/^\[(\w+)\]$/gm)].map((match) => match[1]);
  expect(sections).toEqual(['Unit', 'Service', 'Install']);
});
