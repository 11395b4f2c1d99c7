/** Tones, notes and conditions of pages, one for each case that their examples do not show. */
import { h } from 'preact';
import { afterEach, describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import { RANGE } from '../../test/support/show-function.ts';
import type { Answers, ShownPage } from '../../test/support/show-page.ts';
import { restore, showPage } from '../../test/support/show-page.ts';
import { Alerts } from './alerts/alerts.tsx';
import { Compare } from './compare/compare.tsx';
import { Functions } from './functions/functions.tsx';
import { Ingest } from './ingest/ingest.tsx';
import { Overview } from './overview/overview.tsx';

afterEach(restore);

type Answer<Id extends keyof Answers> = NonNullable<Answers[Id]>;

/** The class of the first span with this text. */
const toneOf = (page: ShownPage, text: string) =>
  page.elements('span').find((one) => one.text === text)?.attributes['class'];

describe('alerts', () => {
  const [alert] = examples.listAlerts.answer.items;
  const [event] = examples.listAlertHistory.answer.items;
  if (alert === undefined || event === undefined) throw new Error('no example');

  test.each([
    ['critical', 'badge bad'],
    ['warning', 'badge warm'],
    ['info', 'badge '],
  ] as const)('an alert of severity %s', async (severity, badge) => {
    const items = [{ ...alert, severity }];
    const page = await showPage(h(Alerts, {}), { answers: { listAlerts: { items, nextCursor: null } } });
    expect(toneOf(page, severity)).toBe(badge);
    expect(page.requested).toContain('/api/v1/alerts/history?limit=50');
  });

  test('the history tells what began from what ended', async () => {
    const items = (['firing', 'resolved'] as const).map((status) => ({ ...event, status, reason: null }));
    const page = await showPage(h(Alerts, {}), { answers: { listAlertHistory: { items, nextCursor: null } } });
    expect([toneOf(page, 'firing'), toneOf(page, 'resolved')]).toEqual(['badge bad', 'badge good']);
    expect(page.table('Alert history').map(([, state]) => state)).toEqual(['State', 'firing', 'resolved']);
  });
});

describe('functions', () => {
  const [example] = examples.listFunctions.answer.items;
  if (example === undefined) throw new Error('no example');
  const show = (more: object, search = '') =>
    showPage(h(Functions, {}), {
      search,
      answers: {
        listFunctions: {
          ...examples.listFunctions.answer,
          items: [
            { ...example, account: '111122223333', name: 'checkout', region: 'eu-west-1', runtime: 'java21', ...more },
          ],
        },
      },
    });

  test('those of the simulated account say so, others do not', async () => {
    expect(toneOf(await show({ account: '000000000000' }), 'simulated')).toBe('badge ');
    restore();
    expect((await show({})).text).not.toContain('simulated');
  });

  test('each has its bars, with a label', async () => {
    const page = await show({ spark: [1, 2] });
    const labels = page.elements('svg').flatMap(({ attributes }) => attributes['aria-label'] ?? []);
    expect(labels).toEqual(['checkout: invocations over time']);
    // The icon of the button for columns has one with round corners.
    expect(page.elements('rect').filter(({ attributes }) => !('rx' in attributes))).toHaveLength(2);
  });

  test.each([
    ['a reason', { costUsd: null, costReason: 'no price' }, 'unknown', 'no price'],
    [
      'instances',
      { costUsd: 1, costReason: null, costBasis: 'managed-instances' },
      '$1.00',
      'Declared EC2 instances and their price, with AWS’s fee',
    ],
    [
      'an assumption',
      { costUsd: 1, costReason: null, costBasis: 'invocations', warnings: ['price-assumed'] },
      '$1.00',
      'Priced as x86: architecture unknown',
    ],
    ['nothing to say', { costUsd: 1, costReason: null, costBasis: 'invocations', warnings: [] }, '$1.00', ''],
  ])('a cost with %s', async (_, more, text, title) => {
    const page = await show(more);
    expect(
      page.elements('span').findLast((one) => one.text === text && 'title' in one.attributes)?.attributes['title'],
    ).toBe(title);
  });

  test.each(['check', 'EU-WEST', 'Java', 'CHECKOUT eu'])(
    'the search for %j finds name, region and runtime',
    async (q) => {
      expect((await show({}, `?q=${encodeURIComponent(q)}`)).text).toContain('1 of 1');
    },
  );

  test('a search without a match is cleared by a click', async () => {
    const page = await show({}, '?q=nothing');
    expect(page.text).toContain('0 of 1');
    expect(page.text).toContain('No function matches “nothing”');
    await page.click('Clear search');
    expect(page.address).toBe('/');
    await page.fill('search', 'java');
    expect(page.address).toBe('/?q=java');
  });

  test('a runtime and a size that are not known are left out', async () => {
    const { table } = await show({
      runtime: null,
      memoryMb: null,
      region: '',
      memoryUse: null,
      maxMemoryUsedMb: null,
      warnings: [],
      tags: {},
    });
    const [titles = [], [name, ...rest] = []] = table('Functions');
    const memory = [name, ...rest][titles.indexOf('Memory used')];
    expect([name?.trim(), memory]).toEqual(['checkout –', '– / –']);
  });
});

test('compare says how old its answer is once a function is chosen', async () => {
  const none = await showPage(h(Compare, {}), {});
  expect(none.text).not.toContain('updated');
  expect(none.text).toContain('Choose a function');
  restore();
  const chosen = await showPage(h(Compare, {}), { search: '?function=a' });
  expect(chosen.text).toContain('updated 0 s ago');
  expect(chosen.elements('h2').map(({ text }) => text)).not.toContain('Choose a function');
  expect(chosen.text).not.toContain('Reset periods');
});

describe('ingest', () => {
  const status: Answer<'getIngestStatus'> = examples.getIngestStatus.answer;
  const show = (more: Partial<typeof status>) =>
    showPage(h(Ingest, {}), { answers: { getIngestStatus: { ...status, ...more } } });

  test('what there is none of has no section', async () => {
    const page = await show({
      skippedRows: [],
      unknownFields: [],
      sources: [],
      pulls: [],
      coverageReasons: [],
      ignoredReasons: [],
      keyTroubles: [],
      clock: null,
    });
    for (const title of [
      'Damaged rows',
      'Unknown fields',
      'Sources',
      'Pulled log groups',
      'Missing data',
      'Collectors with problems',
    ])
      expect(page.text).not.toContain(title);
    expect(page.elements('p').filter(({ attributes }) => attributes['role'] === 'alert')).toEqual([]);
  });

  const pull = {
    ...{ account: '1', region: 'eu-west-1', logGroup: '/g', mode: 'poll' as const, message: null, watermarkAt: null },
    ...{ running: false, events: 1200, updatedAt: '2026-11-28T07:50:00.000Z' },
  };
  test.each([
    ['ok', {}, 'badge good', '–'],
    ['throttled', { running: true }, 'badge bad', 'first scan in progress'],
    ['denied', { watermarkAt: '2026-11-28T07:00:00.000Z', running: true }, 'badge bad', '60 min ago'],
  ] as const)('a pull that is %s', async (state, more, badge, readUpTo) => {
    const page = await show({ pulls: [{ ...pull, state, ...more }] });
    expect(toneOf(page, state)).toBe(badge);
    expect(page.table('Pulled log groups')).toEqual([
      ['Log group', 'State', 'Read up to', 'Events', 'Last attempt'],
      ['/g eu-west-1 · poll', state, readUpTo, '1,200', '10 min ago'],
    ]);
  });
});

describe('overview', () => {
  const example: Answer<'getOverview'> = examples.getOverview.answer;
  const show = (more: Partial<typeof example>, answers: Answers = {}, search = `?${RANGE}`) =>
    showPage(h(Overview, {}), { search, answers: { getOverview: { ...example, ...more }, ...answers } });

  test.each([
    [5 * MINUTE_MS, '5 min'],
    [HOUR_MS, '1 h'],
    [2 * HOUR_MS, '2 h'],
    [DAY_MS, '1 d'],
  ])('buckets of %d ms are called %s', async (bucketMs, words) => {
    const page = await show({ range: { ...example.range, bucketMs }, invocations: 2, errors: 1 });
    expect(page.section('Invocations and errors')).toContain(`2 invocations, 1 failed, per ${words}. Drag to zoom.`);
  });

  test('cold starts with and without log streams', async () => {
    const point = {
      ...{ at: '2026-11-22T00:00:00.000Z', invocations: 100, errors: 7, coldStarts: 10, userFeltColdStarts: 4 },
      ...{ coldStartsWithoutStream: 3, coldStartSeconds: 5, costUsd: null },
    };
    const x = Date.UTC(2026, 10, 22);
    const withoutStream = example.withoutStream ?? { invocations: 3, coldStarts: 3, reason: 'No stream' };
    const page = await show({
      coldStarts: 10,
      userFeltColdStarts: 4,
      series: [point],
      withoutStream: { ...withoutStream, reason: 'No stream of 3' },
    });
    expect(page.section('Cold starts')).toContain('10 cold starts, 4 user-felt. No stream of 3.');
    expect(page.charts.get('Cold starts')?.series).toEqual([
      { label: 'user-felt', colour: 'chart-2', points: [{ x, y: 4 }] },
      { label: 'no caller waited', colour: 'grey', points: [{ x, y: 3 }] },
      { label: 'log stream unknown', colour: 'chart-3', points: [{ x, y: 3 }] },
    ]);
    expect(page.charts.get('Invocations and errors')?.series).toEqual([
      { label: 'succeeded', colour: 'chart-1', points: [{ x, y: 93 }] },
      { label: 'failed', colour: 'chart-bad', points: [{ x, y: 7 }] },
    ]);
    restore();
    const all = await show({
      coldStarts: 1,
      userFeltColdStarts: null,
      series: [{ ...point, userFeltColdStarts: null, coldStartsWithoutStream: 0 }],
      withoutStream: null,
    });
    expect(all.section('Cold starts')).toContain('1 cold start.');
    expect(all.charts.get('Cold starts')?.series.map(({ label, points }) => [label, points[0]?.y])).toEqual([
      ['user-felt', null],
      ['no caller waited', 10],
    ]);
  });

  test('each severity has its mark, and cold starts that of a delay', async () => {
    const [group] = example.findingGroups;
    if (group === undefined) throw new Error('no example');
    const kinds = [
      ['timeouts', 'high', 'mark bad'],
      ['errors', 'medium', 'mark warning'],
      ['cold-starts', 'medium', 'mark warm'],
      ['runtime-ending', 'low', 'mark '],
    ] as const;
    const findingGroups = kinds.map(([code, severity], at) => ({ ...group, code, severity, urgency: 100 - at }));
    const page = await show({ findingGroups });
    const marks = page.elements('span').filter(({ attributes }) => attributes['class']?.startsWith('mark'));
    expect(marks.slice(0, 4).map(({ text, attributes }) => [text, attributes['class']])).toEqual(
      kinds.map(([, severity, mark]) => [`${severity}:`, mark]),
    );
  });

  test('memory sizes are analysed over two weeks up to the end of the range', async () => {
    const some = { ...examples.listRecommendations.answer, looked: 1, undecided: 2 };
    const page = await show({}, { listRecommendations: some });
    expect(page.section('What needs attention')).toContain(
      'Memory sizes analysed over 14 days for the 1 most expensive function; 2 of them inconclusive.',
    );
    // By the hour: 27 November, 08:00, less 14 days.
    expect(page.requested.find((one) => one.includes('recommendations'))).toBe(
      `/api/v1/recommendations?from=${Date.UTC(2026, 10, 13, 8)}&to=now-1d`,
    );
    restore();
    const now = await show({}, { listRecommendations: { ...some, looked: 3, undecided: 0 } }, '');
    expect(now.requested.find((one) => one.includes('recommendations'))).toContain('from=now-14d&to=now');
    expect(now.section('What needs attention')).toContain('for the 3 most expensive functions.');
  });

  test('recommendations that fail say so; a fleet that is simulated, too', async () => {
    const page = await showPage(h(Overview, {}), { failures: { listRecommendations: 'unreachable' } });
    expect(page.section('What needs attention')).toContain(
      'Failed to load memory recommendations: Cannot reach the server.',
    );
    restore();
    const [row] = example.top.invocations;
    if (row === undefined) throw new Error('no example');
    const top = (id: string) => ({ ...example.top, invocations: [{ ...row, id }] });
    expect((await show({ top: top('000000000000:r:f') })).text).toContain('simulated');
    restore();
    expect((await show({ top: top('111122223333:r:f') })).text).not.toContain('simulated');
  });

  test('what a cost wastes, and what it rests on', async () => {
    const cost = async (more: object) => {
      const { note, detail } = (await show(more)).tile('Cost');
      restore();
      return [note, detail];
    };
    expect(await cost({ wastedUsd: null, costAssumed: true })).toEqual([
      'failed attempts not known',
      'Some regions or architectures are assumed.',
    ]);
    expect(await cost({ wastedUsd: 1.5, wastedUnknown: null, costAssumed: false })).toEqual([
      '$1.50 on failed attempts',
      'By billed duration and requests.',
    ]);
  });

  test('no invocations, and no functions in a list', async () => {
    const none = await show({ invocations: 0 });
    expect(none.text).not.toContain('Most expensive');
    restore();
    const page = await show({ top: { ...example.top, costUsd: [], coldStartSeconds: [] } });
    expect(page.section('Most expensive')).toContain('None in this time range.');
    expect(page.section('Most cold-start time')).toContain('None in this time range.');
  });
});
