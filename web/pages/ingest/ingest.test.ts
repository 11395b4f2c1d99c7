/** The Ingest page, worked out by hand from a fixed answer. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Ingest } from './ingest.tsx';

afterEach(restore);

/** Requests that change something: the coverage is asked for with a POST. */
const changes = ({ sent }: Awaited<ReturnType<typeof showPage>>) =>
  sent.filter(([request]) => !request.endsWith('/query'));

const example: NonNullable<Answers['getIngestStatus']> = examples.getIngestStatus.answer;
const lagMs = { p50: 84.11, p95: 2345, p99: 12_345, n: 40 };
const show = () =>
  showPage(h(Ingest, {}), {
    search: '?from=now-7d&to=now-1d',
    answers: {
      getIngestStatus: {
        ...example,
        accepted: 1_234_567,
        duplicates: 12_345,
        ignored: 45_045,
        rejected: 2,
        lagMs,
        coverage: 0.9714,
        orphanStarts: 9999,
        databaseBytes: 18_297_344,
        sources: example.sources.map((one) => ({
          ...one,
          lastDataAt: '2026-11-28T06:00:00.000Z',
          requests: 12_345,
          events: 1_234_567,
          lagMs,
        })),
      },
    },
  });

test('each tile has its figure, unit and note', async () => {
  const { tile } = await show();
  // The page is shown at 08:00:00; the last request came at 07:57:00, and the last data at 06:00:00.
  expect(tile('State')).toEqual({ value: 'Silent since 2026-11-28 06:00', note: 'last data 2 h ago' });
  // 1,234,567 + 12,345 + 45,045 + 2 = 1,291,959
  expect(tile('Log events stored')).toEqual({
    value: '1.23 M',
    note: 'of 1.29 M received: 12.3 k duplicates, 45.0 k without a measurement, 2 dead letters',
  });
  expect(tile('Without a measurement')).toEqual({
    value: '45.0 k',
    note: 'END and application lines, kept as log lines, and others: reasons below',
  });
  expect(tile('Dead letters')).toEqual({ value: '2', note: 'could not be parsed; listed below' });
  expect(tile('Lag p50 / p99')).toEqual({ value: '84.1 ms / 12.3 s', note: 'from event to receipt' });
  // 18,297,344 / 1,048,576 = 17.45
  expect(tile('Coverage')).toEqual({ value: '97 %', note: '9,999 START without REPORT · 17.4 MiB on disk' });
});

test('sources and reasons', async () => {
  const { table, section } = await show();
  expect(table('Sources')).toEqual([
    ['Source', 'Last request', 'Last data', 'Requests', 'Events', 'Rejected', 'Lag p50 / p99'],
    ['logs /aws/lambda/checkout', '3 min ago', '2 h ago', '12.3 k', '1.23 M', '1', '84.1 ms / 12.3 s'],
  ]);
  expect(section('Without a measurement')).toBe(
    'Without a measurement 45.0 k END lines: the REPORT line says the same and more',
  );
});

type Status = typeof example;
const showStatus = (changed: Partial<Status>, answers: Answers = {}, failures: Failures = {}) =>
  showPage(h(Ingest, {}), { answers: { getIngestStatus: { ...example, ...changed }, ...answers }, failures });

test('before data comes, the state says what is missing, and no figure is a zero', async () => {
  const { tile } = await showStatus({ accepted: 0, coverage: null });
  expect(tile('State').value).toBe('Connected, waiting for the first Lambda line');
  expect(tile('Lag p50 / p99').value).toBe('–');
  expect(tile('Coverage').value).toBe('–');
  restore();
  const none = await showStatus({ accepted: 0, sources: [] });
  expect(none.tile('State')).toEqual({ value: 'No data yet', note: 'see the Connect page' });
  expect(none.text).not.toContain('Sources');
});

test('a source without data or lag, and a doubtful clock', async () => {
  const { table, text } = await showStatus({ clock: 'The system clock went back by 3 days' });
  expect(table('Sources')[1]?.slice(1)).toEqual(['3 min ago', 'never', '1', '0', '1', '–']);
  expect(text).toContain('The system clock went back by 3 days');
});

