/** The tabs Environments, and Changes, worked out by hand from fixed answers. */
import { afterEach, describe, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { TabOptions } from '../../../test/support/show-function.ts';
import { FUNCTION_ID, FUNCTION_PATH, RANGE, showTabOf } from '../../../test/support/show-function.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore } from '../../../test/support/show-page.ts';
import { FunctionPage } from './function.tsx';

afterEach(restore);

const showTab = showTabOf(FunctionPage);

const STREAMLESS = {
  invocations: 1204,
  coldStarts: 17,
  reason: '1,204 of 3,749 invocations have no known log stream: environments exclude them',
};

describe('environments', () => {
  const [environment] = examples.getFunctionEnvironments.answer.items;
  if (environment === undefined) throw new Error('no example');
  const answer: NonNullable<Answers['getFunctionEnvironments']> = {
    ...examples.getFunctionEnvironments.answer,
    items: [
      {
        ...environment,
        logStream: '2026/11/27/[$LATEST]5add841d',
        firstSeenAt: '2026-11-27T07:00:08.226Z',
        lastSeenAt: '2026-11-27T08:31:13.194Z',
        invocations: 281,
        mostAtOnce: 4,
        failures: 5,
        initDurationMs: 173.42,
        maxMemoryUsedMb: 117,
      },
      { ...environment, logStream: 'second', initDurationMs: null, maxMemoryUsedMb: null },
    ],
    total: 12_345,
    concurrency: {
      peak: 12_345,
      peakAt: '2026-11-27T07:43:00.836Z',
      series: [{ at: '2026-11-27T07:00:00.000Z', max: 9, mean: 2.25 }],
    },
  };
  const show = (changed: Partial<typeof answer> = {}, options: TabOptions = {}) =>
    showTab('environments', { answers: { getFunctionEnvironments: { ...answer, ...changed } }, ...options });

  test('peak concurrency has its time, and the charts their figures', async () => {
    const page = await show();
    expect(page.requested).toContain(`/api/v1${FUNCTION_PATH}/environments?${RANGE}&limit=5000`);
    expect(page.section('Concurrency')).toContain(
      'Peak 12.3 k at 2026-11-27 07:43:00. Computed from the exact start and end of each invocation, including init.',
    );
    expect(page.section('Environment timeline')).toContain(
      '12,345 environments. An environment that ended leaves its row to a later one.',
    );
    expect(page.section('Environment timeline')).not.toContain('Only the newest');
    expect(page.section('Environment timeline')).toContain('idle to busy all the time init failure');
    // Half an environment does not exist: the axis has whole numbers.
    expect(page.charts.get('Concurrency')?.fractional).toBe(false);
    await page.click('Table');
    expect(page.table('Concurrency')).toEqual([
      ['at', 'max', 'mean'],
      ['2026-11-27T07:00:00.000Z', '9', '2.25'],
    ]);
    await page.click('Table');
    expect(page.table('Environment timeline')).toEqual([
      [
        'log stream',
        'first seen',
        'last seen',
        'invocations',
        'peak concurrency',
        'failures',
        'init ms',
        'max memory MB',
      ],
      [
        '2026/11/27/[$LATEST]5add841d',
        '2026-11-27T07:00:08.226Z',
        '2026-11-27T08:31:13.194Z',
        '281',
        '4',
        '5',
        '173.42',
        '117',
      ],
      ['second', '2026-11-27T07:00:08.226Z', '2026-11-27T08:31:13.194Z', '281', '1', '5', '–', '–'],
    ]);
  });

  test('what is left out is said', async () => {
    const { section, text } = await show({ truncated: true, withoutStream: STREAMLESS });
    expect(section('Environment timeline')).toContain(
      'Only the newest are drawn; choose a shorter time range to see the others.',
    );
    expect(text).toContain(`${STREAMLESS.reason}.`);
  });

  test('without a log stream the peak is unknown', async () => {
    const { section } = await show({ concurrency: { peak: null, peakAt: null, series: [] } });
    expect(section('Concurrency')).toContain('Peak unknown. Computed from');
  });

  test('no environments: for want of log streams, or of invocations', async () => {
    const empty = await show({ items: [], withoutStream: STREAMLESS });
    expect(empty.text).toContain(`No environments in this time range ${STREAMLESS.reason}.`);
    restore();
    const quiet = await show({ items: [] });
    expect(quiet.text).toContain('No environments in this time range Choose a longer time range.');
  });

  test('a failure is said, and asked again on Retry', async () => {
    const page = await show({}, { failures: { getFunctionEnvironments: { code: 'deadline' } } });
    expect(page.text).toContain('Failed to load environments. The query timed out. Choose a shorter time range. Retry');
    const before = page.requested.filter((address) => address.includes('/environments?')).length;
    await page.click('Retry');
    expect(page.requested.filter((address) => address.includes('/environments?'))).toHaveLength(before + 1);
  });
});

describe('versions and changes', () => {
  const change: NonNullable<Answers['listChanges']>['items'][number] = {
    function: { id: FUNCTION_ID, name: 'checkout' },
    at: '2026-11-24T10:15:30.500Z',
    source: 'inventory',
    deploy: null,
    kinds: ['memory', 'architecture'],
    before: { memoryMb: 256, architecture: 'x86_64', layers: ['a'], timeoutMs: null },
    after: { memoryMb: 512, architecture: 'arm64', layers: ['a'], timeoutMs: 3000 },
    label: 'memory 256 → 512 MB, x86_64 → arm64',
    n: { before: 12_345, after: 23_456 },
    isJudged: true,
    summary: 'p95 +7.1 %, cost: not enough data',
    verdict: 'worse',
    reason: null,
    hours: null,
    effect: 'arm64 is 7.1 % slower and costs 13 % less',
    differences: [
      {
        metric: 'p95',
        unit: 'ms',
        before: 1234.5,
        after: 12_345,
        change: 0.0714,
        low: 0.05,
        high: 0.0926,
        p: 0.01,
        verdict: 'worse',
        reason: null,
      },
      {
        metric: 'errorRate',
        unit: 'ratio',
        before: 0.0714,
        after: 0.059,
        change: -0.0124,
        low: -0.02,
        high: 0.003,
        p: 0.2,
        verdict: 'no-evidence',
        reason: null,
      },
      {
        metric: 'costPer1k',
        unit: 'USD',
        before: 4321.5,
        after: 0.000_31,
        change: -0.5,
        low: null,
        high: null,
        p: null,
        verdict: 'insufficient-data',
        reason: 'fewer than 100 invocations before',
      },
    ],
  };
  const facts: TabOptions['facts'] = {
    deploys: [
      { at: '2026-11-27T06:58:11.000Z', kind: 'code', sources: ['cloudtrail', 'inventory'], codeSha256: 'Ea0y7bUN=' },
      { at: '2026-11-26T06:58:11.000Z', kind: 'create', sources: ['inventory'], codeSha256: null },
      { at: '2026-11-25T06:58:11.000Z', kind: 'configuration', sources: ['cloudtrail'], codeSha256: null },
      { at: '2026-11-24T06:58:11.000Z', kind: 'unknown', sources: ['cloudtrail'], codeSha256: null },
    ],
    configurations: [
      {
        version: '7',
        memoryMb: 256,
        runtimeVersion: 'nodejs:20.v72',
        runtimeVersionArn: null,
        environments: 12_345,
        firstSeenAt: '2026-11-21T07:00:08.226Z',
        lastSeenAt: '2026-11-27T06:59:38.026Z',
      },
      {
        version: null,
        memoryMb: null,
        runtimeVersion: null,
        runtimeVersionArn: null,
        environments: 1,
        firstSeenAt: '2026-11-20T07:00:08.226Z',
        lastSeenAt: '2026-11-20T08:59:38.026Z',
      },
    ],
  };
  const list = (items: (typeof change)[], more: Partial<NonNullable<Answers['listChanges']>> = {}) => ({
    listChanges: { ...examples.listChanges.answer, items, total: items.length, ...more },
  });
  const show = (answers: Answers, more: TabOptions = {}) => showTab('changes', { answers, facts, ...more });

  test('a change has its time, source, invocations, values and effect', async () => {
    const { section, table, requested } = await show(list([change]));
    expect(requested).toContain(`/api/v1/changes?${RANGE}&function=111122223333%3Aeu-west-1%3Acheckout`);
    const shown = section('memory 256 → 512 MB, x86_64 → arm64');
    expect(shown).toContain('memory 256 → 512 MB, x86_64 → arm64 worse 2026-11-24 10:15:30 · from the inventory');
    expect(shown).toContain('12,345 invocations before, 23.5 k after');
    expect(shown).toContain('p95 +7.1 %, cost: not enough data');
    expect(shown).toContain('arm64 is 7.1 % slower and costs 13 % less');
    for (const value of ['Memory (MB) 256 512', 'Architecture x86_64 arm64', 'Timeout (ms) – 3000'])
      expect(shown).toContain(value);
    expect(shown).not.toContain('layers');
    expect(table('Changed values')).toEqual([
      ['Field', 'Before', 'After'],
      ['Memory (MB)', '256', '512'],
      ['Architecture', 'x86_64', 'arm64'],
      ['Timeout (ms)', '–', '3000'],
    ]);
    // 1.2345 s and 12.345 s with three digits; changes of ratios in points.
    expect(table('Differences')).toEqual([
      ['Metric', 'Before', 'After', 'Change', '95 % interval', 'Verdict'],
      ['Duration p95', '1.23 s', '12.3 s', '+7.1 %', '+5.0 % to +9.3 %', 'worse'],
      ['Error rate', '7.1 %', '5.9 %', '−1.2 points', '−2.0 points to +0.30 points', 'no evidence of a change'],
      [
        'Cost per 1,000',
        '$4,322',
        '$0.00031',
        '−50 %',
        'no interval',
        'insufficient data fewer than 100 invocations before',
      ],
    ]);
  });

  test('each source has its words, and a missing verdict its reason', async () => {
    const { text } = await show(
      list(
        [
          { ...change, source: 'logs', verdict: 'improved', kinds: ['version'], label: 'version 43' },
          {
            ...change,
            source: 'level',
            verdict: 'insufficient-data',
            kinds: ['p50'],
            label: 'p50',
            reason: 'Only 2 hours since',
          },
        ],
        { truncated: true, total: 12_345 },
      ),
    );
    expect(text).toContain('version 43 better 2026-11-24 10:15:30 · detected in logs');
    expect(text).toContain('p50 insufficient data 2026-11-24 10:15:30 · a metric shifted for an unknown reason');
    expect(text).toContain('Only 2 hours since');
    expect(text).toContain('Only the newest of 12.3 k changes are shown.');
  });

  test('updates and configurations', async () => {
    const { table, text } = await show(list([]));
    expect(text).toContain(
      'No changes in this time range No new version, memory size, extension, runtime or configuration, and no shift of a metric.',
    );
    expect(table('Updates of $LATEST')).toEqual([
      ['Time', 'Update', 'Reported by', 'Code SHA-256'],
      ['2026-11-27 06:58:11', 'code updated', 'CloudTrail, inventory', 'Ea0y7bUN='],
      ['2026-11-26 06:58:11', 'function created', 'inventory', '–'],
      ['2026-11-25 06:58:11', 'configuration updated', 'CloudTrail', '–'],
      ['2026-11-24 06:58:11', 'updated', 'CloudTrail', '–'],
    ]);
    expect(table('Configurations')).toEqual([
      ['Version', 'Memory', 'Runtime', 'Environments', 'First seen', 'Last seen'],
      ['7', '256 MB', 'nodejs:20.v72', '12.3 k', '2026-11-21 07:00:08', '2026-11-27 06:59:38'],
      ['–', '–', '–', '1', '2026-11-20 07:00:08', '2026-11-20 08:59:38'],
    ]);
  });

  test('what is known of the function stays where changes fail to load', async () => {
    const { text, table } = await show({}, { failures: { listChanges: { code: 'internal', detail: 'It broke' } } });
    expect(text).toContain('Failed to load changes. It broke.');
    expect(table('Configurations')).toHaveLength(3);
  });
});
