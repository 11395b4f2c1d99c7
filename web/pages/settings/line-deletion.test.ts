/** Deletion of log lines in Settings, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Settings } from './settings.tsx';

afterEach(restore);

const show = (answers: Answers = {}, failures: Failures = {}) =>
  showPage(h(Settings, {}), { path: '/settings', search: '?tz=utc', answers, failures });
const found = {
  lines: 1480,
  bytes: 204_800,
  firstAt: '2026-11-20T10:00:00.000Z',
  lastAt: '2026-11-20T10:59:59.120Z',
  damagedBlocks: 0,
};
const REQUEST = '3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c';

test('lines are counted, and deleted after two more clicks', async () => {
  const page = await show({ previewLineDeletion: found, deleteLines: { ...found, lines: 1481 } });
  await page.fill('request id', ` ${REQUEST} `);
  await page.fill('from', 'now-24h');
  await page.submit('Count lines');
  expect(page.section('Delete log lines')).toContain(
    // 204,800 = 200 KiB.
    '1,480 lines (200.0 KiB) from 2026-11-20 10:00:00 to 2026-11-20 10:59:59.',
  );
  await page.click('Delete them');
  expect(page.sent).toEqual([]);
  await page.click('Delete 1,480 lines for good');
  expect(page.sent).toEqual([[`DELETE /api/v1/logs?request=${REQUEST}&from=now-24h`, undefined]]);
  expect(page.section('Delete log lines')).toContain('Deleted 1,481 lines.');
  expect(page.section('Delete log lines')).not.toContain('Delete them');
});

test('another scope needs another count', async () => {
  const page = await show({ previewLineDeletion: found });
  await page.fill('function', 'checkout');
  await page.submit('Count lines');
  expect(page.section('Delete log lines')).toContain('Delete them');
  await page.fill('function', 'check');
  expect(page.section('Delete log lines')).not.toContain('Delete them');
});

test('nothing to delete, and parts that cannot be read', async () => {
  const none = { lines: 0, bytes: 0, firstAt: null, lastAt: null, damagedBlocks: 2 };
  const page = await show({ previewLineDeletion: none });
  await page.fill('function', 'checkout');
  await page.submit('Count lines');
  expect(page.section('Delete log lines')).toContain(
    'No lines to delete. 2 parts cannot be read and stay as they are.',
  );
  expect(page.section('Delete log lines')).not.toContain('Delete them');
});

test('a scope that the server refuses', async () => {
  const page = await show({}, { previewLineDeletion: { code: 'invalid-request' } });
  await page.submit('Count lines');
  expect(page.section('Delete log lines')).not.toContain('Delete them');
  expect(page.section('Delete log lines')).not.toContain('No lines');
});
