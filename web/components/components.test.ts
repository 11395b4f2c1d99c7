/** Small components: their words and classes, for each kind of what they show. */
import { Trash2 } from 'lucide-preact';
import { h } from 'preact';
import { afterEach, describe, expect, test } from 'vitest';
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import { restore, showPage } from '../../test/support/show-page.ts';
import { ActionResult } from './action-result.tsx';
import { ColdBadge, SimulatedBadge, StatusBadge, WarningBadges } from './badges.tsx';
import { Clamped } from './clamped.tsx';
import { DifferenceTable, differenceSentence, placeOf, scaleOf, VerdictBadge } from './comparison.tsx';
import { ConfirmedButton } from './confirmed-button.tsx';
import { EniEvents } from './eni-events.tsx';
import { InvocationTable } from './invocation-table.tsx';
import { MapPanel } from './map-panel.tsx';
import { MarkerList } from './marker-list.tsx';
import { PriceAssumptions } from './price-assumptions.tsx';
import { Section } from './section.tsx';
import { Sparkline } from './sparkline.tsx';
import { Term } from './term.tsx';
import { ThemeButton } from './theme-button.tsx';
import { UnknownErrors } from './unknown-errors.tsx';
import { WithoutStream } from './without-stream.tsx';

afterEach(restore);

const [EXAMPLE] = examples.listInvocations.answer.items;

test.each([
  ['nothing yet', { message: null, failed: false }, []],
  ['a success', { message: 'Saved', failed: false }, [['Saved', 'status']]],
  ['a failure', { message: 'It broke', failed: true }, [['It broke', 'alert']]],
])('the result of an action: %s', async (_, action, expected) => {
  const page = await showPage(h(ActionResult, { action: action as never }));
  expect(page.elements('p').map(({ text, attributes }) => [text, attributes['role']])).toEqual(expected);
  expect(page.elements('strong')).toHaveLength(action.failed ? 1 : 0);
});

test('the button of the theme shows the one that a click brings', async () => {
  const page = await showPage(h(ThemeButton, {}));
  const button = () => page.elements('button').map(({ attributes }) => attributes['aria-label']);
  expect(button()).toEqual(['Switch to dark theme']);
  await page.click('Switch to dark theme');
  expect(button()).toEqual(['Switch to light theme']);
  await page.click('Switch to light theme');
  expect(button()).toEqual(['Switch to dark theme']);
});

describe('badges', () => {
  test.each([
    ['out-of-memory', 'out of memory', 'badge bad', 'Invocations were killed at the memory limit'],
    ['timeouts', 'timeouts', 'badge bad', 'Invocations timed out'],
    ['memory-near-limit', 'memory > 95 %', 'badge warning', 'Max Memory Used is above 95 % of the memory size'],
    ['runtime-deprecated', 'runtime deprecated', 'badge bad', 'AWS no longer updates this runtime'],
    ['runtime-ending', 'runtime ends soon', 'badge warning', 'AWS deprecates this runtime within 180 days'],
    ['function-name-unknown', 'name from log group', 'badge ', 'Function name inferred from a custom log group'],
    ['region-unknown', 'region unknown', 'badge ', 'The logs do not name the region'],
    ['starts-missing', 'START missing', 'badge warning', 'Some START lines are missing: coverage is below 99 %'],
    [
      'errors-unknown',
      'errors unknown',
      'badge warning',
      'No lines in which the runtime reports failures arrive: only timeouts and crashes are known',
    ],
    [
      'log-streams-unknown',
      'log streams unknown',
      'badge ',
      'The log stream of some invocations is unknown: environments, user-felt cold starts and causes exclude them',
    ],
  ] as const)('%s', async (warning, text, badge, title) => {
    const page = await showPage(h(WarningBadges, { warnings: [warning, 'price-assumed'] }));
    expect(page.elements('span')).toMatchObject([{ text, attributes: { class: badge, title } }]);
  });

  test.each([
    ['success', 'badge good'],
    ['error', 'badge bad'],
    ['timeout', 'badge bad'],
    ['oom', 'badge bad'],
  ] as const)('the status %s', async (status, badge) => {
    const page = await showPage(h(StatusBadge, { status }));
    expect(page.elements('span')).toMatchObject([{ text: status, attributes: { class: badge } }]);
  });

  test.each([
    [true, 'badge warm', 'User-felt: a caller waited for this init'],
    [false, 'badge ', 'No caller waited for this init'],
    [null, 'badge ', 'It is not known whether a caller waited for this init: the log stream is unknown'],
  ])('a cold start that is felt: %s', async (userFelt, badge, title) => {
    const cold = { kind: 'on-demand', userFelt, cause: null, evidence: null } as const;
    const page = await showPage(h(ColdBadge, { cold }));
    expect(page.elements('span')).toMatchObject([
      { text: 'on-demand cold start', attributes: { class: badge, title } },
    ]);
  });

  test('a warm start has none; simulated functions say so', async () => {
    expect((await showPage(h(ColdBadge, { cold: null }))).text).toBe('');
    const page = await showPage(h(SimulatedBadge, {}));
    expect(page.elements('span')).toMatchObject([
      {
        text: 'simulated',
        attributes: { class: 'badge ', title: 'Generated by `thermocline demo` (account 000000000000)' },
      },
    ]);
  });
});

