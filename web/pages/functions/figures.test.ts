/** Every number in the list of functions is one of the API's answer, in its unit, and in its column. */
import { h } from 'preact';
import { afterEach, describe, expect, test } from 'vitest';
import { count, duration, mb, percent, seconds, usd } from '../../../ingest/text/quantities.ts';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import {
  barHeights,
  barsOf,
  figuresIn,
  formsOf,
  otherNumbers,
  unknownFigures,
} from '../../../test/support/shown-figures.ts';
import { Functions } from './functions.tsx';

afterEach(restore);

const [example] = examples.listFunctions.answer.items;
if (example === undefined) throw new Error('no example');
const named = (name: string) => ({ ...example, id: `111122223333:eu-west-1:${name}`, name });

async function shown(seed: number) {
  const items = [named('auth'), named('cart'), named('checkout')];
  const answer = otherNumbers({ ...examples.listFunctions.answer, items }, seed, ['omitted']);
  const page = await showPage(h(Functions, {}), {
    search: '?sort=name',
    answers: { listFunctions: answer },
    stored: (key) => (key === 'intervals' ? 'shown' : null),
  });
  return { page, items: answer.items };
}

describe.each([1, 2, 3, 4, 5, 6])('answers of seed %d', (seed) => {
  test('no number of the page is from elsewhere', async () => {
    const { page, items } = await shown(seed);
    const forms = formsOf(items, items.length);
    const text = page.readable.join('\n').replaceAll('updated 0 s ago', '');
    expect(figuresIn(text).length).toBeGreaterThan(30);
    expect(unknownFigures(text, forms, ['> 95 %', '000000000000'])).toEqual([]);
  });

  test('each column has the number of its field', async () => {
    const { page, items } = await shown(seed);
    const [titles = [], ...rows] = page.table('Functions');
    expect(rows).toHaveLength(items.length);
    for (const [n, row] of items.entries()) {
      const cell = (title: string): string | undefined => rows[n]?.[titles.findIndex((one) => one.startsWith(title))];
      const { durationMs, initMs, memoryUse } = row;
      expect(cell('Invocations'), row.name).toBe(count(row.invocations));
      expect(cell('Errors')?.startsWith(percent(row.errorRate.value)), row.name).toBe(true);
      expect(cell('Cold starts')?.startsWith(percent(row.coldStartRate.value)), row.name).toBe(true);
      expect(cell('Cold-start time')).toBe(seconds(row.coldStartSeconds));
      for (const quantile of ['p50', 'p95', 'p99'] as const)
        expect(cell(`Duration ${quantile}`)).toBe(duration(durationMs[quantile]));
      expect(cell('Init p95')).toBe(`${duration(initMs.p95)} p50 ${duration(initMs.p50)}, n=${count(initMs.n)}`);
      expect(cell('Memory used')).toBe(`${memoryUse?.usedMb} / ${mb(memoryUse?.sizeMb ?? null)}`);
      expect(cell('Cost')).toBe(usd(row.costUsd));
    }
  });

  test('each bar beside a name has the number of its part', async () => {
    const { page, items } = await shown(seed);
    expect(barsOf(page)).toEqual(items.flatMap(({ spark }) => barHeights(spark)));
  });
});