test('missing data, unknown fields and keys beyond a limit have counts and examples', async () => {
  const { section, table } = await showStatus({
    coverageReasons: [
      { kind: 'late', text: 'log groups are late', n: 12_345, examples: ['/aws/lambda/a', '/aws/lambda/b'] },
      { kind: 'unreadable', text: 'records could not be read', n: 2, examples: [] },
    ],
    unknownFields: [
      { key: 'XRAY Sampled Twice', n: 12_345 },
      { key: 'Other', n: 1 },
    ],
    keyTroubles: [{ key: 'forwarder', reason: 'too-slow', n: 12_345, lastAt: '2026-11-20T10:00:00.000Z' }],
  });
  expect(section('Missing data')).toBe(
    'Missing data 12.3 k log groups are late For example /aws/lambda/a, /aws/lambda/b 2 records could not be read',
  );
  expect(section('Unknown fields')).toContain('XRAY Sampled Twice (12.3 k), Other (1)');
  expect(table('Keys beyond a limit')).toEqual([
    ['Key', 'Limit', 'Bodies', 'Last'],
    ['forwarder', 'too-slow', '12.3 k', '2026-11-20 10:00:00'],
  ]);
});

test('collectors with problems, and only those', async () => {
  const collector = {
    region: 'eu-west-1',
    startedAt: '2026-11-28T07:00:00.000Z',
    tookMs: 1,
    intervalMs: 1,
    running: false,
  };
  const { section } = await showStatus({
    collectors: [
      { ...collector, name: 'a', overdue: true, notice: 'Runs take longer than 5 min' },
      { ...collector, name: 'b', overdue: false, notice: 'Access to X-Ray was denied' },
      { ...collector, name: 'c', overdue: false, notice: null },
    ],
  });
  expect(section('Collectors with problems')).toBe(
    'Collectors with problems late Runs take longer than 5 min problem Access to X-Ray was denied',
  );
  restore();
  expect((await showStatus({ collectors: [] })).text).not.toContain('Collectors');
});

test('the export to Parquet: where to, how far, what last, why not, when next', async () => {
  const last = {
    ...{ startedAt: '2026-11-28T06:00:00.000Z', tookMs: 8123, written: 1, unchanged: 34, kept: 0 },
    ...{ lastDay: '2026-11-27', rows: 1_234_567, bytes: 18_297_344 },
  };
  const { section } = await showStatus({
    parquetExport: {
      to: 's3://lake/lambda',
      running: { startedAt: '2026-11-28T07:59:00.000Z', rows: 12_345, invocations: 20_000, note: null },
      last,
      failure: { at: '2026-11-28T07:00:00.000Z', message: 'The bucket lake does not exist.', attempts: 1 },
      nextAt: '2026-11-29T06:00:00.000Z',
    },
  });
  expect(section('Export to Parquet')).toBe(
    'Export to Parquet problem The bucket lake does not exist. s3://lake/lambda · running: 12.3 k rows · last run 2 h ago: 1.23 M rows, 17.4 MiB · next: 2026-11-29 06:00:00',
  );
  restore();
  expect((await showStatus({ parquetExport: null })).text).not.toContain('Export to Parquet');
});

test('pulled log groups: state, progress, events and the last attempt', async () => {
  const pull = { account: '1', region: 'eu-west-1', mode: 'poll' as const, message: null, running: false };
  const times = { watermarkAt: '2026-11-28T06:00:00.000Z', updatedAt: '2026-11-28T07:57:00.000Z' };
  const { table } = await showStatus({
    pulls: [
      { ...pull, ...times, logGroup: '/a', state: 'ok', events: 1_234_567 },
      { ...pull, ...times, logGroup: '/b', state: 'denied', message: 'No permission', watermarkAt: null, events: 0 },
      { ...pull, ...times, logGroup: '/c', state: 'ok', mode: 'backfill', watermarkAt: null, running: true, events: 7 },
    ],
  });
  expect(table('Pulled log groups')).toEqual([
    ['Log group', 'State', 'Read up to', 'Events', 'Last attempt'],
    ['/a eu-west-1 · poll', 'ok', '2 h ago', '1.23 M', '3 min ago'],
    ['/b eu-west-1 · poll', 'denied No permission', '–', '0', '3 min ago'],
    ['/c eu-west-1 · backfill', 'ok', 'first scan in progress', '7', '3 min ago'],
  ]);
});

