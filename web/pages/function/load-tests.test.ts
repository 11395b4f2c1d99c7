/** The Load tests tab, from fixed answers. */
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { showTabOf } from '../../../test/support/show-function.ts';
import { restore } from '../../../test/support/show-page.ts';
import { FunctionPage } from './function.tsx';

afterEach(restore);

const showTab = showTabOf(FunctionPage);
const [RUN] = examples.listLoadTests.answer.items;
if (RUN === undefined) throw new Error('The contract has no example of a load test.');
const newest = { ...RUN, id: 'b'.repeat(32), requests: 1200, failures: 3, averageMs: 1500, slowestMs: null };

test('runs are listed, and the newest is compared with the one before', async () => {
  const tail = { value: 0.1, low: 0.05, high: 0.2, n: 500 };
  const comparison = {
    ...examples.compareLoadTests.answer,
    verdict: 'worse',
    before: { ...examples.compareLoadTests.answer.before, requests: 2000 },
    after: { ...examples.compareLoadTests.answer.after, requests: 1 },
    tails: [
      { thresholdMs: 250, before: tail, after: { ...tail, value: 0.3 }, change: 0.2, low: 0.12, high: 0.28, p: 0 },
    ],
  } as const;
  const { table, requested, section } = await showTab('load-tests', {
    answers: {
      listLoadTests: { items: [newest, RUN], nextCursor: null },
      compareLoadTests: { ...comparison, tails: [...comparison.tails] },
    },
  });
  expect(requested).toContain('/api/v1/load-tests?function=111122223333%3Aeu-west-1%3Acheckout');
  expect(requested).toContain(`/api/v1/load-tests/compare?before=${RUN.id}&after=${newest.id}`);
  // 365.1342 requests a second, 97 ms and 1.5 s in the mean.
  expect(table('Load tests').map((row) => row.slice(2))).toEqual([
    ['Requests', 'Failed', 'Requests a second', 'Mean', 'Slowest'],
    ['1,200', '3', '365', '1.50 s', '–'],
    ['500', '0', '365', '97 ms', '547 ms'],
  ]);
  expect(table('Slow requests')[0]).toEqual([
    'Slower than',
    'Before: 2,000 requests',
    'After: 1 request',
    'Change, 95 % interval',
  ]);
  expect(table('Slow requests')[1]).toEqual(['250 ms', '10 %', '30 %', '20 % (12 % – 28 %)']);
  expect(section('The newest run against the one before')).toContain('worse');
});

test('without runs it says how to import one', async () => {
  const { text } = await showTab('load-tests', { answers: { listLoadTests: { items: [], nextCursor: null } } });
  expect(text).toContain('No load tests of this function');
  expect(text).toContain('npx thermocline import RESULT --function NAME');
});
