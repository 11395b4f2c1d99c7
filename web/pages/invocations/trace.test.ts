/** The page of a trace, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { TracePage } from './trace.tsx';

afterEach(restore);

const ID = '1-643aca1d-02e095f7341508e00b9b6d2b';
const [example] = examples.getTrace.answer.segments;
if (example === undefined) throw new Error('no example');
const sub = { parentId: null, namespace: null };
const answer: NonNullable<Answers['getTrace']> = {
  ...examples.getTrace.answer,
  startedAt: '2026-11-27T22:13:20.042Z',
  durationMs: 12_345,
  lambda: [
    {
      serviceSegmentId: 'service',
      functionSegmentId: 'function',
      name: 'checkout',
      queuedMs: 84.11,
      preInitMs: -1234.5,
      initMs: 381.65,
      invocationMs: 12_345,
      overheadMs: null,
    },
  ],
  map: {
    nodes: [
      { name: 'checkout', kind: 'AWS::Lambda', n: 3, failed: 1, p50Ms: 10, p95Ms: null },
      { name: 'orders', kind: 'AWS::DynamoDB::Table', n: 12_345, failed: 0, p50Ms: 7, p95Ms: 8 },
    ],
    edges: [{ from: 'checkout', to: 'orders', n: 12_345 }],
  },
  // Eight seconds in all: from -0.5 s to 7.5 s, so that a second is 12.5 % of the width.
  segments: [
    { ...example, id: 'service', requestId: 'request-1', offsetMs: 0, durationMs: 7500, outcome: 'fault' },
    {
      ...example,
      id: 'function',
      parentId: 'service',
      name: 'checkout code',
      offsetMs: -500,
      durationMs: 1000,
      outcome: 'ok',
      subsegments: [{ ...sub, id: 'call', name: 'DynamoDB', offsetMs: 250, durationMs: 1 }],
    },
    { ...example, id: 'table', parentId: 'call', name: 'orders', offsetMs: 250, durationMs: null, outcome: null },
    { ...example, id: 'lost', parentId: 'not-stored', name: 'queue', offsetMs: 5500, durationMs: 2000 },
  ],
};
const show = (changed: Partial<typeof answer> = {}, failures: Failures = {}) =>
  showPage(h(TracePage, { traceId: ID }), {
    search: '?from=now-7d&to=now-1d',
    answers: { getTrace: { ...answer, ...changed } },
    failures,
  });

test('the waterfall has each segment below its parent, with its place and duration', async () => {
  const { section, table, link, elements, requested } = await show({ map: { nodes: [], edges: [] } });
  expect(requested).toContain(`/api/v1/traces/${ID}`);
  expect(section('4 segments, 12.3 s')).toContain('Started 2026-11-27 22:13:20.042.');
  expect(table('Waterfall')).toEqual([
    ['Segment', '-500 ms to 7.50 s', 'Duration'],
    ['checkout Lambda service fault', '', '7.50 s'],
    ['checkout code Lambda service', '', '1.00 s'],
    ['DynamoDB', '', '1 ms'],
    ['orders Lambda service', '', 'in progress'],
    ['queue Lambda service', '', '2.00 s'],
  ]);
  const bars = elements('rect').map(({ attributes: { x, width, class: tone } }) => [x, width, tone]);
  expect(bars).toEqual([
    ['6.25', '93.75', 'bad'],
    ['0', '12.5', ''],
    ['9.375', '0.4', ''],
    ['9.375', '0.4', ''],
    ['75', '25', ''],
  ]);
  expect(elements('svg').map(({ attributes }) => attributes['aria-label'])).toEqual([
    'from 0 ms',
    'from -500 ms',
    'from 250 ms',
    'from 250 ms',
    'from 5.50 s',
  ]);
  const indents = elements('span').flatMap(({ style }) => style['paddingLeft'] ?? []);
  expect(indents).toEqual(['0rem', '1rem', '2rem', '2rem', '0rem']);
  // The function's segment belongs to the invocation of its service's segment.
  expect(link('checkout code')).toBe('/invocations/request-1?from=now-7d&to=now-1d');
  expect(() => link('queue')).toThrow('no link queue');
});

const nested = (id: string, parentId: string | null, subs: readonly string[] = []) => ({
  ...example,
  id,
  parentId,
  name: `segment ${id}`,
  subsegments: subs.map((of) => ({ ...sub, id: of, name: `sub ${of}`, offsetMs: 0, durationMs: 1 })),
});
const namesOf = async (segments: typeof answer.segments): Promise<readonly unknown[]> => {
  const { table } = await show({ segments, map: { nodes: [], edges: [] } });
  return table('Waterfall')
    .slice(1)
    .map(([name]) => name);
};

test.each([
  ['parents in a circle', [nested('a', 'b'), nested('b', 'a'), nested('c', 'b')], ['a', 'b', 'c']],
  ['its own parent, beside another', [nested('a', 'a'), nested('b', null)], ['b', 'a']],
])('each segment is shown once: %s', async (_, segments, ids) => {
  expect(await namesOf(segments)).toEqual(ids.map((id) => `segment ${id} Lambda service`));
});

test('a callee of ids that occur many times is shown once', async () => {
  const names = await namesOf([nested('a', null, ['x', 'x', 'x']), nested('x', 'x', ['y', 'y']), nested('y', 'y')]);
  expect(names.filter((name) => String(name).startsWith('segment'))).toEqual(
    ['a', 'x', 'y'].map((id) => `segment ${id} Lambda service`),
  );
});

test('a long chain is shown to its end', async () => {
  const chain = Array.from({ length: 30 }, (_, n) => nested(`s${n}`, n === 0 ? null : `s${n - 1}`));
  expect(await namesOf(chain)).toEqual(chain.map(({ name }) => `${name} Lambda service`));
});

test('phases of each attempt; a dash where the trace has none', async () => {
  const { table, section } = await show();
  expect(table('Phases')).toEqual([
    ['Function', 'Queued', 'Before init', 'Init', 'Invocation', 'Overhead'],
    ['checkout', '84.1 ms', '-1.23 s', '382 ms', '12.3 s', '–'],
  ]);
  expect(section('Lambda phases')).toContain('A dash means that the trace does not contain the value.');
});

test('calls between services, with a table', async () => {
  const page = await show();
  expect(page.section('Service calls')).toContain('2 services, 1 kind of call, in this trace.');
  await page.click('Table');
  expect(page.table('Service calls')).toEqual([
    ['caller', 'callee', 'calls', 'kind', 'seen', 'failed', 'p50 ms', 'p95 ms'],
    ['checkout', 'orders', '12345', 'AWS::DynamoDB::Table', '12345', '0', '7', '8'],
  ]);
});

test('what is not there is not shown: phases, calls, a limit', async () => {
  const { text } = await show({ lambda: [], map: { nodes: [], edges: [] }, durationMs: null });
  expect(text).toContain('4 segments, –');
  for (const absent of ['Lambda phases', 'Service calls', 'LimitExceeded']) expect(text).not.toContain(absent);
});

test('a trace that X-Ray cut short says so', async () => {
  const { text } = await show({ limitExceeded: true });
  expect(text).toContain(
    'Incomplete: the trace exceeds X-Ray’s size limit (LimitExceeded), and X-Ray does not return all of its segments.',
  );
  restore();
  const unknown = await show({ limitExceeded: null });
  expect(unknown.text).not.toContain('Incomplete');
});

test('a document that was not read completely is named, of many the first five', async () => {
  const notRead = 'Not read: 2 subsegments beyond the first 1,000. The rest of the document was.';
  const [first, ...others] = answer.segments;
  const one = await show({ segments: [{ ...example, ...first, notRead }, ...others] });
  expect(one.text).toContain(`The document of checkout was not read completely. ${notRead}`);
  expect(one.text.match(/not read completely/g)).toHaveLength(1);
  restore();
  const many = Array.from({ length: 7 }, (_, n) => ({ ...example, id: `s${n}`, notRead }));
  const { text } = await show({ segments: many });
  expect(text.match(/not read completely/g)).toHaveLength(5);
  expect(text).toContain('Nor were those of 2 further segments.');
});

test('a trace that is not stored', async () => {
  const { text } = await show({}, { getTrace: { code: 'not-found', detail: 'No such trace' } });
  expect(text).toContain('Failed to load this trace. No such trace. Retry');
});

test('segments of one name are told apart, and an init that ran before its segment stands before it', async () => {
  const segments = [
    { ...example, id: 'service', name: 'search', origin: 'AWS::Lambda', offsetMs: 0, durationMs: 2000 },
    {
      ...example,
      id: 'function',
      parentId: 'service',
      name: 'search',
      origin: 'AWS::Lambda::Function',
      offsetMs: 1500,
      durationMs: 375,
      subsegments: [
        { ...sub, id: 'init', name: 'Initialization', offsetMs: 50, durationMs: 1410 },
        { ...sub, id: 'call', name: 'DynamoDB', namespace: 'aws', offsetMs: 1550, durationMs: 300 },
      ],
    },
  ];
  expect(await namesOf(segments)).toEqual(['search Lambda service', 'Initialization', 'search function', 'DynamoDB']);
});
