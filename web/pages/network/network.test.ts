/** The Network page, worked out by hand from a fixed answer. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Network } from './network.tsx';

afterEach(restore);

const example = examples.getFleetNetwork.answer;
const answer = {
  ...example,
  vpc: {
    functions: 2,
    invocations: 1_234_567,
    coldStartRate: { value: 0.0714, low: 0.059, high: 0.085, n: 12_345 },
    initMs: { p50: 84.11, p95: 12_345, p99: 13_000, n: 12_345 },
  },
  subnets: example.subnets.map((one) => ({ ...one, interfacesCreated: 12_345 })),
};
const show = () => showPage(h(Network, {}), { search: '?from=now-7d&to=now-1d', answers: { getFleetNetwork: answer } });

test('functions in a VPC and others, with intervals and n', async () => {
  const { table, requested } = await show();
  expect(requested).toContain('/api/v1/network?from=now-7d&to=now-1d');
  const assumed = 'assumes independent invocations';
  expect(table('VPC comparison').slice(-4)).toEqual([
    ['', 'Functions', 'Invocations', 'Cold starts', 'Init p50 / p95'],
    ['In a VPC', '2', '1.23 M', `7.1 % 5.9–8.5 %, n=12.3 k, ${assumed}`, '84.1 ms / 12.3 s n=12.3 k'],
    ['Not in a VPC', '7', '40.5 k', `1.8 % 1.6–1.9 %, n=40.5 k, ${assumed}`, '672 ms / 1.00 s n=674'],
    ['Unknown', '0', '0', '– no data', '– / – n=0'],
  ]);
});

test('the chart of interfaces has a bar of each outcome', async () => {
  const { charts } = await show();
  const chart = [...charts.values()].find(({ yTitle }) => yTitle === 'events');
  expect(chart?.series.map(({ label, colour }) => [label, colour])).toEqual([
    ['created', 'chart-1'],
    ['deleted', 'grey'],
    ['failed', 'chart-bad'],
  ]);
  expect([chart?.kind, chart?.formatY(12_345)]).toEqual(['bar', '12.3 k']);
});

test('events and subnets, with links that keep the range', async () => {
  const { table, section, link } = await show();
  expect(section('Network-interface events')).toContain('from CloudTrail; 1 request failed.');
  expect(table('Subnets').slice(-2)).toEqual([
    ['Subnet', 'Functions', 'Interfaces created', 'Failed', 'Last event'],
    ['subnet-0aaa1111', 'checkout', '12.3 k', '1', '2026-11-28 04:08:24'],
  ]);
  expect(link('checkout')).toBe('/functions/000000000000%3Aeu-west-1%3Acheckout?from=now-7d&to=now-1d&tab=network');
});
