/** The value with its detail, and the tile that shows both. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { restore, showPage } from '../../test/support/show-page.ts';
import { Estimate, placeBeside } from './estimate.tsx';
import { ChangeMark, StatTile } from './stat-tile.tsx';

afterEach(restore);

test('the headline is clean; the detail describes it and opens by a click', async () => {
  const page = await showPage(h(Estimate, { value: '12 %', detail: '10–14 %, n=900' }));
  const spans = () => page.elements('span').map(({ attributes }) => attributes);
  const [outer, figure, , tip] = spans();
  expect(outer?.['class']).toBe('estimate');
  expect(figure?.['aria-describedby']).toBe(tip?.['id']);
  expect(tip).toMatchObject({ role: 'tooltip', hidden: 'true' });
  expect(page.elements('button')[0]?.attributes).toMatchObject({
    'aria-label': 'Details',
    'aria-describedby': tip?.['id'],
  });
  await page.click('Details');
  expect(spans()[3]).not.toHaveProperty('hidden');
  expect(page.elements('button')[0]?.attributes['aria-expanded']).toBe('true');
});

test('a value that the data does not settle is grey', async () => {
  const page = await showPage(h(Estimate, { value: '12 %', detail: 'n=3', significant: false }));
  expect(page.elements('span')[0]?.attributes['class']).toBe('estimate unsure');
});

// A window of 1000 × 800 px: the box is 352 px wide, 8 px from the edges, and needs 120 px below its mark.
test.each([
  ['below its mark', { left: 100, top: 50, bottom: 70 }, { left: 100, top: 70 }],
  ['at the right edge', { left: 990, top: 50, bottom: 70 }, { left: 640, top: 70 }],
  ['at the left edge', { left: -20, top: 50, bottom: 70 }, { left: 8, top: 70 }],
  ['above, near the bottom', { left: 100, top: 700, bottom: 720 }, { left: 100, top: 580 }],
])('the box opens %s', (_, mark, place) => {
  expect(placeBeside(mark, 1000, 800)).toEqual(place);
});

test('on a phone the box is as wide as the window', () => {
  expect(placeBeside({ left: 300, top: 50, bottom: 70 }, 320, 800)).toEqual({ left: 8, top: 70 });
});

test('a tile has its value, note, detail, change and bars', async () => {
  const change = { text: '+12 %', direction: 'up', meaning: 'worse', basis: '1,000 in the 24 hours before' } as const;
  const page = await showPage(
    h(StatTile, {
      label: 'Errors',
      value: '1,120',
      note: 'of 9,000',
      detail: '1,050–1,190, n=9,000',
      change,
      spark: { values: [1, 2], label: 'Errors over time' },
      href: '/errors',
    }),
  );
  expect(page.tile('Errors')).toEqual({ value: '1,120', note: 'of 9,000', detail: '1,050–1,190, n=9,000' });
  expect(page.link('Errors')).toBe('/errors');
  expect(page.elements('rect')).toHaveLength(2);
  const mark = page.elements('span').find(({ attributes }) => attributes['class'] === 'change worse');
  expect(mark).toMatchObject({ attributes: { title: '1,000 in the 24 hours before' } });
  expect(mark?.text).toBe('+12 %worse: 1,000 in the 24 hours before');
});

test.each([
  ['better', 'change better', '–3 %better: 5 before'],
  ['neutral', 'change ', '–3 %5 before'],
] as const)('a change that is %s', async (meaning, name, text) => {
  const change = { text: '–3 %', direction: 'down', meaning, basis: '5 before' } as const;
  const page = await showPage(h(ChangeMark, { change }));
  expect(page.elements('span')[0]).toMatchObject({ text, attributes: { class: name } });
});

test('a tile shows only what it was given', async () => {
  const page = await showPage(h(StatTile, { label: 'Errors', value: '0', change: null, significant: false }));
  expect(page.tile('Errors')).toEqual({ value: '0', note: '' });
  expect(page.elements('div')[0]?.attributes['class']).toBe('tile unsure');
  expect(page.elements('svg')).toHaveLength(0);
});