describe('differences of two periods', () => {
  const row = {
    metric: 'p50',
    unit: 'ms',
    before: 100,
    after: 120,
    change: 0.2,
    low: 0.1,
    high: 0.3,
    p: 0.01,
    verdict: 'worse',
    reason: null,
  } as const;

  test.each([
    ['p50', 'Duration p50'],
    ['p95', 'Duration p95'],
    ['p99', 'Duration p99'],
    ['initP50', 'Init p50'],
    ['errorRate', 'Error rate'],
    ['coldStartRate', 'Cold-start rate'],
    ['costPer1k', 'Cost per 1,000'],
  ] as const)('%s is called %s', async (metric, name) => {
    const { table } = await showPage(h(DifferenceTable, { rows: [{ ...row, metric }] }));
    expect(table('Differences')).toEqual([
      ['Metric', 'Before', 'After', 'Change', '95 % interval', 'Verdict'],
      [name, '100 ms', '120 ms', '+20 %', '+10 % to +30 %', 'worse'],
    ]);
  });

  test.each([
    [
      'a share',
      { unit: 'ratio', before: 0.1, after: 0.05, change: -0.05, low: -0.08, high: 0 },
      ['10 %', '5.0 %', '−5.0 points', '−8.0 points to 0 points', 'worse'],
    ],
    [
      'dollars',
      { unit: 'USD', before: 1, after: 2, change: 1, low: 0.5, high: 1.5 },
      ['$1.00', '$2.00', '+100 %', '+50 % to +150 %', 'worse'],
    ],
    [
      'nothing known',
      { before: null, after: null, change: null, low: null, high: null, reason: 'Too few' },
      ['–', '–', '–', 'no interval', 'worse Too few'],
    ],
    ['an interval that is open', { high: null }, ['100 ms', '120 ms', '+20 %', '+10 % to –', 'worse']],
  ] as const)('%s', async (_, more, cells) => {
    const { table } = await showPage(h(DifferenceTable, { rows: [{ ...row, ...more }] }));
    expect(table('Differences')[1]?.slice(1)).toEqual(cells);
  });

  test('pictures share a scale by unit, and hold what is far away', () => {
    const share = { ...row, unit: 'ratio', change: -0.02, low: -0.04, high: 0.01 } as const;
    const far = { ...row, change: 4, low: 1, high: 9 };
    // The largest bound of each unit; relative changes reach to 200 % at most.
    expect([scaleOf([row, share], false), scaleOf([row, share], true)]).toEqual([0.3, 0.04]);
    expect([scaleOf([row, far], false), scaleOf([], false)]).toEqual([2, 0]);
    // 160 px wide: no change is at 80, the ends of the scale at 5 and 155.
    expect([0, 0.3, -0.3, 0.15, 9, -9].map((change) => placeOf(change, 0.3))).toEqual([80, 155, 5, 117.5, 155, 5]);
    expect(placeOf(0.1, 0)).toBe(80);
  });

  test('an interval is drawn from its low to its high bound, with the change as a dot', async () => {
    const page = await showPage(h(DifferenceTable, { rows: [{ ...row, low: -0.15, high: 0.3 }] }));
    expect(page.elements('circle').map(({ attributes }) => attributes['cx'])).toEqual(['130']);
    expect(page.elements('line').map(({ attributes }) => [attributes['x1'], attributes['x2']])).toEqual([
      ['80', '80'],
      ['42.5', '155'],
    ]);
    const unknown = await showPage(h(DifferenceTable, { rows: [{ ...row, high: null }] }));
    expect(unknown.elements('circle')).toEqual([]);
  });

  test.each([
    [
      [row, { ...row, metric: 'costPer1k', unit: 'USD', change: -0.08, verdict: 'improved' }],
      'Duration p50 +20 %, Cost per 1,000 −8.0 %',
    ],
    [[{ ...row, verdict: 'no-evidence' }], '1 metric without a significant change'],
    [
      [row, { ...row, verdict: 'no-evidence' }, { ...row, verdict: 'insufficient-data' }],
      'Duration p50 +20 %; 1 metric without a significant change; 1 metric with too little data',
    ],
  ] as const)('in a sentence: %#', (rows, sentence) => {
    expect(differenceSentence(rows)).toBe(sentence);
  });

  test.each([
    ['improved', 'better', 'badge good'],
    ['worse', 'worse', 'badge bad'],
    ['no-evidence', 'no evidence of a change', 'badge '],
    ['insufficient-data', 'insufficient data', 'badge '],
  ] as const)('the verdict %s', async (verdict, text, badge) => {
    const page = await showPage(h(VerdictBadge, { verdict }));
    expect(page.elements('span')).toMatchObject([{ text, attributes: { class: badge } }]);
  });
});