test('causes of cold starts: hours that wait, how long they take, and failures', async () => {
  const attribution = { ...example.attribution, pendingHours: 3600, hoursPerSecond: 40 };
  const { section, table } = await showStatus({
    attribution: {
      ...attribution,
      late: 12,
      working: {
        function: 'checkout',
        hourAt: '2026-11-28T05:00:00.000Z',
        invocations: 1_234_567,
        since: '2026-11-28T07:57:00.000Z',
      },
      failed: [
        {
          function: null,
          hourAt: '2026-11-28T06:00:00.000Z',
          since: '2026-11-28T07:00:00.000Z',
          retryAt: '2026-11-28T09:00:00.000Z',
          attempts: 12_345,
          reason: 'A row is damaged',
        },
      ],
    },
  });
  // 3,600 hours at 40 a second take 90 s.
  expect(section('Causes of cold starts')).toContain(
    '3,600 function hours to attribute, about 1.50 min at 40 per second Attributing checkout (about 1,234,567 invocations), started 3 min ago. Other functions do not wait for it. 12 functions waiting for ten minutes or longer.',
  );
  expect(table('Causes of cold starts')).toEqual([
    ['Function', 'Hour', 'Reason', 'Attempts'],
    ['unknown', '2 h ago', 'A row is damaged', '12.3 k'],
  ]);
  restore();
  const unknown = await showStatus({ attribution: { ...attribution, hoursPerSecond: null } });
  expect(unknown.section('Causes of cold starts')).toBe('Causes of cold starts 3,600 function hours to attribute');
  restore();
  const done = await showStatus({ attribution: { ...attribution, pendingHours: 0 } });
  expect(done.text).not.toContain('Causes of cold starts');
});

test('rows that cannot be read are counted', async () => {
  const { table } = await showStatus({
    skippedRows: [{ table: 'invocation', n: 12_345, example: 'row 17: duration is text' }],
  });
  expect(table('Damaged rows')).toEqual([
    ['Table', 'Rows', 'First row'],
    ['invocation', '12.3 k', 'row 17: duration is text'],
  ]);
});

test('rule files with errors are named with file, line and field', async () => {
  const problems = [
    { file: 'orders.yaml', line: 5, field: 'rules.0.threshold', message: 'expected a number' },
    { file: 'token.txt', line: null, field: '', message: 'does not exist' },
  ];
  const page = await showStatus({ ruleFiles: { path: '/etc/rules', appliedAt: null, problems } });
  expect(page.section('Rule files')).toContain('The files in /etc/rules have errors and are not applied.');
  expect(page.section('Rule files')).toContain('orders.yaml 5 rules.0.threshold: expected a number');
  expect(page.section('Rule files')).toContain('token.txt – does not exist');
  const fine = await showStatus({ ruleFiles: { path: '/etc/rules', appliedAt: null, problems: [] } });
  expect(fine.text).not.toContain('Rule files');
});

