/** Tables and charts: their order, what is exported, and the words for differences. */
import { h } from 'preact';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { restore, showPage } from '../../test/support/show-page.ts';
import { ChartPanel } from './chart-panel.tsx';
import { DifferenceTable } from './comparison.tsx';
import { DataTable } from './data-table.tsx';
import { MarkerList } from './marker-list.tsx';
import { SortableTable } from './sortable-table.tsx';
import { shortTime } from './time-series-panel.tsx';

afterEach(restore);

describe('a table of data', () => {
  const columns = [
    { title: 'Name' },
    { title: 'N', number: true, values: [9, null, 10] },
    { title: 'Seen', values: ['2026-11-02', '2026-11-10', '2026-11-01'] },
  ];
  const rows = ['b', 'c', 'a'].map((name) => [name, `${name} times`, name]);
  const show = () => showPage(h(DataTable, { label: 'Rows', columns, rows }));

  test('is in the order of its rows until a column with values is chosen; what is not known comes last', async () => {
    const page = await show();
    const names = () =>
      page
        .table('Rows')
        .slice(1)
        .map(([name]) => name)
        .join('');
    const sorted = () => page.elements('th').map(({ attributes }) => attributes['aria-sort']);
    expect([names(), sorted()]).toEqual(['bca', [undefined, undefined, undefined]]);
    await page.click('N');
    expect([names(), sorted()]).toEqual(['abc', [undefined, 'descending', undefined]]);
    await page.click('N');
    expect([names(), sorted()]).toEqual(['bac', [undefined, 'ascending', undefined]]);
    await page.click('Seen');
    expect([names(), sorted()]).toEqual(['abc', [undefined, undefined, 'ascending']]);
    await page.fill('Sort by', '-2');
    expect(names()).toBe('cba');
  });

  test('of a single row nothing sorts', async () => {
    const one = h(DataTable, { label: 'Rows', columns: [{ title: 'N', values: [1] }], rows: [['1']] });
    expect((await showPage(one)).elements('button')).toEqual([]);
  });
});

