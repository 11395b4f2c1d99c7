/** The service map, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
// Loaded before the map asks for it, which takes real time.
import '../../charts/map-layout.ts';
import { ServiceMapPage } from './map.tsx';

afterEach(restore);

const answer: NonNullable<Answers['getServiceMap']> = {
  ...examples.getServiceMap.answer,
  nodes: [
    { name: 'checkout', kind: 'AWS::Lambda::Function', n: 12_345, failed: 881, p50Ms: 84.11, p95Ms: 1234 },
    { name: 'orders', kind: 'AWS::DynamoDB::Table', n: 120, failed: 0, p50Ms: 5.5, p95Ms: null },
    { name: 'api.example.com', kind: 'remote', n: 7, failed: null, p50Ms: null, p95Ms: null },
    { name: 'caller', kind: null, n: 12_345, failed: 0, p50Ms: null, p95Ms: null },
    { name: 'S3', kind: 'aws', n: 1, failed: null, p50Ms: 12, p95Ms: null },
  ],
  edges: [
    { from: 'caller', to: 'checkout', n: 12_345 },
    { from: 'checkout', to: 'orders', n: 120 },
    { from: 'checkout', to: 'gone', n: 1 },
  ],
  traces: 12_345,
  reason: null,
};
const RANGE = 'from=now-7d&to=now-1d';
const show = (
  changed: Partial<typeof answer> = {},
  chosen = '',
  more: { answers?: Answers; failures?: Failures } = {},
) =>
  showPage(h(ServiceMapPage, {}), {
    path: '/map',
    search: `?${RANGE}${chosen}`,
    answers: { getServiceMap: { ...answer, ...changed }, ...more.answers },
    failures: more.failures ?? {},
  });

test('says which traces it is drawn from, and has its figures in a table', async () => {
  const page = await show();
  expect(page.requested).toContain(`/api/v1/service-map?${RANGE}`);
  expect(page.section('Service calls')).toContain(
    '5 services, 3 kinds of call, from the 12,345 traces in this time range.',
  );
  await page.click('Table');
  expect(page.table('Service calls')).toEqual([
    ['caller', 'callee', 'calls', 'kind', 'seen', 'failed', 'p50 ms', 'p95 ms'],
    ['caller', 'checkout', '12345', 'AWS::Lambda::Function', '12345', '881', '84.11', '1234'],
    ['checkout', 'orders', '120', 'AWS::DynamoDB::Table', '120', '0', '5.5', '–'],
    ['checkout', 'gone', '1', '–', '–', '–', '–', '–'],
  ]);
});

test('each service has its kind, count and failures; functions link to their page', async () => {
  const { elements } = await show();
  const boxes = elements('g').filter(({ attributes }) => attributes['transform'] !== undefined);
  expect(boxes.map(({ text }) => text)).toEqual(
    [
      'checkout: Lambda, seen 12.3 k times, 881 failed, p50 84.1 ms · p95 1.23 s checkout Lambda · 12.3 k, 881 failed p50 84.1 ms · p95 1.23 s',
      'orders: DynamoDB, seen 120 times, p50 5.5 ms orders DynamoDB · 120 p50 5.5 ms',
      'api.example.com: HTTP call, seen 7 times api.example.com HTTP call · 7',
      'caller: client, seen 12.3 k times caller client · 12.3 k',
      'S3: AWS call, seen 1 times, 12 ms S3 AWS call · 1 12 ms',
    ].toSorted((a, b) => order(a) - order(b)),
  );
  expect(elements('a').map(({ attributes }) => attributes['href'])).toEqual([
    `/functions/checkout?${RANGE}&tab=invocations&traced=true&sort=-durationMs`,
  ]);
  // An arrow to a service that is not on the map is not drawn; the busiest is four units thick.
  const arrows = elements('path').filter(({ attributes }) => attributes['class'] === 'edge');
  expect(arrows.map(({ text, attributes }) => [text, Number(attributes['stroke-width']).toFixed(2)])).toEqual([
    ['caller calls checkout: 12.3 k', '4.00'],
    ['checkout calls orders: 120', '1.03'],
  ]);
});

/** Boxes are drawn from the busiest service to the least. */
function order(text: string): number {
  return ['checkout', 'caller', 'orders', 'api.example.com', 'S3'].indexOf(text.split(':')[0] ?? '');
}

test('long names are cut, and more than sixty services are not drawn', async () => {
  const nodes = Array.from({ length: 61 }, (_, index) => ({
    name: `${index}-service-with-a-rather-long-name`,
    kind: 'AWS::SQS::Queue',
    n: 100 - index,
    ...{ failed: 0, p50Ms: 1, p95Ms: null },
  }));
  const { section, elements } = await show({ nodes, edges: [], traces: 1, truncated: true });
  expect(section('Service calls')).toContain(
    '61 services, 0 kinds of call, from the newest 1 trace in this time range.',
  );
  expect(section('Service calls')).toContain('Only the 60 busiest are drawn; the table lists all.');
  const names = elements('text').filter(({ attributes }) => attributes['class'] === 'name');
  expect(names).toHaveLength(60);
  // 23 characters and an ellipsis.
  expect(names[0]?.text).toBe('0-service-with-a-rather…');
});

test('one function alone, with a way back to all', async () => {
  const page = await show({}, '&function=111122223333%3Aeu-west-1%3Acheckout');
  expect(page.requested).toContain(`/api/v1/service-map?${RANGE}&function=111122223333%3Aeu-west-1%3Acheckout`);
  await page.click('checkout only');
  expect(page.address).toBe(`/map?${RANGE}`);
});

test('no traces: why, and what to do', async () => {
  const { text } = await show({ nodes: [], edges: [], traces: 0, reason: 'No trace is stored in this time range.' });
  expect(text).toContain('No traces in this time range No trace is stored in this time range.');
  expect(text).toContain('Turn on active tracing for a function');
});

test('no data at all: how to get some', async () => {
  const status = { ...examples.getIngestStatus.answer, firstEventAt: null, lastEventAt: null, sources: [] };
  const { text, link } = await show({ traces: 0 }, '', { answers: { getIngestStatus: status } });
  expect(text).toContain(
    'No data yet Waiting for the first log line. This page updates automatically. Three ways to get data:',
  );
  expect(link('See the Connect page for more ways, with templates and keys')).toBe(`/connect?${RANGE}`);
});

test('a failure', async () => {
  const { text } = await show({}, '', { failures: { getServiceMap: { code: 'deadline' } } });
  expect(text).toContain('Failed to load the service map. The query timed out. Choose a shorter time range. Retry');
});
