/** Rules as code: plan, apply, export and release by the CLI and the API, and a folder that is read at start and on change. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callAlerts, OUTBOUND, putReceiver } from '../support/alert-routes.ts';
import { runCommand } from '../support/command.ts';
import type { RunningServer, TestProduct } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, startProduct, startServer } from '../support/product.ts';

const RULES = `rules:
  - id: checkout-errors
    name: Checkout errors
    signal: { kind: metric, metric: errorRate, aggregation: value }
    threshold: 0.02
    receivers: [pager]
receivers:
  - id: pager
    name: Pager
    url: env:PAGER_URL
    headers: { Authorization: 'file:token.txt' }
routes:
  - receiver: pager
    matchers: [{ name: severity, value: critical }]
`;
const PAGER_URL = 'http://127.0.0.1:9000/hook/s3cr3t-in-the-path';

let folder = '';
let rules = '';
beforeEach(() => {
  folder = memoryFolder();
  rules = join(memoryFolder(), 'rules');
  mkdirSync(rules);
  write('orders.yaml', RULES);
  write('token.txt', 'Bearer s3cr3t-in-the-file\n');
});
afterEach(() => {
  removeFolder(folder);
  rmSync(join(rules, '..'), { recursive: true, force: true });
});

/** As editors and mounts do: in one step. */
function write(name: string, text: string): void {
  writeFileSync(join(rules, `.${name}.new`), text);
  renameSync(join(rules, `.${name}.new`), join(rules, name));
}

