/** What holds on every page, with the examples of the contract: columns of figures, charts and their tables, badges. */
import type { ComponentChild } from 'preact';
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { FUNCTION_ID, showTabOf } from '../../test/support/show-function.ts';
import type { Failures, ShownPage } from '../../test/support/show-page.ts';
import { restore, showPage } from '../../test/support/show-page.ts';
import { operations } from '../api/operations.generated.ts';
import { Alerts } from './alerts/alerts.tsx';
import { Changes } from './changes/changes.tsx';
import { Compare } from './compare/compare.tsx';
import { FunctionPage } from './function/function.tsx';
import { Functions } from './functions/functions.tsx';
import { Ingest } from './ingest/ingest.tsx';
import { InvocationPage } from './invocations/invocation.tsx';
import { TracePage } from './invocations/trace.tsx';
import { ServiceMapPage } from './network/map.tsx';
import { Network } from './network/network.tsx';
import { Overview } from './overview/overview.tsx';
import { Report } from './report/report.tsx';
import { RightSizing } from './right-sizing/right-sizing.tsx';
import { Settings } from './settings/settings.tsx';
import { Sql } from './sql/sql.tsx';

afterEach(restore);

const RANGE = '?from=now-7d&to=now-1d';
const showTab = showTabOf(FunctionPage);
const page =
  (view: ComponentChild, search = RANGE) =>
  (): Promise<ShownPage> =>
    showPage(view, { search });

const PAGES: readonly (readonly [name: string, show: () => Promise<ShownPage>])[] = [
  ['overview', page(h(Overview, {}))],
  ['functions', page(h(Functions, {}))],
  ['changes', page(h(Changes, {}))],
  ['right-sizing', page(h(RightSizing, {}))],
  ['network', page(h(Network, {}))],
  ['map', page(h(ServiceMapPage, {}))],
  ['report', page(h(Report, {}), '?period=2026-11')],
  ['compare', page(h(Compare, {}), `${RANGE}&function=${FUNCTION_ID}`)],
  ['ingest', page(h(Ingest, {}))],
  ['settings', page(h(Settings, {}))],
  ['sql', page(h(Sql, {}))],
  ['invocation', page(h(InvocationPage, { requestId: 'a' }))],
  ['trace', page(h(TracePage, { traceId: 'a' }))],
  ...['firing', 'rules', 'silences', 'receivers', 'deliveries'].map(
    (tab) => [`alerts, ${tab}`, page(h(Alerts, {}), `${RANGE}&tab=${tab}`)] as const,
  ),
  ...[
    'overview',
    'cold-starts',
    'environments',
    'keep-alive',
    'provisioned',
    'load-tests',
    'memory',
    'network',
    'failures',
    'changes',
    'invocations',
  ].map((tab) => [`function, ${tab}`, () => showTab(tab)] as const),
  ...['tenants', 'executions', 'responses'].map((tab) => [`function, ${tab}`, () => showTab(tab)] as const),
];

/** Of the API, none of which is answered. */
const NOTHING: Failures = Object.fromEntries(Object.keys(operations).map((id) => [id, 'pending' as const]));

test.each<readonly [string, ComponentChild, string]>([
  ['overview', h(Overview, {}), ''],
  ['functions', h(Functions, {}), ''],
  ['function', h(FunctionPage, { id: FUNCTION_ID }), ''],
  ['changes', h(Changes, {}), ''],
  ['network', h(Network, {}), ''],
  ['map', h(ServiceMapPage, {}), ''],
  ['report', h(Report, {}), ''],
  ['ingest', h(Ingest, {}), ''],
  ['settings', h(Settings, {}), ''],
  ['invocation', h(InvocationPage, { requestId: 'a' }), ''],
  ['trace', h(TracePage, { traceId: 'a' }), ''],
  ...['firing', 'rules', 'silences', 'receivers', 'routes', 'deliveries'].map(
    (tab) => [`alerts, ${tab}`, h(Alerts, {}), `?tab=${tab}`] as const,
  ),
])('%s shows its shapes while its first answer is awaited', async (_, view, search) => {
  const { elements, text } = await showPage(view, { search, failures: NOTHING });
  expect(elements('div').some(({ attributes }) => attributes['aria-label'] === 'Loading')).toBe(true);
  expect(text).not.toContain('No data');
});

