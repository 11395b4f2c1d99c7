/** The Settings page, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Settings } from './settings.tsx';

afterEach(restore);

const example: NonNullable<Answers['getSettings']> = examples.getSettings.answer;
const show = (answers: Answers = {}, failures: Failures = {}) =>
  showPage(h(Settings, {}), { path: '/settings', search: '?from=now-7d&to=now-1d', answers, failures });
const withStorage = (storage: Partial<typeof example.storage>): Answers => ({
  getSettings: { ...example, storage: { ...example.storage, ...storage } },
});

describe('storage', () => {
  test('sizes, the minimum and the last check', async () => {
    const { tile, text } = await show(
      // 19.4 MiB = 20,342,374; 76.3 GiB = 81,926,500,000; 256 MiB.
      withStorage({ databaseBytes: 20_342_374, freeBytes: 81_926_500_000, minFreeBytes: 268_435_456 }),
    );
    expect(text).toContain('Settings Thermocline 0.1.0');
    expect(tile('Database')).toEqual({ value: '19.4 MiB', note: '/var/lib/thermocline' });
    expect(tile('Free disk space')).toEqual({ value: '76.3 GiB', note: 'minimum 256.0 MiB' });
    expect(tile('Integrity')).toEqual({ value: 'OK', note: 'last checked 2026-11-28 07:56:20' });
  });

  test('what was not checked is not OK, and unknown space is no zero', async () => {
    const { tile } = await show(withStorage({ checkedAt: null, freeBytes: null }));
    expect(tile('Integrity')).toEqual({ value: 'not checked yet', note: 'checked once a day' });
    expect(tile('Free disk space').value).toBe('–');
  });

  test('damage and a pause are named', async () => {
    const { tile, section } = await show(
      withStorage({
        paused: 'Ingest is paused: the disk is full',
        damage: [{ file: 'telemetry.db', kind: 'structure', findings: ['page 17: wrong checksum', 'page 18'] }],
      }),
    );
    expect(tile('Integrity').value).toBe('damaged');
    expect(section('Storage')).toContain('Storage Ingest is paused: the disk is full');
    expect(section('Storage')).toContain('damaged telemetry.db: page 17: wrong checksum');
  });
});

describe('retention', () => {
  const retention = { ...example.retention, rawDays: 7, detailDays: 35, historyDays: 400, quarantineDays: 30 };
  const answers: Answers = {
    getSettings: {
      ...example,
      retention: {
        ...retention,
        rawSince: '2026-11-21T07:56:26.289Z',
        detailSince: '2026-10-24T00:00:00.000Z',
        historySince: '2025-10-24T00:00:00.000Z',
      },
    },
  };

  test('each kind of data has its days, and since when it is kept', async () => {
    const { table, elements } = await show(answers);
    expect(table('Retention')).toEqual([
      ['Data', 'Days', 'Kept since'],
      ['Raw log lines', '', '2026-11-21'],
      ['Invocations and other events', '', '2026-10-24'],
      ['Rollups, causes, environments', '', '2025-10-24'],
      ['Dead letters (unparsable records)', '', '–'],
    ]);
    const days = elements('input').flatMap(({ attributes: { id, value, min } }) =>
      id?.endsWith('Days') === true ? [[id, value, min]] : [],
    );
    expect(days).toEqual([
      ['rawDays', '7', '0'],
      ['detailDays', '35', '1'],
      ['historyDays', '400', '1'],
      ['quarantineDays', '30', '1'],
    ]);
  });

  test('only what was typed changes', async () => {
    const page = await show(answers);
    await page.fill('detailDays', '90');
    await page.submit('Save');
    expect(page.sent).toEqual([
      ['PUT /api/v1/settings', { retention: { rawDays: 7, detailDays: 90, historyDays: 400, quarantineDays: 30 } }],
    ]);
    expect(page.section('Data retention')).toContain(
      'Saved. Older data is deleted within minutes and cannot be restored.',
    );
    expect(page.text).not.toContain('Reset to defaults');
  });

  test('stored values are reset', async () => {
    const page = await show({ getSettings: { ...example, retention: { ...retention, source: 'stored' } } });
    await page.click('Reset to defaults');
    expect(page.sent).toEqual([['PUT /api/v1/settings', { retention: null }]]);
    expect(page.section('Data retention')).toContain('Reset to the values of the server configuration.');
  });

  test('refused days name their field', async () => {
    const page = await show(answers, {
      updateSettings: {
        code: 'invalid-request',
        errors: [{ field: 'retention.historyDays', message: 'expected at least rawDays and detailDays' }],
      },
    });
    await page.submit('Save');
    expect(page.section('Data retention')).toContain(
      'The request is not valid — retention.historyDays: expected at least rawDays and detailDays',
    );
  });
});

describe('backups', () => {
  const [backup] = examples.listBackups.answer.items;
  if (backup === undefined) throw new Error('no example');
  const none = { items: [], nextCursor: null, running: null, error: null };

  test('each has its time, size, trigger and folder', async () => {
    const { table, section } = await show({
      getSettings: { ...example, backups: { folder: '/backups', everyHours: 24, keep: 7 } },
      listBackups: {
        ...none,
        items: [
          // 18.0 MiB
          { ...backup, createdAt: '2026-11-27T07:57:05.466Z', bytes: 18_874_368, by: 'schedule', path: '/backups/a' },
          { ...backup, createdAt: '2026-11-26T07:57:05.466Z', bytes: 1_610_612_736, by: 'request', path: '/backups/b' },
        ],
      },
    });
    expect(table('Backups').slice(-3)).toEqual([
      ['Created', 'Size', 'Trigger', 'Folder'],
      ['2026-11-27 07:57:05', '18.0 MiB', 'schedule', '/backups/a'],
      ['2026-11-26 07:57:05', '1.5 GiB', 'manual', '/backups/b'],
    ]);
    expect(section('Backups')).toContain(
      'Automatic backup every 24 h; the newest 7 are kept. Folder: /backups. To restore a backup, stop the server and run thermocline restore.',
    );
  });

  test('none, automatic ones off, and the last failure', async () => {
    const { section } = await show({ listBackups: { ...none, error: 'No space left on device' } });
    expect(section('Backups')).toContain(
      'Automatic backups are off. Set THERMOCLINE_BACKUP_HOURS to turn them on. Folder: /var/lib/thermocline/backups.',
    );
    expect(section('Backups')).toContain('Last backup failed: No space left on device No backups yet.');
  });

  test('one is started; while it runs it is asked for each second', async () => {
    const running = { what: 'copying telemetry.db', done: 30, total: 100 };
    let backups: NonNullable<Answers['listBackups']> = none;
    const page = await show({
      get listBackups() {
        return backups;
      },
    });
    backups = { ...none, running };
    await page.click('Back up now');
    expect(page.sent).toEqual([['POST /api/v1/backups', {}]]);
    expect(page.section('Backups')).toContain('copying telemetry.db');
    expect(page.section('Backups')).toContain('Backup started.');
    const [bar] = page.elements('progress');
    expect(bar?.attributes).toEqual({ max: '100', value: '30' });
    expect(page.elements('button').find(({ text }) => text === 'Back up now')?.attributes['disabled']).toBe('true');
    const requested = () => page.requested.filter((address) => address === '/api/v1/backups').length;
    const before = requested();
    for (let second = 0; second < 10; second += 1) await vi.advanceTimersByTimeAsync(1000);
    // An answer and its effects take up to 200 ms of each round.
    expect(requested() - before).toBeGreaterThanOrEqual(5);
    expect(requested() - before).toBeLessThanOrEqual(10);
    backups = none;
    await vi.advanceTimersByTimeAsync(3000);
    expect(page.section('Backups')).not.toContain('copying');
    const last = requested();
    await vi.advanceTimersByTimeAsync(5000);
    expect(requested()).toBe(last);
  });
});

describe('tokens', () => {
  const [token] = examples.listTokens.answer.items;
  if (token === undefined) throw new Error('no example');
  const answers: Answers = {
    listTokens: {
      items: [
        { ...token, id: 'a', name: 'grafana', scope: 'read', lastUsedAt: '2026-11-27T07:56:19.385Z' },
        { ...token, id: 'b', name: 'old', scope: 'ingest', revokedAt: '2026-11-26T07:56:19.385Z' },
      ],
      nextCursor: null,
    },
  };

  test('each has its scope, times and whether it is revoked', async () => {
    const { table } = await show(answers);
    expect(table('Tokens')).toEqual([
      ['Name', 'Scope', 'Created', 'Last used', ''],
      ['grafana', 'read', '2026-11-28', '2026-11-27 07:56:19', 'Revoke grafana'],
      ['old', 'ingest', '2026-11-28', 'never', 'revoked'],
    ]);
  });

  test('a new one is shown once; one is revoked', async () => {
    const page = await show(answers);
    await page.fill('name', 'collector');
    await page.fill('scope', 'ingest');
    await page.submit('Create token');
    expect(page.sent).toEqual([['POST /api/v1/tokens', { name: 'collector', scope: 'ingest' }]]);
    expect(page.section('Tokens')).toContain('Token created. Copy it now; it will not be shown again. tc_read_EXAMPLE');
    await page.click('Revoke grafana');
    expect(page.sent.at(-1)).toEqual(['DELETE /api/v1/tokens/a', undefined]);
    expect(page.section('Tokens')).toContain('Token revoked; its sessions have ended.');
    expect(page.requested.filter((address) => address === '/api/v1/tokens')).toHaveLength(3);
  });

  test('unless chosen otherwise a token reads', async () => {
    const page = await show(answers, { createToken: { code: 'forbidden' } });
    await page.submit('Create token');
    expect(page.sent).toEqual([['POST /api/v1/tokens', { name: '', scope: 'read' }]]);
    expect(page.section('Tokens')).toContain('The token does not have the required scope');
  });
});

test('a password is set, or the reason why not is shown', async () => {
  const page = await show();
  await page.fill('new password', 'correct horse battery');
  await page.submit('Set password');
  expect(page.sent).toEqual([['PUT /api/v1/password', { password: 'correct horse battery' }]]);
  expect(page.section('Web password')).toContain('Password set. Sessions that used the old password have ended.');
  restore();
  const refused = await show({}, { setPassword: { code: 'too-many-requests' } });
  await refused.submit('Set password');
  expect(refused.section('Web password')).toContain('Too many requests');
});

test('the audit log says who asked for what, and how it ended', async () => {
  const [entry] = examples.listAuditLog.answer.items;
  if (entry === undefined) throw new Error('no example');
  const { table, requested } = await show({
    listAuditLog: {
      items: [
        { ...entry, at: '2026-11-27T07:57:05.316Z' },
        { ...entry, at: '2026-11-26T07:57:05.316Z', name: '', client: '10.0.0.7', method: 'POST', status: 401 },
      ],
      nextCursor: null,
    },
  });
  expect(requested).toContain('/api/v1/audit?limit=50');
  expect(table('Audit log').slice(-3)).toEqual([
    ['Time', 'User', 'Client', 'Request', 'Status'],
    ['2026-11-27 07:57:05', 'configured admin', '127.0.0.1', 'DELETE /api/v1/password', '200'],
    ['2026-11-26 07:57:05', 'anonymous', '10.0.0.7', 'POST /api/v1/password', '401'],
  ]);
});

test('prices of each region, requests by the million', async () => {
  const { table, section } = await show({
    getSettings: {
      ...example,
      prices: {
        asOf: 'October 2026',
        regions: [
          // https://aws.amazon.com/lambda/pricing/, US East: x86, arm64, and $0.20 per million requests.
          {
            region: 'us-east-1',
            currency: 'USD',
            x86PerGbS: 0.000_016_666_7,
            arm64PerGbS: 0.000_013_333_4,
            perRequest: 0.000_000_2,
          },
          {
            region: 'cn-north-1',
            currency: 'CNY',
            x86PerGbS: 0.000_113,
            arm64PerGbS: 0.000_091,
            perRequest: 0.000_001_36,
          },
        ],
      },
    },
  });
  expect(section('Prices')).toContain('AWS list prices as of October 2026, first tier.');
  expect(section('Prices')).toContain('2 regions');
  expect(table('Prices').slice(-3)).toEqual([
    ['Region', 'x86, GB-s', 'arm64, GB-s', '1 M requests', 'Currency'],
    ['us-east-1', '0.0000166667', '0.0000133334', '0.20', 'USD'],
    ['cn-north-1', '0.000113', '0.000091', '1.36', 'CNY'],
  ]);
});

test('each part fails by itself', async () => {
  const { text } = await show(
    {},
    {
      getSettings: { code: 'forbidden' },
      listTokens: { code: 'internal' },
      listAuditLog: { code: 'deadline' },
      listInventory: 'unreachable',
    },
  );
  for (const failure of [
    'Failed to load settings. The token does not have the required scope. Retry',
    'Failed to load tokens. Internal server error. Retry',
    'Failed to load the audit log. The query timed out. Choose a shorter time range. Retry',
    'Failed to load the inventory. Cannot reach the server. Retry',
  ])
    expect(text).toContain(failure);
  restore();
  const backups = await show({}, { listBackups: { code: 'unavailable' } });
  expect(backups.section('Backups')).toContain('Failed to load backups. The store is temporarily unavailable. Retry');
});

test('the index leads to each section there is, and the one of the address is shown once it is there', async () => {
  const scrolled: string[] = [];
  const page = await show();
  const titles = page.elements('section').map(({ attributes }) => attributes['aria-label']);
  const links = page.elements('nav').flatMap(({ text }) => text);
  expect(links).toEqual([
    'StorageData retentionRedactionDelete log linesBackupsFunction configurationPricesUsersTokensWeb passwordAudit log',
  ]);
  expect(page.link('Delete log lines')).toBe('/settings?from=now-7d&to=now-1d&section=lines');
  for (const { text, attributes } of page.elements('a'))
    if (attributes['href']?.includes('section=') === true) expect(titles).toContain(text);
  restore();
  const opened = showPage(h(Settings, {}), { path: '/settings', search: '?section=backups', stored: () => null });
  Object.assign(document, {
    querySelector: (selector: string) => ({ scrollIntoView: () => scrolled.push(selector) }),
  });
  expect(
    (await opened).elements('a').filter(({ attributes }) => attributes['aria-current'] === 'location'),
  ).toHaveLength(1);
  expect(scrolled).toEqual(['section[aria-label="Backups"]']);
});