describe('a sorted table', () => {
  type Row = { readonly name: string; readonly n: number | null };
  const rows: readonly Row[] = [
    { name: 'b', n: 9 },
    { name: 'c', n: null },
    { name: 'a', n: 10 },
  ];
  const columns = [
    { key: 'name', title: 'Name', sort: ({ name }: Row) => name, cell: ({ name }: Row) => name },
    { key: 'n', title: 'N', number: true, sort: ({ n }: Row) => n, cell: ({ n }: Row) => String(n) },
    { key: 'what', title: 'What', cell: () => '' },
  ];
  const show = (search = '') =>
    showPage(h(SortableTable<Row>, { label: 'Rows', rows, columns, initial: '-n' }), { search });

  test('is in its initial order: numbers by value, unknown ones as least', async () => {
    const { table, elements } = await show();
    expect(table('Rows')).toEqual([
      ['Name', 'N', 'What'],
      ['a', '10', ''],
      ['b', '9', ''],
      ['c', 'null', ''],
    ]);
    expect(elements('th').map(({ attributes }) => [attributes['class'], attributes['aria-sort']])).toEqual([
      ['', undefined],
      ['number', 'descending'],
      ['', undefined],
    ]);
    expect(
      elements('td')
        .map(({ attributes }) => attributes['class'])
        .slice(0, 3),
    ).toEqual(['', 'number', '']);
  });

  test('a click sorts: text ascending, numbers descending, and back', async () => {
    const page = await show('?q=x');
    const names = () =>
      page
        .table('Rows')
        .slice(1)
        .map(([name]) => name)
        .join('');
    await page.click('Name');
    expect([page.address, names()]).toEqual(['/?q=x&sort=name', 'abc']);
    await page.click('Name');
    expect([page.address, names()]).toEqual(['/?q=x&sort=-name', 'cba']);
    await page.click('N');
    expect([page.address, names()]).toEqual(['/?q=x&sort=-n', 'abc']);
    await page.click('N');
    expect([page.address, names()]).toEqual(['/?q=x&sort=n', 'bac']);
  });

  test('on a phone, a list of the sortable columns sorts', async () => {
    const page = await show('?q=x');
    expect(page.elements('option').map(({ text }) => text)).toEqual([
      'Name, descending',
      'Name, ascending',
      'N, descending',
      'N, ascending',
    ]);
    await page.fill('Sort by', 'n');
    expect(page.address).toBe('/?q=x&sort=n');
    expect(
      page
        .table('Rows')
        .slice(1)
        .map(([name]) => name),
    ).toEqual(['b', 'a', 'c']);
  });

  test('of many columns some can be left out, which the browser keeps; the first one stays', async () => {
    const more = [...columns, ...['d', 'e', 'f'].map((key) => ({ key, title: key, cell: () => key }))];
    const kept: unknown[] = [];
    const open = async () => {
      const page = await showPage(h(SortableTable<Row>, { label: 'All rows', rows, columns: more, initial: '-n' }));
      Object.assign(localStorage, { setItem: (...entry: unknown[]) => kept.push(entry) });
      await page.click('Columns');
      return page;
    };
    const page = await open();
    // The first label is that of the list that sorts on a phone.
    const labels = page.elements('label').map(({ text }) => text);
    expect(labels.slice(1)).toEqual(['N', 'What', 'd', 'e', 'f']);
    await page.fill('What', '');
    await page.fill('e', '');
    expect(page.table('All rows')[1]).toEqual(['a', '10', 'd', 'f']);
    await page.fill('What', 'on');
    expect(page.table('All rows')[1]).toEqual(['a', '10', '', 'd', 'f']);
    expect(kept).toEqual([
      ['columns:All rows', 'what'],
      ['columns:All rows', 'what,e'],
      ['columns:All rows', 'e'],
    ]);
  });

  test('what was left out before is left out again; the order by it stays', async () => {
    const more = [...columns, ...['d', 'e', 'f'].map((key) => ({ key, title: key, cell: () => key }))];
    const table = h(SortableTable<Row>, { label: 'Rows', rows, columns: more, initial: '-n' });
    const stored = (key: string): string | null => (key === 'columns:Rows' ? 'n,name,gone' : null);
    const page = await showPage(table, { stored });
    expect(page.table('Rows').map(([name]) => name)).toEqual(['Name', 'a', 'b', 'c']);
    expect(page.table('Rows')[0]).not.toContain('N');
  });

  test.each([
    [1440, 'columns:Rows', ['Name', 'What', 'd', 'e', 'f']],
    [1440, 'phone-columns:Rows', ['Name', 'N', 'What', 'd', 'e', 'f']],
    [390, 'columns:Rows', ['Name', 'N', 'What', 'd', 'e', 'f']],
    [390, 'phone-columns:Rows', ['Name', 'What', 'd', 'e', 'f']],
  ])('of %i px the choice of such a width counts: %s', async (width, kept, shown) => {
    const more = [...columns, ...['d', 'e', 'f'].map((key) => ({ key, title: key, cell: () => key }))];
    const table = h(SortableTable<Row>, { label: 'Rows', rows, columns: more, initial: '-n' });
    const page = await showPage(table, { width, stored: (key) => (key === kept ? 'n' : null) });
    expect(page.table('Rows')[0]).toEqual(shown);
  });

  test('each cell names its column, for the cards of a phone', async () => {
    const { elements } = await show();
    expect(
      elements('td')
        .map(({ attributes }) => attributes['data-label'])
        .slice(0, 3),
    ).toEqual(['Name', 'N', 'What']);
  });

  test('a column that is none keeps the given order', async () => {
    const { table } = await show('?sort=-what');
    expect(
      table('Rows')
        .slice(1)
        .map(([name]) => name),
    ).toEqual(['b', 'c', 'a']);
  });

  test('of many rows fifty are drawn at first', async () => {
    vi.stubGlobal(
      'IntersectionObserver',
      class {
        observe = () => undefined;
        disconnect = () => undefined;
      },
    );
    const many = Array.from({ length: 51 }, (_, n) => ({ name: `n${n}`, n }));
    const { table, text } = await showPage(
      h(SortableTable<Row>, { label: 'Rows', rows: many, columns, initial: '-n' }),
    );
    expect(table('Rows')).toHaveLength(51);
    expect(table('Rows')[1]?.[0]).toBe('n50');
    expect(text).toContain('50 of 51: scroll for more');
  });

  test('more rows are drawn when their end is about to be scrolled into view, until all are', async () => {
    const observers: { readonly see: (isIntersecting: boolean) => void; readonly margin: string }[] = [];
    let disconnected = 0;
    vi.stubGlobal(
      'IntersectionObserver',
      class {
        constructor(onSeen: (entries: readonly object[]) => void, options: { rootMargin: string }) {
          observers.push({ see: (isIntersecting) => onSeen([{ isIntersecting }]), margin: options.rootMargin });
        }
        observe = () => undefined;
        disconnect = () => {
          disconnected += 1;
        };
      },
    );
    const many = Array.from({ length: 120 }, (_, n) => ({ name: `n${n}`, n }));
    const page = await showPage(h(SortableTable<Row>, { label: 'Rows', rows: many, columns, initial: '-n' }));
    const drawn = async () => {
      await vi.advanceTimersByTimeAsync(600);
      return page.table('Rows').length - 1;
    };
    expect(observers.map(({ margin }) => margin)).toEqual(['600px']);
    observers.at(-1)?.see(false);
    expect(await drawn()).toBe(50);
    observers.at(-1)?.see(true);
    expect(await drawn()).toBe(100);
    expect([observers.length, disconnected]).toEqual([2, 1]);
    observers.at(-1)?.see(true);
    expect(await drawn()).toBe(120);
    // All are drawn: nothing is waited for.
    expect([observers.length, disconnected]).toEqual([2, 2]);
    expect(page.text).not.toContain('scroll for more');
    // Another order begins at its start.
    await page.click('Name');
    expect(await drawn()).toBe(50);
  });

  test('fifty rows are all that there are', async () => {
    const observed = vi.fn();
    vi.stubGlobal('IntersectionObserver', observed);
    const fifty = Array.from({ length: 50 }, (_, n) => ({ name: `n${n}`, n }));
    const page = await showPage(h(SortableTable<Row>, { label: 'Rows', rows: fifty, columns, initial: '-n' }));
    expect(page.table('Rows')).toHaveLength(51);
    expect(page.text).not.toContain('scroll for more');
    expect(observed).not.toHaveBeenCalled();
  });
});