test('dead letters: reason, text, number, and what a replay came to', async () => {
  const [letter] = examples.listDeadLetters.answer.items;
  if (letter === undefined) throw new Error('no example');
  const items = [
    { ...letter, id: 2, detail: 'The line has no timestamp', preview: 'x'.repeat(200), seen: 12_345 },
    { ...letter, id: 1, detail: 'Old', preview: 'REPORT', replayedAt: '2026-11-28T07:00:00.000Z' },
  ];
  const answers: Answers = { listDeadLetters: { items, nextCursor: null } };
  const page = await showStatus({}, answers);
  expect(page.table('Dead letters')).toEqual([
    ['Received', 'Reason', 'Preview', 'Count', ''],
    ['2026-11-28 07:57:00', 'line-without-time The line has no timestamp', 'x'.repeat(160), '12345', 'Replay'],
    ['2026-11-28 07:57:00', 'line-without-time Old', 'REPORT', '1', 'replayed'],
  ]);
  await page.click('Replay');
  expect(changes(page)).toEqual([['POST /api/v1/rejects/2/replay', undefined]]);
  expect(page.table('Dead letters')[1]?.at(-1)).toBe('Replay still unparsable');
  restore();
  const outcome = { accepted: 3, duplicates: 0, ignored: 0, rejected: 0 };
  const stored = await showStatus({}, { ...answers, replayDeadLetter: { outcome, stillRejected: false } });
  await stored.click('Replay');
  expect(stored.table('Dead letters')[1]?.at(-1)).toBe('Replay 3 events stored');
  restore();
  const refused = await showStatus({}, answers, { replayDeadLetter: { code: 'unavailable' } });
  await refused.click('Replay');
  expect(refused.table('Dead letters')[1]?.at(-1)).toBe('Replay The store is temporarily unavailable');
  restore();
  const none = await showStatus({}, { listDeadLetters: { items: [], nextCursor: null } });
  expect(none.section('Dead letters')).toContain('No dead letters: all records were parsed.');
});

test('imports: file, functions, events and how far an undo is', async () => {
  const [imported] = examples.listImports.answer.items;
  if (imported === undefined) throw new Error('no example');
  const one = { ...imported, startedAt: '2026-11-27T08:57:00.000Z', functions: ['a', 'b'], accepted: 12_345 };
  const page = await showStatus(
    {},
    {
      listImports: {
        items: [
          { ...one, id: '20261128-1', undoUntil: '2026-12-12T08:57:02.000Z' },
          { ...one, id: '20261128-2', state: 'undoing', progress: 0.0714, undoUntil: null },
          { ...one, id: '20261128-3', state: 'undone', undoUntil: null },
          { ...one, id: '20261128-4', state: 'kept', undoUntil: null },
        ],
        truncated: true,
      },
    },
  );
  expect(page.table('Imports')).toEqual([
    ['Started', 'File', 'Functions', 'Events', 'State', ''],
    ['2026-11-27 08:57:00', 'checkout.json 20261128-1', 'a, b', '12.3 k', 'can be undone until 2026-12-12', 'Undo'],
    ['2026-11-27 08:57:00', 'checkout.json 20261128-2', 'a, b', '12.3 k', 'being undone, 7.1 %', ''],
    ['2026-11-27 08:57:00', 'checkout.json 20261128-3', 'a, b', '12.3 k', 'undone', ''],
    ['2026-11-27 08:57:00', 'checkout.json 20261128-4', 'a, b', '12.3 k', 'too old to be undone', ''],
  ]);
  expect(page.section('Imports')).toContain('Only the newest 4 imports are listed.');
  await page.click('Undo');
  expect(changes(page)).toEqual([]);
  await page.click('Cancel');
  await page.click('Undo');
  await page.click('Remove 12,345 events');
  expect(changes(page)).toEqual([['DELETE /api/v1/imports/20261128-1', undefined]]);
  expect(page.section('Imports')).toContain('Import undone. Data that was also delivered another way was kept.');
});

test('each part fails by itself', async () => {
  const { text } = await showStatus(
    {},
    {},
    {
      getIngestStatus: { code: 'internal' },
      listDeadLetters: { code: 'forbidden' },
      listImports: { code: 'deadline' },
    },
  );
  for (const failure of [
    'Failed to load the ingest status. Internal server error. Retry',
    'Failed to load the dead letters. The token does not have the required scope. Retry',
    'Failed to load the imports. The query timed out. Choose a shorter time range. Retry',
  ])
    expect(text).toContain(failure);
});

test('fifty dead letters are asked for; no keys, no section of their troubles', async () => {
  const page = await showPage(h(Ingest, {}), { answers: { getIngestStatus: { ...example, keyTroubles: [] } } });
  expect(page.requested).toContain('/api/v1/rejects?limit=50');
  expect(page.elements('section').some(({ text }) => text.startsWith('Keys'))).toBe(false);
});