/** Columns of words, names, times and buttons. All others hold figures, which stand at the right so that their digits align. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  functions: ['Function', 'Over time'],
  'right-sizing': ['Function', 'Finding'],
  // Functions of a subnet are listed by name.
  network: ['', 'Event', 'Subnet', 'Functions', 'Last event'],
  compare: ['Metric', '95 % interval', 'Verdict'],
  ingest: [
    ...['Function', 'Over time', 'Source', 'Last request', 'Last data', 'Key', 'Limit', 'Last'],
    ...['Received', 'Reason', 'Preview', '', 'Started', 'File', 'Functions', 'State', ''],
  ],
  settings: [
    ...[
      'Data',
      'Days',
      'Kept since',
      'Rule',
      'Finds',
      'Created',
      'Trigger',
      'Folder',
      'Function',
      'Architecture',
      'VPC',
      'Source',
    ],
    ...[
      'Since',
      'Region',
      'Currency',
      ...['Name', 'Role', 'Functions', 'Last seen', ''],
      'Name',
      'Scope',
      'Created',
      'Last used',
      '',
      'Time',
      'User',
      'Client',
      'Request',
    ],
  ],
  sql: ['Column', 'Type', 'Meaning'],
  trace: ['Segment', '0 ms to 1.00 s', 'Function'],
  report: ['team', 'Trend: June 2026 – November 2026'],
  'alerts, firing': ['Request', 'Time', 'Status', 'Cause', 'Time', 'State', 'Summary'],
  'alerts, rules': ['Rule', 'State', 'Functions', 'Notifies', ''],
  'alerts, silences': ['Matchers', 'State', 'Ends', 'Comment', ''],
  'function, cold-starts': ['Kind', 'Ended', 'Request ID', 'Status'],
  'function, provisioned': ['Provisioned'],
  'function, load-tests': ['Run', 'Imported'],
  'function, memory': ['Memory', 'Basis', 'Why not', 'Memory'],
  'function, failures': ['Failure', 'Last seen', 'State', 'Ended', 'Request ID', 'Status'],
  'function, changes': [
    // Of the change: its values, its differences.
    ...['Field', 'Before', 'After', 'Metric', '95 % interval', 'Verdict'],
    'Time',
    'Update',
    'Reported by',
    'Code SHA-256',
    'Version',
    'Runtime',
    'First seen',
    'Last seen',
  ],
  'function, invocations': ['Ended', 'Request ID', 'Status'],
  'function, tenants': ['Tenant', 'Last seen'],
  // The number of invocations, with what is known of it in words.
  'function, executions': ['Execution', 'Started', 'Last line', 'Invocations'],
  'function, responses': ['Figure'],
};

/** Series of values that the table of their chart does not list. */
const DERIVED = [
  // Grouped, as a share.
  'Duration histogram: before',
  'Duration histogram: after',
  // Cold starts less those that a caller waited for, invocations less errors.
  'Cold starts: no caller waited',
  'Invocations and errors: succeeded',
  // Where half of the environments live.
  'Idle environments still alive: median',
  // Of the table of observed sizes.
  'Duration by memory size: observed',
  'Cost by memory size: observed',
];

const numbersOf = (cells: readonly string[]): readonly number[] =>
  cells.map(Number).filter((value) => !Number.isNaN(value));

test.each(PAGES)(
  '%s: columns of figures stand at the right, and charts draw what their tables list',
  async (name, show) => {
    const shown = await show();
    const titles = shown
      .elements('th')
      .map(({ text, attributes }) => [text.replace(/ [↑↓]$/, ''), attributes['class'] ?? ''] as const);
    // The tags of a function are below its overview.
    const words = [...(WORDS[name] ?? []), ...(name === 'function, overview' ? ['Key', 'Value', 'Source'] : [])];
    expect(titles.flatMap(([title, side]) => (side === 'number' ? [] : [title]))).toEqual(words);
    expect(titles.filter(([, side]) => side !== '' && side !== 'number')).toEqual([]);

    // Badges have one of four tones, or none; no class is made of what is not there.
    const classes = shown.elements('span').flatMap(({ attributes }) => attributes['class'] ?? []);
    const tones = classes.filter((one) => one.startsWith('badge')).map((one) => one.slice('badge'.length).trim());
    expect(tones.filter((tone) => !['', 'good', 'warning', 'warm', 'bad'].includes(tone))).toEqual([]);
    expect(classes.filter((one) => one.trim() === '' || /undefined|null/.test(one))).toEqual([]);

    // All panels show their tables: a chart that is not on the page any more is still known.
    for (let panel = 0; panel < 20 && shown.elements('button').some(({ text }) => text === 'Table'); panel += 1)
      await shown.click('Table');
    for (const [label, { series, formatX, formatY, yTitle, xTitle, axis }] of shown.charts) {
      expect([label, yTitle, xTitle, ...series.map((one) => one.label)]).not.toContain('');
      expect([label, series.length > 0]).toEqual([label, true]);
      expect([label, formatX(Date.UTC(2026, 10, 27)), formatY(2)]).toEqual([
        label,
        expect.stringMatching(/\d/),
        expect.stringMatching(/2/),
      ]);
      if (axis !== 'time') expect([label, xTitle]).toEqual([label, expect.stringMatching(/\w/)]);
      const listed = numbersOf(shown.table(label).slice(1).flat());
      const isListed = (value: number | null): boolean =>
        value === null || listed.some((one) => Math.abs(one - value) <= 1e-9 * Math.max(1, Math.abs(value)));
      for (const { label: of, points, band = [] } of series) {
        const values = [...points.map(({ y }) => y), ...band.flatMap(({ low, high }) => [low, high])];
        const others = DERIVED.includes(`${label}: ${of}`) ? [] : values.filter((value) => !isListed(value));
        const places = [...points, ...band].filter(({ x }) => !Number.isFinite(x));
        expect({ label, of, others, places }).toEqual({ label, of, others: [], places: [] });
        if (band.length > 0) expect([label, of, band.map(({ x }) => x)]).toEqual([label, of, points.map(({ x }) => x)]);
      }
    }
  },
);
