/** The table of functions, worked out by hand from a fixed answer. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { ShownPage } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Functions } from './functions.tsx';

afterEach(restore);

const [example] = examples.listFunctions.answer.items;
if (example === undefined) throw new Error('no example');
const checkout = {
  ...example,
  id: '111122223333:eu-west-1:checkout',
  account: '111122223333',
  name: 'checkout',
  runtime: 'nodejs24.x',
  memoryMb: 512,
  invocations: 1_234_567,
  errorRate: { value: 0.0714, low: 0.059, high: 0.085, n: 12_345, failures: 881, unknown: null },
  coldStartRate: { value: 0.000_714, low: 0.0005, high: 0.000_999, n: 9999 },
  coldStartSeconds: 4.26,
  durationMs: { p50: 84.11, p95: 12_345, p99: 90_000, n: 12_345 },
  initMs: { p50: 262.5, p95: 1002.4, p99: 1153, n: 364 },
  maxMemoryUsedMb: 157,
  memoryUse: { share: 0.613, usedMb: 157, sizeMb: 256 },
  costUsd: 4321.5,
};
const unknown = { invocations: 40, reason: 'r', remedy: 'm' };
const quiet = {
  ...checkout,
  id: '111122223333:eu-west-1:quiet',
  name: 'quiet',
  invocations: 40,
  errorRate: { value: null, low: null, high: null, n: 40, failures: 2, unknown },
  coldStartRate: { value: null, low: null, high: null, n: 0 },
  memoryUse: null,
  maxMemoryUsedMb: null,
  costUsd: null,
  costReason: 'the region is not known',
};
const show = (search: string, of: Partial<Parameters<typeof showPage>[1]> = {}) =>
  showPage(h(Functions, {}), {
    ...of,
    search,
    answers: { listFunctions: { ...examples.listFunctions.answer, items: [quiet, checkout] } },
  });

test('each column has its figure, unit and basis; most invocations come first', async () => {
  const { table, requested, text } = await show('?from=now-7d&to=now-1d');
  expect(requested).toContain('/api/v1/functions?from=now-7d&to=now-1d');
  expect(text).toContain('2 of 2');
  const memory = 'eu-west-1 · nodejs24.x · 512 MB · shop';
  expect(table('Functions')).toEqual([
    [
      'Function',
      'Over time',
      'Invocations',
      'Errors',
      'Cold starts',
      'Cold-start time',
      ...['Duration p95', 'Cost', 'Memory used'],
      ...['Duration p50', 'Duration p99', 'Init p95'],
    ],
    [
      `checkout ${memory}`,
      '',
      '1.23 M',
      '7.1 % 5.9–8.5 %, n=12.3 k, assumes independent invocations',
      '0.071 % 0.050–0.10 %, n=9,999, assumes independent invocations',
      '4.3 s',
      ...['12.3 s', '$4,322', '157 / 256 MB'],
      ...['84.1 ms', '1.50 min', '1.00 s p50 263 ms, n=364'],
    ],
    [
      `quiet ${memory}`,
      '',
      '40',
      '≥ 5.0 % only 2 failures reported by Lambda itself are known. r',
      '– no data',
      '4.3 s',
      ...['12.3 s', 'unknown', '– / 512 MB'],
      ...['84.1 ms', '1.50 min', '1.00 s p50 263 ms, n=364'],
    ],
  ]);
});

test('links keep both ends of the range, the refresh interval and the time zone', async () => {
  const { link } = await show('?from=now-7d&to=now-1d&refresh=10s&tz=local&sort=name');
  expect(link('quiet')).toBe('/functions/111122223333%3Aeu-west-1%3Aquiet?from=now-7d&to=now-1d&refresh=10s&tz=local');
});

test('the order and the search of the address hold', async () => {
  const names = (rows: readonly (readonly string[])[]) => rows.map(([name]) => name?.split(' ')[0]);
  expect(names((await show('?sort=invocations')).table('Functions'))).toEqual(['Function', 'quiet', 'checkout']);
  restore();
  const found = await show('?q=CHECK');
  expect(names(found.table('Functions'))).toEqual(['Function', 'checkout']);
  expect(found.text).toContain('1 of 2');
});

test.each([
  ['?q=che*', ['checkout']],
  ['?q=*U*T*', ['checkout', 'quiet']],
  ['?q=quie?', ['quiet']],
  // The whole name has to match, and not the region.
  ['?q=heck*', []],
  ['?q=eu-*', []],
])('%s is a pattern of the name', async (search, names) => {
  const { text } = await show(search);
  expect(text).toContain(`${names.length} of 2`);
  for (const name of ['checkout', 'quiet']) expect(text.includes(`${name} eu-west-1`), name).toBe(names.includes(name));
});

test('favourites come first in any order; a click on the star makes one, which this browser keeps', async () => {
  const kept = new Map([['favourite-functions', JSON.stringify([{ id: quiet.id, name: 'quiet' }])]]);
  const page = await showPage(h(Functions, {}), {
    answers: {
      listFunctions: {
        ...examples.listFunctions.answer,
        items: [quiet, checkout, { ...checkout, id: 'a:b:auth', name: 'auth' }],
      },
    },
    stored: (key) => kept.get(key) ?? null,
  });
  Object.assign(localStorage, { setItem: (key: string, value: string) => kept.set(key, value) });
  const names = () =>
    page
      .table('Functions')
      .slice(1)
      .map(([name]) => name?.split(' ')[0]);
  expect(names()).toEqual(['quiet', 'checkout', 'auth']);
  await page.click('Function');
  expect(names()).toEqual(['quiet', 'auth', 'checkout']);
  await page.click('checkout: favourite');
  expect(names()).toEqual(['checkout', 'quiet', 'auth']);
  expect(kept.get('favourite-functions')).toContain(checkout.id);
});

test('the mark of simulated functions stands once where all are simulated', async () => {
  const simulated = { ...checkout, id: '000000000000:eu-west-1:demo', account: '000000000000', name: 'demo' };
  const marks = async (...items: readonly (typeof checkout)[]) => {
    const answers = { listFunctions: { ...examples.listFunctions.answer, items: [...items] } };
    const { text, section } = await showPage(h(Functions, {}), { answers });
    return [text.split('simulated').length - 1, section('Functions').split('simulated').length - 1];
  };
  expect(await marks(simulated, { ...simulated, id: 'x', name: 'x' })).toEqual([1, 0]);
  restore();
  expect(await marks(simulated, checkout)).toEqual([1, 1]);
  restore();
  expect(await marks(checkout)).toEqual([0, 0]);
});

test('on a phone a function has five figures, more by choice, and that by which the list is sorted', async () => {
  const titles = (page: ShownPage): readonly string[] => page.table('Functions')[0] ?? [];
  const few = ['Function', 'Over time', 'Invocations', 'Errors', 'Cold starts', 'Duration p95', 'Cost'];
  expect(titles(await show('', { width: 640 }))).toEqual(few);
  expect(titles(await show('?sort=-init', { width: 390 }))).toEqual([...few, 'Init p95']);
  // Nothing is left out by choice.
  expect(
    titles(await show('', { width: 390, stored: (key) => (key === 'phone-columns:Functions' ? '' : null) })),
  ).toHaveLength(12);
  expect(titles(await show('', { width: 641 }))).toHaveLength(12);
});

test('a list that is cut says so', async () => {
  const answers = { listFunctions: { ...examples.listFunctions.answer, items: [quiet, checkout], omitted: 46_000 } };
  const { text } = await showPage(h(Functions, {}), { search: '', answers });
  expect(text).toContain('Only the 2 functions with the most invocations are listed and searched. 46.0 k more have');
  restore();
  expect((await show('')).text).not.toContain('are listed and searched');
});

test.each([
  ['Function', 'name'],
  ['Errors', '-errors'],
  ['Cold starts', '-cold'],
  ['Cold-start time', '-felt'],
  ['Duration p50', '-duration-p50'],
  ['Duration p95', '-duration'],
  ['Duration p99', '-duration-p99'],
  ['Init p95', '-init'],
  ['Memory used', '-memory'],
  ['Cost', '-cost'],
])('a click on %s sorts by %s, in the address as well', async (title, sort) => {
  const less = {
    ...quiet,
    coldStartSeconds: 1,
    durationMs: { ...quiet.durationMs, p50: 50, p95: 100, p99: 200 },
    initMs: { ...quiet.initMs, p95: 300 },
  };
  const page = await showPage(h(Functions, {}), {
    search: '?from=now-7d',
    answers: { listFunctions: { ...examples.listFunctions.answer, items: [less, checkout] } },
  });
  await page.click(title);
  expect(page.address).toBe(`/?from=now-7d&sort=${sort}`);
  // The one that has figures comes first, as c comes before q.
  expect(page.table('Functions').map(([name]) => name?.split(' ')[0])).toEqual(['Function', 'checkout', 'quiet']);
});

test('numbers stand alone until intervals are asked for; this browser keeps the choice', async () => {
  const page = await show('');
  const kept: unknown[] = [];
  Object.assign(localStorage, { setItem: (...entry: unknown[]) => kept.push(entry) });
  const panels = () => page.elements('section').map(({ attributes }) => attributes['class']);
  const cell = () => page.elements('span').find(({ attributes }) => attributes['title']?.startsWith('5.9–8.5 %'));
  expect(panels()).toEqual(['panel plain-numbers']);
  expect(cell()?.attributes['title']).toBe('5.9–8.5 %, n=12.3 k, assumes independent invocations');
  await page.click('Show uncertainty');
  expect(panels()).toEqual(['panel ']);
  expect(kept).toEqual([['intervals', 'shown']]);
});

test('every filter goes to the API', async () => {
  const { requested } = await showPage(h(Functions, {}), {
    search: '?account=1&region=eu-west-1&architecture=arm64&runtime=java21&vpc=true&tag=team:shop&tag=!tier',
    answers: { listFunctions: examples.listFunctions.answer },
  });
  expect(requested[0]).toMatch(
    /account=1&region=eu-west-1&architecture=arm64&runtime=java21&vpc=true&tag=team%3Ashop&tag=%21tier$/,
  );
});

test('a value of a tag is searched for', async () => {
  const { table } = await showPage(h(Functions, {}), {
    search: '?q=SHOP',
    answers: { listFunctions: { ...examples.listFunctions.answer, items: [{ ...quiet, tags: {} }, checkout] } },
  });
  expect(table('Functions').map(([name]) => name?.split(' ')[0])).toEqual(['Function', 'checkout']);
});