describe('the commands', () => {
  // Without a server, commands open the data folder themselves.
  const environment = { ...OUTBOUND, PAGER_URL, THERMOCLINE_ADMIN_TOKEN: ADMIN, THERMOCLINE_LOG_LEVEL: 'silent' };
  const command = (...args: string[]) => runCommand(folder, ['rules', ...args], { environment });

  test('plan says what apply does, with exit codes for pipelines, and shows no secret', async () => {
    const first = await command('plan', rules);
    expect(first.stderr).toBe('');
    const file = join(rules, 'orders.yaml');
    expect(first.stdout).toContain(`+ rule checkout-errors “Checkout errors” (${file})`);
    expect(first.stdout).toContain(`+ receiver pager “Pager” (${file})`);
    expect(first.stdout).toMatch(/\nPlan: 2 to create, 1 to change, 0 to delete, 0 unchanged\.\n$/);
    expect(first.code).toBe(2);
    const applied = await command('apply', rules);
    expect([applied.code, applied.stdout.split('\n').at(-2)]).toEqual([
      0,
      'Applied: 2 created, 1 changed, 0 deleted, 0 unchanged.',
    ]);
    expect(await command('plan', rules)).toEqual({
      code: 0,
      stdout: 'No changes: 3 as in the files.\n',
      stderr: '',
    });
    write('orders.yaml', RULES.replace('0.02', '0.05'));
    const changed = await command('plan', rules, '--json');
    expect(changed.code).toBe(2);
    expect(JSON.parse(changed.stdout)).toMatchObject({
      counts: { create: 0, change: 1, unchanged: 2 },
      changes: [{ fields: [{ field: 'threshold', before: '0.02', after: '0.05' }] }, {}, {}],
    });
    const exported = await command('export');
    expect(exported.stdout).toContain('url: env:PAGER_URL');
    expect(exported.stdout).toContain('Authorization: file:token.txt');
    for (const { stdout } of [first, applied, changed, exported]) expect(stdout).not.toContain('s3cr3t');
  });

  test('a secret that is missing, or a file that is wrong, is named by file and line; exit code 1', async () => {
    const missing = await runCommand(folder, ['rules', 'plan', rules], { environment: OUTBOUND });
    const file = join(rules, 'orders.yaml');
    expect([missing.code, missing.stderr]).toEqual([
      1,
      `${file}:10: receivers.0.url: env:PAGER_URL: is not set in the environment\n`,
    ]);
    write('orders.yaml', RULES.replace('threshold: 0.02', 'threshold: high'));
    write('other.yaml', 'rules:\n  - { id: a, name: A, signal: { kind: unparsed }, threshold: 1, windw: 5m }\n');
    const invalid = await command('apply', rules);
    expect([invalid.code, invalid.stderr.split('\n')]).toEqual([
      1,
      [
        expect.stringMatching(/orders\.yaml:5: rules\.0\.threshold: .*number/),
        expect.stringMatching(/other\.yaml:2: rules\.0\.windw: unknown field$/),
        '',
      ],
    ]);
    write('other.yaml', RULES);
    write('orders.yaml', RULES);
    const twice = await command('plan', rules);
    expect(twice.stderr).toMatch(/other\.yaml:2: rules\.0\.id: checkout-errors is also in .*orders\.yaml\n/);
    // A misspelt option is not taken for "there are changes".
    expect((await command('plan', rules, '--prine')).code).toBe(1);
    expect((await command('check', rules)).code).toBe(1);
    expect(await command('apply', join(rules, 'none'))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/does not exist\n$/),
    });
  });

  test('what the server refuses is named by file and line as well', async () => {
    write('orders.yaml', RULES.replace('receivers: [pager]', 'receivers: [pager, nobody]'));
    const refused = await command('apply', rules);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      `${join(rules, 'orders.yaml')}:6: rules.0.receivers.1: unknown receiver nobody\n`,
    ]);
    const exported = await command('export');
    expect(exported.stdout).not.toContain('checkout-errors');
  });

  test('prune deletes what the owner applied, another owner is refused, and release makes it editable', async () => {
    await command('apply', rules, '--owner', 'orders');
    const other = await command('apply', rules, '--owner', 'billing');
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('rule checkout-errors is managed by');
    write('orders.yaml', 'rules: []\n');
    const pruned = await command('apply', rules, '--owner', 'orders', '--prune');
    expect(pruned.stdout).toContain('- rule checkout-errors');
    // The built-in rules were applied by no file.
    expect(pruned.stdout).toMatch(/\nApplied: 0 created, 0 changed, 3 deleted, 0 unchanged\.\n$/);
    write('orders.yaml', RULES);
    await command('apply', rules, '--owner', 'orders');
    expect((await command('release', '--owner', 'orders')).stdout).toBe('Released 3 of owner orders.\n');
    expect((await command('apply', rules, '--owner', 'billing')).stdout).toContain('1 changed, 2 adopted');
  });

  test('apply with the revision of a plan fails if anything was changed since', async () => {
    const { revision } = JSON.parse((await command('plan', rules, '--json')).stdout) as { revision: string };
    await command('apply', rules);
    const late = await command('apply', rules, '--revision', revision);
    expect([late.code, late.stderr]).toEqual([
      1,
      expect.stringContaining('were changed after the plan. Nothing was saved.'),
    ]);
  });
});

