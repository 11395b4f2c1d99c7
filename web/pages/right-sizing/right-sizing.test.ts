/** The page of memory sizes, worked out by hand from a fixed answer. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { RightSizing } from './right-sizing.tsx';

afterEach(restore);

const example = examples.listRecommendations.answer;
const none = { memoryMb: null, monthlySavingUsd: null, latencyChange: null };
const row = (name: string) => ({ id: `111122223333:eu-west-1:${name}`, name });
const answer = {
  ...example,
  analyzed: [
    {
      ...{
        function: row('nightly'),
        currentMb: 8192,
        monthlyCostUsd: 300,
        finding: 'insufficient-data' as const,
        ...none,
      },
      reason: '44 warm, successful invocations at 8192 MB; 50 are required.',
    },
    {
      ...{ function: row('search'), currentMb: 2048, monthlyCostUsd: 80, finding: 'over-provisioned' as const },
      memoryMb: 1536,
      monthlySavingUsd: { value: 18.4, low: 16, high: 20.8 },
      latencyChange: { value: 0.047, low: 0, high: 0.121 },
      reason: null,
    },
    {
      ...{ function: row('thumbnail'), currentMb: 1536, monthlyCostUsd: 20, finding: 'under-provisioned' as const },
      ...{ ...none, memoryMb: 2048, reason: null },
    },
  ],
};
const show = (given: typeof example = answer) =>
  showPage(h(RightSizing, {}), {
    search: '?from=now-1d&account=111122223333',
    answers: { listRecommendations: given },
  });

test('asks for fourteen days whatever the range of the page is, with its filters', async () => {
  const { requested } = await show();
  expect(requested).toContain('/api/v1/recommendations?from=now-14d&limit=20&account=111122223333');
});

test('each function has what to change, what it saves and how sure that is, or why nothing is known', async () => {
  const { table, link } = await show();
  expect(table('Most expensive functions').slice(-4)).toEqual([
    ['Function', 'Cost a month', 'Memory size', 'Saves a month', 'Duration', 'Finding'],
    [
      ...['nightly', '$300', '8192 MB', '–', '–'],
      'insufficient data 44 warm, successful invocations at 8192 MB; 50 are required.',
    ],
    [
      ...['search', '$80.00', '2048 MB → 1536 MB', '$18.40 95 % interval $16.00 to $20.80'],
      ...['+4.7 % 95 % interval +0 % to +12 %', 'over-provisioned'],
    ],
    ['thumbnail', '$20.00', '1536 MB → 2048 MB', '–', '–', 'under-provisioned'],
  ]);
  expect(link('search')).toMatch(/^\/functions\/111122223333%3Aeu-west-1%3Asearch\?.*tab=memory/);
});

test('sums of what is shown', async () => {
  const { tile } = await show();
  expect(tile('Savings a month')).toEqual({ value: '$18.40', note: '1 of 3 functions' });
  expect(tile('Too little memory').value).toBe('1');
  // 300 of 400 dollars.
  expect(tile('Not decided')).toEqual({ value: '1', note: '75 % of the cost of these functions' });
});

test('where no cost is known, there is no share of it', async () => {
  const { tile } = await show({
    ...answer,
    analyzed: answer.analyzed.map((one) => ({ ...one, monthlyCostUsd: null })),
  });
  expect(tile('Not decided').note).toBe('– of the cost of these functions');
});

test('without functions, the page says so', async () => {
  const page = await show({ ...answer, analyzed: [] });
  expect(page.elements('table')).toEqual([]);
});