test('a button that needs a second click', async () => {
  const done: string[] = [];
  const props = { label: 'Undo', confirmLabel: 'Remove 12 events', disabled: false, onConfirm: () => done.push('x') };
  const page = await showPage(h(ConfirmedButton, props));
  const shown = () => page.elements('button').map(({ text }) => text);
  expect(shown()).toEqual(['Undo']);
  await page.click('Undo');
  expect([shown(), done]).toEqual([['Remove 12 events', 'Cancel'], []]);
  await page.click('Cancel');
  expect([shown(), done]).toEqual([['Undo'], []]);
  await page.click('Undo');
  await page.click('Remove 12 events');
  expect([shown(), done]).toEqual([['Undo'], ['x']]);
});

test('the question of an icon keeps the icon in its place', async () => {
  const done: string[] = [];
  const props = { label: 'Delete', confirmLabel: 'Delete rule', disabled: false, onConfirm: () => done.push('x') };
  const page = await showPage(h(ConfirmedButton, { ...props, icon: Trash2 }));
  const shown = () => page.elements('button').map(({ text, attributes }) => text || attributes['aria-label']);
  expect(shown()).toEqual(['Delete']);
  await page.click('Delete');
  expect([shown(), done]).toEqual([['Delete', 'Delete rule', 'Cancel'], []]);
  await page.click('Cancel');
  expect([shown(), done]).toEqual([['Delete'], []]);
  await page.click('Delete');
  await page.click('Delete rule');
  expect([shown(), done]).toEqual([['Delete'], ['x']]);
});

test('a button that is disabled', async () => {
  const props = { label: 'Undo', confirmLabel: 'x', disabled: true, onConfirm: () => undefined };
  const page = await showPage(h(ConfirmedButton, props));
  await expect(page.click('Undo')).rejects.toThrow('disabled');
});

describe('events of network interfaces', () => {
  const NONE = { byName: [], failures: [], inLogs: [] };
  test('without any, the page says where they come from', async () => {
    const page = await showPage(h(EniEvents, { events: NONE }));
    expect(page.section('Network interfaces')).toBe(
      "Network interfaces No events. Import CloudTrail's EC2 events, or send them through the same subscription.",
    );
  });

  test.each([
    [
      'byName',
      { byName: [{ name: 'CreateNetworkInterface', n: 1200, failed: 3 }] },
      ['CreateNetworkInterface', '1,200', '3'],
    ],
    ['failures', { failures: [{ errorCode: 'Client.x', n: 4 }] }, ['Client.x', '4', '4']],
    [
      'inLogs',
      { inLogs: [{ errorType: 'ENILimitReachedException', n: 5 }] },
      ['ENILimitReachedException from logs', '5', '5'],
    ],
  ])('%s', async (_, more, cells) => {
    const page = await showPage(h(EniEvents, { events: { ...NONE, ...more } }));
    expect(page.table('Network interface events')).toEqual([['Event', 'n', 'Failed'], cells]);
    expect(page.elements('th').map(({ attributes }) => attributes['class'])).toEqual(['', 'number', 'number']);
  });
});