describe('the API', () => {
  let product: TestProduct;
  beforeEach(async () => {
    product = await startProduct({ folder, environment: OUTBOUND });
  });
  afterEach(() => product.close());

  const rule = { id: 'a', name: 'A', threshold: 1, signal: { kind: 'unparsed' } };
  const configuration = {
    rules: [{ file: 'a.yaml', document: rule }],
    receivers: [{ file: 'a.yaml', document: { id: 'pager', name: 'Pager', url: PAGER_URL } }],
    routes: { file: 'a.yaml', list: [{ receiver: 'pager' }] },
    inhibitions: { file: 'b.yaml', list: [] },
  };
  const refused = async (method: string, path: string, body?: object) => {
    const response = await product.fetch(`/api/v1/alerts/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { detail } = (await response.json()) as { detail: string };
    return [response.status, detail];
  };

  test('refuses to change what a file manages, and says which', async () => {
    await callAlerts(product, 'PUT', 'configuration', configuration);
    const from = 'Nothing was saved. Change it there.';
    const by = (what: string, file = 'a.yaml') =>
      `${what} is managed by ${file}, "thermocline rules apply" (owner default). ${from}`;
    expect(await refused('PUT', 'rules/a', { ...rule, enabled: false })).toEqual([409, by('Rule a')]);
    expect(await refused('DELETE', 'rules/a')).toEqual([409, by('Rule a')]);
    expect(await refused('PUT', 'receivers/pager', { id: 'pager', name: 'P', url: PAGER_URL })).toEqual([
      409,
      by('Receiver pager'),
    ]);
    expect(await refused('DELETE', 'receivers/pager')).toEqual([409, by('Receiver pager')]);
    expect(await refused('PUT', 'routing', { routes: [] })).toEqual([409, by('Routes')]);
    expect(await refused('PUT', 'routing', { inhibitions: [] })).toEqual([409, by('Inhibitions', 'b.yaml')]);
    expect(await callAlerts(product, 'GET', 'rules/a')).toMatchObject({
      enabled: true,
      managed: { file: 'a.yaml', owner: 'default' },
    });
    expect(await callAlerts(product, 'GET', 'routing')).toMatchObject({
      managed: { routes: { file: 'a.yaml' }, inhibitions: { file: 'b.yaml' } },
    });
    // A generated signing secret is rotated here: no file names one.
    await callAlerts(product, 'POST', 'receivers/pager/rotate-secret', {});
  });

  test('shows an address that comes from elsewhere as where it comes from', async () => {
    const [{ file, document }] = configuration.receivers as [{ file: string; document: object }];
    const receivers = [{ file, document, references: { url: 'env:PAGER_URL' } }];
    await callAlerts(product, 'PUT', 'configuration', { ...configuration, receivers });
    const answer = JSON.stringify(await callAlerts(product, 'GET', 'receivers'));
    expect(answer).toContain('"url":"env:PAGER_URL"');
    expect(answer).not.toContain('s3cr3t');
  });

  test('applies all of it or nothing', async () => {
    const before = await (await product.fetch('/api/v1/alerts/configuration')).text();
    const broken = {
      ...configuration,
      receivers: [],
      rules: [...configuration.rules, { file: 'c.yaml', document: { ...rule, id: 'b', window: '1s' } }],
    };
    const response = await product.fetch('/api/v1/alerts/configuration', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(broken),
    });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      {
        errors: [
          { field: 'rules.1.window', message: 'expected between 1m and 31d' },
          { field: 'routes.0.receiver', message: 'unknown receiver pager' },
        ],
      },
    ]);
    expect(await (await product.fetch('/api/v1/alerts/configuration')).text()).toBe(before);
  });

  test('an export has no secret, and applies again without a change', async () => {
    await putReceiver(product, 'chat', 'https://hooks.slack.com/services/T0/B0/s3cr3t', {
      format: 'slack',
      headers: { 'X-Key': 's3cr3t' },
    });
    const text = await (await product.fetch('/api/v1/alerts/configuration')).text();
    expect(text).toContain('url: https://hooks.slack.com/(hidden)');
    expect(text).toContain('X-Key: (hidden)');
    expect(text).not.toContain('s3cr3t');
    await product.close();
    write('orders.yaml', text);
    const environment = { ...OUTBOUND, THERMOCLINE_ADMIN_TOKEN: ADMIN, THERMOCLINE_LOG_LEVEL: 'silent' };
    const plan = await runCommand(folder, ['rules', 'plan', join(rules, 'orders.yaml'), '--json'], { environment });
    expect(JSON.parse(plan.stdout)).toMatchObject({ counts: { create: 0, change: 0, delete: 0 } });
    product = await startProduct({ folder, environment: OUTBOUND });
  });

  test('is kept across a restart, and is asked again by nobody else', async () => {
    await callAlerts(product, 'PUT', 'configuration', configuration);
    await product.close();
    product = await startProduct({ folder, environment: OUTBOUND });
    expect((await refused('DELETE', 'rules/a'))[0]).toBe(409);
    expect(await callAlerts(product, 'DELETE', 'configuration/owners/default')).toEqual({ released: 4 });
    await callAlerts(product, 'DELETE', 'rules/a');
    expect((await product.fetch('/api/v1/alerts/configuration/owners/folder', { method: 'DELETE' })).status).toBe(400);
  });
});

describe('a folder', () => {
  let server: RunningServer | null = null;
  afterEach(async () => {
    await server?.stop();
    server = null;
  });

  const start = async (more: Record<string, string> = {}) => {
    server = await startServer(folder, { ...OUTBOUND, PAGER_URL, THERMOCLINE_RULES: rules, ...more });
  };
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${server?.url}${path}`, { headers: { authorization: `Bearer ${ADMIN}` } });
    return (await response.json()) as T;
  };
  const thresholds = async () => {
    const { items } = await get<{ items: { id: string; threshold: number; managed: { owner: string } | null }[] }>(
      '/api/v1/alerts/rules',
    );
    return items.filter(({ managed }) => managed?.owner === 'folder').map(({ id, threshold }) => [id, threshold]);
  };
  const patience = { interval: 250 };

  test('is applied at start and on change; a file with an error changes nothing and is named everywhere', async () => {
    await start();
    expect(await thresholds()).toEqual([['checkout-errors', 0.02]]);
    write('orders.yaml', RULES.replace('0.02', '0.05'));
    await expect.poll(thresholds, patience).toEqual([['checkout-errors', 0.05]]);

    write('orders.yaml', RULES.replace('threshold: 0.02', 'threshold: high'));
    const problems = async () =>
      (await get<{ ruleFiles: { problems: object[] } }>('/api/v1/ingest/status')).ruleFiles.problems;
    await expect
      .poll(problems, patience)
      .toEqual([
        { file: 'orders.yaml', line: 5, field: 'rules.0.threshold', message: expect.stringContaining('number') },
      ]);
    expect(await thresholds()).toEqual([['checkout-errors', 0.05]]);
    expect(await get('/readyz')).toEqual({
      status: 'ready',
      warnings: ['Rule files have an error and are not applied; the last valid ones stay. See the Ingest page.'],
    });
    expect(server?.output()).toMatch(/"file":"orders.yaml","line":5,"field":"rules.0.threshold"/);
    const alerts = async () => JSON.stringify(await get('/api/v1/alerts/instances'));
    await expect.poll(alerts, patience).toContain('Rule files not applied');

    // A folder that is empty is one that is not mounted: nothing is deleted.
    rmSync(join(rules, 'orders.yaml'));
    await expect.poll(async () => JSON.stringify(await problems()), patience).toContain('at least one file');
    expect(await thresholds()).toEqual([['checkout-errors', 0.05]]);

    write('orders.yaml', 'rules:\n  - { id: other, name: Other, signal: { kind: unparsed }, threshold: 1 }\n');
    await expect.poll(thresholds, patience).toEqual([['other', 1]]);
    expect(await problems()).toEqual([]);
    await expect.poll(alerts, patience).not.toContain('Rule files not applied');
  });

  test('gives a secret that changed to its receiver, and leaves the rules when it is no longer set', async () => {
    await start();
    write('token.txt', 'Bearer another');
    const revision = async () =>
      (await get<{ items: { revision: string }[] }>('/api/v1/alerts/receivers')).items[0]?.revision;
    const before = await revision();
    await expect.poll(revision, patience).not.toBe(before);
    expect(server?.output()).not.toContain('another');
    await server?.stop();
    server = await startServer(folder, OUTBOUND);
    expect(await thresholds()).toEqual([]);
    expect(JSON.stringify(await get('/api/v1/alerts/rules'))).toContain('checkout-errors');
  });
});
