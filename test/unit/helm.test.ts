/** The Helm chart: settings that exist, a schema of all values, and what genuine `helm` renders, where it is installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig } from '../../server/config/environment.ts';
import { variables } from '../../server/config/settings.ts';

const chart = join(import.meta.dirname, '../../deploy/helm/thermocline');
const read = (path: string): string => readFileSync(join(chart, path), 'utf8');
const version = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }
).version;

test('has the version of the product', () => {
  expect(parse(read('Chart.yaml'))).toMatchObject({ version, appVersion: version });
});

test('names settings that exist', () => {
  const files = ['values.yaml', ...readdirSync(join(chart, 'templates')).map((name) => `templates/${name}`)];
  const named = files.flatMap((file) =>
    [...read(file).matchAll(/\bTHERMOCLINE_[A-Z_]*[A-Z]\b/g)].map(([name]) => name),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !(name in variables) && name !== 'THERMOCLINE_CLICKHOUSE')).toEqual([]);
});

test('the schema has every value, and every value is documented in values.yaml', () => {
  interface Schema {
    readonly properties?: Readonly<Record<string, Schema>>;
  }
  const keys = (value: unknown, schema: Schema, path: string): readonly string[] => {
    if (schema.properties === undefined || typeof value !== 'object' || value === null) return [];
    const given = Object.keys(value);
    const known = Object.keys(schema.properties).filter((name) => name !== 'global');
    return [
      ...given.filter((name) => !known.includes(name)).map((name) => `not in the schema: ${path}${name}`),
      ...known.filter((name) => !given.includes(name)).map((name) => `not in values.yaml: ${path}${name}`),
      ...given.flatMap((name) =>
        keys((value as Record<string, unknown>)[name], schema.properties?.[name] ?? {}, `${path}${name}.`),
      ),
    ];
  };
  expect(keys(parse(read('values.yaml')), JSON.parse(read('values.schema.json')) as Schema, '')).toEqual([]);
});

test('templates read every value, and no others', () => {
  const text = readdirSync(join(chart, 'templates'))
    .map((name) => read(`templates/${name}`))
    .join('\n')
    // Workers: the same template for both roles.
    .replaceAll(/\$values\.(\w+)/g, '.Values.ingest.$1 .Values.derive.$1')
    .replaceAll(/"thermocline\.scheduling" (\$values|\.Values\.server)/g, (_, of: string) =>
      (of === '$values' ? ['ingest', 'derive'] : ['server'])
        .flatMap((role) => ['nodeSelector', 'tolerations', 'affinity'].map((name) => `.Values.${role}.${name}`))
        .join(' '),
    );
  const used = new Set([...text.matchAll(/\.Values((?:\.\w+)+)/g)].map(([, path = '']) => path.slice(1)));
  const values: unknown = parse(read('values.yaml'));
  const at = (path: string): unknown =>
    path.split('.').reduce<unknown>((of, name) => (of as Record<string, unknown> | undefined)?.[name], values);
  expect([...used].filter((path) => at(path) === undefined)).toEqual([]);
  const unread = (of: unknown, path: string): readonly string[] => {
    if (used.has(path)) return [];
    const isObject = typeof of === 'object' && of !== null && !Array.isArray(of) && Object.keys(of).length > 0;
    if (!isObject) return [path];
    return Object.entries(of).flatMap(([name, value]) => unread(value, path === '' ? name : `${path}.${name}`));
  };
  expect(unread(values, '')).toEqual([]);
});

test('pods have no variables of Services, which look like settings', () => {
  expect(read('templates/_helpers.tpl')).toMatch(/^enableServiceLinks: false$/m);
  for (const file of ['statefulset', 'workers'])
    expect(read(`templates/${file}.yaml`)).toMatch(/^ {6}\{\{- include "thermocline\.podSpec" /m);
});

const isInstalled = spawnSync('helm', ['version']).status === 0;

describe.skipIf(!isInstalled)('helm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'thermocline-helm-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  interface Resource {
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly data: Readonly<Record<string, string>>;
    readonly spec: {
      readonly replicas?: number;
      readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
      readonly template: {
        readonly metadata: { readonly labels: Readonly<Record<string, string>> };
        readonly spec: {
          readonly securityContext: object;
          readonly containers: readonly {
            readonly args: readonly string[];
            readonly env: readonly { readonly name: string }[];
            readonly securityContext: object;
            readonly volumeMounts: readonly { readonly name: string }[];
          }[];
          readonly volumes: readonly { readonly name: string }[];
        };
      };
    };
  }

  function render(values: string): readonly Resource[] {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, values);
    const text = execFileSync('helm', ['template', 'tc', chart, '--namespace', 'obs', '--values', file], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    const documents = parseAllDocuments(text, { uniqueKeys: true });
    expect(documents.flatMap((one) => one.errors)).toEqual([]);
    return documents.map((one) => one.toJS() as Resource).filter((one) => one !== null);
  }
  const fault = (values: string): string => {
    try {
      render(values);
      return '';
    } catch (error) {
      return String((error as { stderr?: unknown }).stderr);
    }
  };
  const CLICKHOUSE = `
store: clickhouse
clickhouse: { url: 'https://ch:8443', passwordSecret: { name: ch }, authoritySecret: { name: ca } }
adminTokenSecret: { name: admin }
ingest: { replicas: 2, autoscaling: { maxReplicas: 6 } }
derive: { replicas: 1 }
ingress: { enabled: true, className: nginx, host: tc.example.com }
serviceMonitor: { enabled: true, labels: { release: prometheus } }
serviceAccount: { annotations: { eks.amazonaws.com/role-arn: 'arn:aws:iam::123456789012:role/tc' } }
settings: { THERMOCLINE_RAW_RETENTION_DAYS: 14, THERMOCLINE_METRIC_SERIES: 1000000, THERMOCLINE_INVENTORY: 'on' }
extraEnv: [{ name: PAGER_KEY, valueFrom: { secretKeyRef: { name: pager, key: key } } }]
rules: { checkout.yaml: "rules:\\n  - { id: a, name: A, signal: { kind: unparsed }, threshold: 1 }\\n" }
`;

  test('lints strictly', () => {
    execFileSync('helm', ['lint', chart, '--strict'], { stdio: 'pipe' });
  });

  test.each([
    ['the defaults', '', ['Service', 'ServiceAccount', 'ConfigMap', 'StatefulSet'], ['serve']],
    [
      'ClickHouse with workers',
      CLICKHOUSE,
      [
        ...['PodDisruptionBudget', 'ServiceAccount', 'ConfigMap', 'ConfigMap', 'Service', 'Service', 'Service'],
        ...['Deployment', 'Deployment', 'HorizontalPodAutoscaler', 'StatefulSet', 'Ingress', 'ServiceMonitor'],
      ],
      ['serve', 'ingest', 'derive'],
    ],
  ])('%s: settings are valid, pods are sandboxed, and every reference resolves', (_, values, kinds, roles) => {
    const all = render(values);
    expect(all.map(({ kind }) => kind).toSorted()).toEqual(kinds.toSorted());
    const [settings] = all.filter(({ kind, metadata }) => kind === 'ConfigMap' && !metadata.name.endsWith('-rules'));
    const config = readConfig({ ...settings?.data, THERMOCLINE_DATA: '/data' });
    expect(config.hostNames).toContain('tc-thermocline.obs.svc');
    const workloads = all.filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment');
    expect(new Set(workloads.flatMap(({ spec }) => spec.template.spec.containers[0]?.args ?? []))).toEqual(
      new Set(roles),
    );
    for (const { kind, spec } of workloads) {
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels ?? {});
      if (kind === 'StatefulSet') expect(spec.replicas).toBe(1);
      expect(spec.template.spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const container of spec.template.spec.containers) {
        expect(container.securityContext).toMatchObject({
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
        });
        const volumes = ['data', ...spec.template.spec.volumes.map(({ name }) => name)];
        expect(container.volumeMounts.filter(({ name }) => !volumes.includes(name))).toEqual([]);
        for (const { name } of container.env)
          expect([name, name in variables || name === 'PAGER_KEY']).toEqual([name, true]);
      }
    }
  });

  test('whole numbers are settings in digits', () => {
    const [settings] = render(CLICKHOUSE).filter(({ data }) => data?.['THERMOCLINE_STORE'] !== undefined);
    expect(settings?.data).toMatchObject({
      THERMOCLINE_RAW_RETENTION_DAYS: '14',
      THERMOCLINE_METRIC_SERIES: '1000000',
      THERMOCLINE_INVENTORY: 'on',
      THERMOCLINE_PUBLIC_URL: 'https://tc.example.com',
    });
  });

  test.each([
    ['store: clickhouse', 'clickhouse.url: required with store: clickhouse'],
    ['ingest: { replicas: 2 }', 'expected 0 with store: sqlite'],
    ['settings: { THERMOCLINE_PORT: 1 }', 'settings.THERMOCLINE_PORT: the chart sets it from other values'],
    ['rules: { a.yaml: x }\nrulesConfigMap: mine', 'rules and rulesConfigMap: expected one of them'],
    ['colour: red', 'colour'],
    ['settings: { PORT: 1 }', 'PORT'],
    ['server: { persistence: { size: big } }', 'size'],
  ])('%j is refused', (values, sentence) => {
    expect(fault(values)).toContain(sentence);
  });
});