describe('invocations', () => {
  const row = {
    requestId: 'a/b',
    attempt: 1,
    endedAt: '2026-11-27T10:00:00.123Z',
    status: 'success',
    durationMs: 120,
    billedDurationMs: 121,
    initDurationMs: null,
    restoreDurationMs: null,
    hiddenInitDurationMs: null,
    maxMemoryUsedMb: 60,
    memorySizeMb: 128,
    coldStart: null,
    errorType: null,
    tenantId: null,
  } as const;
  const show = async (more: object) => {
    if (EXAMPLE === undefined) throw new Error('the contract has no example');
    return showPage(h(InvocationTable, { rows: [{ ...EXAMPLE, ...row, ...more }] }));
  };

  test('each column', async () => {
    const page = await show({});
    expect(page.table('Invocations')).toEqual([
      ['Ended', 'Request ID', 'Status', 'Duration', 'Billed', 'Init', 'Memory used'],
      ['2026-11-27 10:00:00.123', 'a/b', 'success', '120 ms', '121 ms', '–', '60 MB of 128 MB'],
    ]);
    expect(page.link('a/b')).toBe('/invocations/a%2Fb');
  });

  test.each([
    ['an init', { initDurationMs: 5, restoreDurationMs: 6, hiddenInitDurationMs: 7 }, 5, '5 ms'],
    ['a restore', { restoreDurationMs: 6, hiddenInitDurationMs: 7 }, 5, '6 ms'],
    ['a hidden init', { hiddenInitDurationMs: 7 }, 5, '7 ms'],
    ['a tenant', { tenantId: 'blue' }, 1, 'a/b tenant blue'],
    ['a second attempt', { attempt: 2 }, 1, 'a/b attempt 2'],
    ['an error', { status: 'error', errorType: 'E' }, 2, 'error E'],
    [
      'a cause',
      { coldStart: { kind: 'on-demand', userFelt: true, cause: 'scale-out', evidence: 'All were busy' } },
      2,
      'success on-demand cold start scale-out',
    ],
    [
      'a cold start without evidence',
      { coldStart: { kind: 'on-demand', userFelt: true, cause: 'scale-out', evidence: null } },
      2,
      'success on-demand cold start',
    ],
  ])('%s', async (_, more, column, text) => {
    const page = await show(more);
    expect(page.table('Invocations')[1]?.[column]?.replaceAll(/\s+/g, ' ')).toBe(text);
  });
});

test('a map lists each call with what is known of its callee, and says when boxes are left out', async () => {
  const nodes = [
    { name: 'a', kind: 'function', n: 10, failed: 1, p50Ms: 3, p95Ms: null },
    { name: 'b', kind: null, n: 4, failed: 2, p50Ms: 5, p95Ms: 9 },
  ];
  const edges = [
    { from: 'a', to: 'b', n: 4 },
    { from: 'b', to: 'c', n: 1 },
  ];
  const props = { title: 'Map', nodes, edges, basis: 'from 3 traces', source: '/api/v1/map' };
  const page = await showPage(h(MapPanel, props));
  expect(page.section('Map')).toContain(
    '2 services, 2 kinds of call, from 3 traces. Arrows point from caller to callee; thicker arrows carry more calls. A red frame marks failures.',
  );
  expect(page.text).not.toContain('busiest');
  await page.click('Table');
  expect(page.table('Map')).toEqual([
    ['caller', 'callee', 'calls', 'kind', 'seen', 'failed', 'p50 ms', 'p95 ms'],
    ['a', 'b', '4', '–', '4', '2', '5', '9'],
    ['b', 'c', '1', '–', '–', '–', '–', '–'],
  ]);
});

test.each([
  ['deploy', '1 deploy', '2 deploys'],
  ['memory', '1 memory change', '2 memory changes'],
  ['runtime-patch', '1 runtime patch', '2 runtime patches'],
  ['configuration', '1 configuration change', '2 configuration changes'],
  ['alert', '1 alert', '2 alerts'],
  ['ingest-gap', '1 ingest gap', '2 ingest gaps'],
] as const)('markers of %s are counted', async (kind, one, two) => {
  const marker = { x: Date.UTC(2026, 10, 27, 10), until: null, kind, label: 'x', function: null, url: null };
  for (const [n, text] of [
    [1, one],
    [2, two],
  ] as const) {
    const page = await showPage(h(MarkerList, { markers: Array.from({ length: n }, () => marker) }));
    expect(page.elements('summary')[0]?.text).toMatch(new RegExp(`^\\S+ ${text}$`));
    expect(page.text).not.toContain('Only the newest');
    restore();
  }
});

test('without markers their line stays empty', async () => {
  const page = await showPage(h(MarkerList, { markers: [] }));
  expect(page.elements('div')).toMatchObject([{ text: '', attributes: { class: 'markers' } }]);
});

