/** The Compare page, worked out by hand from a fixed answer. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Compare } from './compare.tsx';

afterEach(restore);

test('a chosen function is compared over the range and the same time before it', async () => {
  const page = await showPage(h(Compare, {}), {
    search: '?from=2026-11-26T00:00:00.000Z&to=2026-11-28T00:00:00.000Z',
  });
  const asked = () => page.requested.filter((address) => address.startsWith('/api/v1/compare'));
  expect(asked()).toEqual([]);
  await page.fill('Function', 'a:b:c');
  expect(page.address).toContain('function=a%3Ab%3Ac');
  const [address = ''] = asked();
  expect([...new URL(address, 'http://x').searchParams]).toEqual([
    ['function', 'a:b:c'],
    ['before', '2026-11-24T00:00:00.000Z/2026-11-26T00:00:00.000Z'],
    ['after', '2026-11-26T00:00:00.000Z/2026-11-28T00:00:00.000Z'],
  ]);
});

const example = examples.comparePeriods.answer;
const difference = { p: 0.01, verdict: 'worse', reason: null } as const;
const answer: NonNullable<Answers['comparePeriods']> = {
  ...example,
  verdict: 'worse',
  before: { ...example.before, n: 12_345, coverage: 0.9714 },
  after: { ...example.after, n: 999, coverage: 1, histogram: [{ ms: 12_345, n: 999 }] },
  differences: [
    { ...difference, metric: 'p50', unit: 'ms', before: 84.11, after: 12_345, change: 0.0714, low: 0.059, high: 0.085 },
    {
      ...difference,
      metric: 'errorRate',
      unit: 'ratio',
      before: 0.0714,
      after: 0.000_714,
      change: -0.0707,
      low: -0.085,
      high: 0.01,
      verdict: 'no-evidence',
    },
    {
      ...difference,
      metric: 'costPer1k',
      unit: 'USD',
      before: 4321.5,
      after: 0.000_31,
      change: -0.423,
      low: null,
      high: null,
      verdict: 'improved',
    },
    {
      ...difference,
      metric: 'initP50',
      unit: 'ms',
      before: 652,
      after: 706,
      change: null,
      low: null,
      high: null,
      p: null,
      verdict: 'insufficient-data',
      reason: 'Too few: 26 inits before and 338 after; at least 30 are required on each side.',
    },
  ],
  warnings: ['The traffic differs.'],
};

test('metrics before and after, with the change and its interval', async () => {
  const { table, section, requested } = await showPage(h(Compare, {}), {
    search: '?from=2026-11-25T00:00:00.000Z&to=2026-11-27T00:00:00.000Z&function=1:r:checkout',
    answers: { comparePeriods: answer },
  });
  // The period before is equally long: two days.
  const period = (from: string, to: string) => encodeURIComponent(`${from}T00:00:00.000Z/${to}T00:00:00.000Z`);
  expect(requested).toContain(
    `/api/v1/compare?function=1%3Ar%3Acheckout&before=${period('2026-11-23', '2026-11-25')}&after=${period('2026-11-25', '2026-11-27')}`,
  );
  const shown = section('Not comparable');
  expect(shown).toContain('Before: 2026-11-14 07:55 to 2026-11-21 07:55, n=12.3 k, coverage 97 %');
  expect(shown).toContain('After: 2026-11-21 07:55 to 2026-11-28 07:55, n=999, coverage 100 %');
  expect(shown).toContain('The traffic differs.');
  expect(table('Differences')).toEqual([
    ['Metric', 'Earlier period', 'Selected period', 'Change', '95 % interval', 'Verdict'],
    ['Duration p50', '84.1 ms', '12.3 s', '+7.1 %', '+5.9 % to +8.5 %', 'worse'],
    ['Error rate', '7.1 %', '0.071 %', '−7.1 points', '−8.5 points to +1.0 points', 'no evidence of a change'],
    ['Cost per 1,000', '$4,322', '$0.00031', '−42 %', 'no interval', 'better'],
    [
      'Init p50',
      '652 ms',
      '706 ms',
      '–',
      'no interval',
      'insufficient data Too few: 26 inits before and 338 after; at least 30 are required on each side.',
    ],
  ]);
  expect(section('Duration histogram')).toContain('up to 12.3 s (99.5 % of invocations)');
});

test('asks for a function, and compares nothing without one', async () => {
  const { text, requested } = await showPage(h(Compare, {}), { search: '?from=now-7d&to=now-1d' });
  expect(text).toContain('Choose a function');
  expect(requested).toEqual(['/api/v1/functions?from=now-7d&to=now-1d']);
});

test('a list of functions that is cut says so', async () => {
  const list = examples.listFunctions.answer;
  const shown = async (omitted: number) =>
    (await showPage(h(Compare, {}), { search: '', answers: { listFunctions: { ...list, omitted } } })).text;
  expect(await shown(1)).toContain('Only the 1 functions with the most invocations can be chosen');
  restore();
  expect(await shown(0)).not.toContain('can be chosen');
});

const RANGE = '?from=2026-11-26T00:00:00.000Z&to=2026-11-28T00:00:00.000Z&function=1:r:checkout';
const marker = { until: null, deploy: null, function: { id: '1:r:checkout', name: 'checkout' } };
const markers: NonNullable<Answers['listMarkers']> = {
  ...examples.listMarkers.answer,
  items: [
    { ...marker, at: '2026-11-20T06:00:00Z', kind: 'deploy', label: 'version 43' },
    { ...marker, at: '2026-11-21T06:00:00Z', kind: 'alert', label: 'cold starts' },
    { ...marker, at: '2026-11-22T06:00:00Z', kind: 'memory', label: 'memory 512 → 1024 MB' },
  ],
};

test('a change of the function divides the periods; what is chosen is in the address', async () => {
  const page = await showPage(h(Compare, {}), {
    search: RANGE,
    answers: { comparePeriods: answer, listMarkers: markers },
  });
  expect(page.elements('option').map(({ text }) => text)).toEqual([
    ...['Choose a function', '1:r:checkout', ...examples.listFunctions.answer.items.map(({ name }) => name)],
    ...['the time right before it', 'the same time a day earlier', 'the same time a week earlier'],
    // Newest first; an alert is no change of the function.
    ...['2026-11-22 06:00, memory 512 → 1024 MB', '2026-11-20 06:00, version 43', 'choose both periods'],
  ]);
  await page.fill('Compare with', '2026-11-20T06:00:00.000Z');
  expect(page.address).toContain('with=2026-11-20T06%3A00%3A00.000Z');
  expect(page.requested.at(-1)).toContain(
    `before=${encodeURIComponent('2026-11-18T06:00:00.000Z/2026-11-20T06:00:00.000Z')}&after=${encodeURIComponent('2026-11-20T06:00:00.000Z/2026-11-22T06:00:00.000Z')}`,
  );
});

test('both periods by their own bounds, in the zone of the page', async () => {
  const page = await showPage(h(Compare, {}), {
    search: `${RANGE}&tz=Asia/Tokyo`,
    answers: { comparePeriods: answer },
  });
  await page.fill('Compare with', 'custom');
  await page.fill('Before from', '2026-11-01T09:00');
  await page.fill('Before to', '2026-11-02T09:00');
  await page.submit('Compare');
  const { searchParams } = new URL(page.address, 'http://x');
  expect([searchParams.get('before'), searchParams.get('after')]).toEqual([
    '2026-11-01T00:00:00.000Z/2026-11-02T00:00:00.000Z',
    '2026-11-26T00:00:00.000Z/2026-11-28T00:00:00.000Z',
  ]);
  await page.click('Reset periods');
  expect(page.address).not.toContain('before=');
});