describe('a chart', () => {
  const props = {
    title: 'Cold starts',
    description: 'How many',
    table: {
      columns: ['at', 'n', 'note'],
      rows: [
        ['2026-11-27', 12.5, null],
        ['x', 0, '=1+1,"q"'],
      ] as const,
    },
    source: '/api/v1/overview?from=now-7d',
    chartLabel: 'Cold starts',
    children: 'drawing',
  };

  test('shows its data as a table, and back', async () => {
    const page = await showPage(h(ChartPanel, props));
    expect(page.section('Cold starts')).toContain('How many drawing');
    await page.click('Table');
    expect(page.table('Cold starts')).toEqual([
      ['at', 'n', 'note'],
      ['2026-11-27', '12.5', '–'],
      ['x', '0', '=1+1,"q"'],
    ]);
    await page.click('Chart');
    expect(page.section('Cold starts')).toContain('drawing');
  });

  test('is no picture while its table is shown', async () => {
    const page = await showPage(h(ChartPanel, props));
    const picture = () => page.elements('button').find(({ text }) => text === 'PNG')?.attributes['disabled'];
    const before = picture();
    await page.click('Table');
    expect([before, picture()]).not.toEqual([before, before]);
  });

  test('is saved as CSV without formulas, and as JSON', async () => {
    const page = await showPage(h(ChartPanel, props));
    const saved: Blob[] = [];
    const clicked: unknown[] = [];
    vi.stubGlobal(
      'URL',
      class extends URL {
        static override createObjectURL = (blob: Blob) => `blob:${saved.push(blob)}`;
        static override revokeObjectURL = () => undefined;
      },
    );
    Object.assign(document, {
      createElement: () => {
        const link = { click: () => clicked.push([link.download, link.href]), download: '', href: '' };
        return link;
      },
    });
    await page.click('CSV');
    await page.click('JSON');
    expect(clicked).toEqual([
      ['Cold starts.csv', 'blob:1'],
      ['Cold starts.json', 'blob:2'],
    ]);
    expect(saved.map(({ type }) => type)).toEqual(['text/csv', 'application/json']);
    expect(await saved[0]?.text()).toBe('at,n,note\r\n2026-11-27,12.5,\r\nx,0,"\'=1+1,""q"""');
    expect(JSON.parse((await saved[1]?.text()) ?? '')).toEqual([
      { at: '2026-11-27', n: 12.5, note: null },
      { at: 'x', n: 0, note: '=1+1,"q"' },
    ]);
  });

  test('its request is copied as a command', async () => {
    const page = await showPage(h(ChartPanel, props));
    const copied: string[] = [];
    vi.stubGlobal('navigator', { clipboard: { writeText: async (text: string) => copied.push(text) } });
    await page.click('Copy as curl');
    expect(copied).toEqual([
      `curl -H "Authorization: Bearer $THERMOCLINE_TOKEN" 'http://thermocline.test/api/v1/overview?from=now-7d'`,
    ]);
    expect(page.text).toContain('Copied');
  });
});