test.each([
  ['coverage', 'Share of attempts for which both the START and the REPORT line were received.'],
  [
    'crash loop',
    'Three or more inits in a row inside invocations: the function fails and re-initialises without getting warm.',
  ],
  ['proactive', 'An environment that Lambda initialised before a request needed it. No caller waited.'],
  [
    'suppressed',
    'An init inside an invocation, after a failure or a timeout of the environment. Its time is part of Duration.',
  ],
  ['user-felt', 'A cold start that a caller waited for. Proactive and provisioned inits are not user-felt.'],
] as const)('the term %s has its definition', async (name, title) => {
  const page = await showPage(h(Term, { name, children: name }));
  expect(page.elements('abbr')).toMatchObject([{ text: name, attributes: { title } }]);
});

test('bars are scaled to the largest value, and at least one high', async () => {
  const page = await showPage(h(Sparkline, { values: [0, 12, 24, 0.1], label: 'Bars' }));
  // Four bars in 96 px; 24 px high.
  expect(page.elements('rect').map(({ attributes: { x, y, width, height } }) => [x, y, width, height])).toEqual([
    ['0', '24', '23', '0'],
    ['24', '12', '23', '12'],
    ['48', '0', '23', '24'],
    ['72', '23', '23', '1'],
  ]);
  expect(page.elements('svg')[0]?.attributes).toMatchObject({
    role: 'img',
    'aria-label': 'Bars',
    viewBox: '0 0 96 24',
  });
  restore();
  const small = await showPage(h(Sparkline, { values: [0.5], label: 'Bars' }));
  expect(small.elements('rect')[0]?.attributes).toMatchObject({ y: '12', height: '12', width: '95' });
});

test('notes are shown only where there is something to say', async () => {
  const texts = [];
  for (const page of [
    h(PriceAssumptions, { of: { priceAssumptions: [] } }),
    h(PriceAssumptions, { of: { priceAssumptions: ['Architecture unknown', 'Region unknown'] } }),
    h(WithoutStream, { found: null }),
  ]) {
    texts.push((await showPage(page)).text.replaceAll(/\s+/g, ' '));
    restore();
  }
  expect(texts).toEqual(['', 'What these prices assume Architecture unknown. Region unknown.', '']);
});

test('an error rate that is not known has its reason and a remedy', async () => {
  const rate = {
    value: null,
    low: 0.1,
    high: 1,
    n: 10,
    failures: 1,
    unknown: { invocations: 10, reason: 'No lines', remedy: 'Send them' },
  };
  const page = await showPage(h(UnknownErrors, { rate }));
  expect(page.text.replaceAll(/\s+/g, ' ')).toBe('No lines How to receive these lines Send them');
  restore();
  expect((await showPage(h(UnknownErrors, { rate: { ...rate, unknown: null } }))).text).toBe('');
});

test('a section has its heading, and what stands beside it', async () => {
  const page = await showPage(h(Section, { title: 'Costs', aside: 'beside', children: 'content' }));
  expect(page.section('Costs').replaceAll(/\s+/g, ' ')).toBe('Costs beside content');
  const classes = () => page.elements('div').map(({ attributes }) => attributes['class']);
  expect(classes()).toEqual(['head', 'grow']);
  restore();
  const plain = await showPage(h(Section, { title: 'Costs', children: 'content' }));
  expect(plain.elements('div').map(({ attributes }) => attributes['class'])).toEqual(['head']);
});

test('a long text is cut on a phone until all of it is asked for; a short one is not', async () => {
  const page = await showPage(h(Clamped, { length: 321, children: 'long' }));
  expect(page.elements('span')[0]).toMatchObject({ text: 'long', attributes: { class: 'clamped' } });
  await page.click('Show all');
  expect(page.elements('span')[0]?.attributes['class']).toBe('');
  expect(page.elements('button')).toHaveLength(0);
  restore();
  const short = await showPage(h(Clamped, { length: 320, children: 'short' }));
  expect([short.text, short.elements('button')]).toEqual(['short', []]);
  restore();
  // The button of one that is cut in wide windows too is not for phones alone.
  const veryLong = await showPage(h(Clamped, { length: 2401, children: 'very long' }));
  expect(veryLong.elements('span')[0]?.attributes['class']).toBe('clamped long');
  expect(veryLong.elements('button')[0]?.attributes['class']).toBe('plain small');
});