test('each metric of a comparison has its name and unit', async () => {
  const row = { change: 0, low: 0, high: 0, p: null, verdict: 'no-evidence' as const, reason: null };
  const { table } = await showPage(
    h(DifferenceTable, {
      rows: [
        { ...row, metric: 'p50', unit: 'ms', before: 1, after: 2 },
        { ...row, metric: 'p99', unit: 'ms', before: 1500, after: null },
        { ...row, metric: 'initP50', unit: 'ms', before: 100, after: 60_000, change: null, low: null },
        { ...row, metric: 'coldStartRate', unit: 'ratio', before: 0.01, after: 0.5, verdict: 'improved' },
      ],
    }),
  );
  expect(table('Differences').slice(1)).toEqual([
    ['Duration p50', '1 ms', '2 ms', '0 %', '0 % to 0 %', 'no evidence of a change'],
    ['Duration p99', '1.50 s', '–', '0 %', '0 % to 0 %', 'no evidence of a change'],
    ['Init p50', '100 ms', '1.00 min', '–', 'no interval', 'no evidence of a change'],
    ['Cold-start rate', '1.0 %', '50 %', '0 points', '0 points to 0 points', 'better'],
  ]);
});

test('markers are counted by kind, and listed with their times and links', async () => {
  const marker = { x: Date.UTC(2026, 10, 27, 10), until: null, function: null, url: null };
  const link = { id: 'a:b', name: 'b' };
  const markers = [
    { ...marker, kind: 'deploy' as const, label: 'b: version 7', function: link },
    { ...marker, kind: 'runtime-patch' as const, label: 'nodejs', url: 'https://example.com/c/1' },
    { ...marker, kind: 'runtime-patch' as const, label: 'python' },
    { ...marker, kind: 'ingest-gap' as const, label: 'no data', until: Date.UTC(2026, 10, 27, 11, 30) },
  ];
  const page = await showPage(h(MarkerList, { markers }), { search: '?from=now-7d&to=now-1d' });
  const [summary] = page.elements('summary');
  expect(summary?.text).toMatch(/^\S+ 1 deploy · \S+ 2 runtime patches · \S+ 1 ingest gap$/);
  expect(page.elements('li').map(({ text }) => text)).toEqual([
    '2026-11-27 10:00:00 b: version 7',
    '2026-11-27 10:00:00 nodejs',
    '2026-11-27 10:00:00 python',
    '2026-11-27 10:00:00 – 2026-11-27 11:30:00 no data',
  ]);
  expect(page.link('nodejs')).toBe('https://example.com/c/1');
  expect(page.link('b: version 7')).toBe('/functions/a%3Ab?from=now-7d&to=now-1d&tab=changes');
  restore();
  const many = Array.from({ length: 51 }, (_, n) => ({ ...marker, kind: 'alert' as const, label: `alert ${n}` }));
  const long = await showPage(h(MarkerList, { markers: many }));
  expect(long.elements('li').map(({ text }) => text.slice(20))).toEqual(
    Array.from({ length: 50 }, (_, n) => `alert ${n + 1}`),
  );
  expect(long.text).toContain('Only the newest 50 are listed.');
});

test('times on an axis have month, day, hour and minute', () => {
  expect(shortTime(Date.UTC(2026, 10, 27, 9, 5, 59), 'utc')).toBe('11-27 09:05');
});
