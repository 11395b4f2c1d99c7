/** The page of log lines, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Logs } from './logs.tsx';

afterEach(() => {
  vi.useRealTimers();
  restore();
});

/** A stream that the page opened. */
class Stream extends EventTarget {
  static opened: Stream[] = [];
  readonly address: string;
  closed = false;
  constructor(address: string) {
    super();
    this.address = address;
    Stream.opened.push(this);
  }
  close(): void {
    this.closed = true;
  }
  send(type: string, data: unknown): void {
    this.dispatchEvent(Object.assign(new Event(type), { data: JSON.stringify(data) }));
  }
}

const { answer } = examples.searchLogs;
const [line] = answer.items;
if (line === undefined) throw new Error('no example');

const show = (changed: Partial<typeof answer>, search = '') =>
  showPage(h(Logs, {}), { path: '/logs', search, answers: { searchLogs: { ...answer, ...changed } } });

test('lines with level, function, and links to the invocation, the trace and the lines around', async () => {
  const shown = await show(
    {
      items: [
        { ...line, requestId: 'r-1', traceId: '1-5759e988-bd862e3fe1be46a994272793' },
        { ...line, message: '\u001b[2J<b>\u202e', messageChars: 9, level: null, source: 'platform', logStream: 'a"b' },
      ],
    },
    '?from=now-7d&to=now-1d&q=timeout',
  );
  const [asked] = shown.requested.filter((address) => address.startsWith('/api/v1/logs?'));
  expect(new URLSearchParams(asked?.split('?')[1]).get('q')).toBe('timeout (source:function OR level:error)');
  const lines = shown.section('Lines');
  expect(lines).toContain('2026-11-28 07:56:50.120 error checkout {"level":"ERROR"');
  expect(lines).not.toContain('\u001b');
  expect(lines).not.toContain('\u202e');
  expect(shown.link('invocation')).toBe('/invocations/r-1?from=now-7d&to=now-1d');
  expect(shown.link('trace')).toBe('/traces/1-5759e988-bd862e3fe1be46a994272793?from=now-7d&to=now-1d');
  const around = new URLSearchParams(shown.link('surrounding lines').split('?')[1]);
  expect([around.get('from'), around.get('to')]).toEqual(['2026-11-28T07:55:50.120Z', '2026-11-28T07:57:50.120Z']);
  expect(around.get('q')).toBe(`group:"/aws/lambda/checkout" stream:"${line.logStream}"`);
});

test('what is missing says why', async () => {
  const shown = await show({
    items: [],
    search: { readBytes: 536_870_912, endedAt: '2026-11-28T07:00:00.000Z', damagedBlocks: 2, rebuildingBlocks: 3 },
    kept: { lines: 'platform', deleted: [{ reason: 'budget', until: '2026-11-21T07:00:00.000Z', lines: 5 }] },
  });
  const notes = shown.section('Not included');
  for (const note of [
    'ended at 2026-11-28 07:00',
    'index of 3 blocks is being rebuilt',
    '2 blocks are damaged and were left out',
    'set THERMOCLINE_RAW_LINES to all or errors',
    '5 lines received until 2026-11-21 07:00:00 were deleted because the budget is used up',
  ])
    expect(notes).toContain(note);
});

test('the search, the page and following are in the address', async () => {
  vi.stubGlobal('EventSource', Stream);
  const shown = await show({ nextCursor: 'next' }, '?q=a&follow=1');
  await shown.click('Older lines');
  expect(shown.address).toBe('/logs?q=a&cursor=next');
  await shown.click('Newest lines');
  await shown.click('Follow new lines');
  expect(shown.address).toBe('/logs?q=a&follow=1');
  await shown.fill('log-query', 'level:error');
  await shown.submit('Search');
  expect(new URLSearchParams(shown.address.split('?')[1]).get('q')).toBe('level:error');
});

test('the level is the end of the search, which the list of levels changes', async () => {
  const shown = await show({}, '?q=card+OR+pay&cursor=x');
  await shown.fill('log-level', 'warn');
  expect(new URLSearchParams(shown.address.split('?')[1]).get('q')).toBe('(card OR pay) level:>=warn');
  expect(shown.address).not.toContain('cursor');
  // What is typed and not yet searched for is kept.
  await shown.fill('log-query', 'declined level:>=warn');
  await shown.fill('log-level', '');
  expect(shown.address).toBe('/logs?q=declined');
});

test('a search that is not valid is shown with the character at which it is not', async () => {
  const at = async (search: string, message: string) => {
    const errors = [{ field: 'q', message }];
    const failures = { searchLogs: { code: 'invalid-request', detail: 'The search is not valid', errors } } as const;
    const page = await showPage(h(Logs, {}), { path: '/logs', search: `?q=${encodeURIComponent(search)}`, failures });
    return [
      page.elements('pre').map(({ text }) => text.replaceAll(' ', '')),
      page.elements('mark').map(({ text }) => text),
    ];
  };
  const message = 'regular expression: missing closing ): `a(b` (at character 8)';
  expect(await at('error /a(b/', message)).toEqual([['error/a(b/'], ['a']]);
  // At the end of the text nothing stands.
  expect(await at('"card', 'expected a closing quote (at character 6)')).toEqual([['"card'], ['']]);
  expect(await at('\u202e(', 'expected a word (at character 1)')).toEqual([['\\u202e('], ['\\u202e']]);
  expect(await at('card', 'too many conditions')).toEqual([[], []]);
});

test('a long line is cut, and shown whole on request', async () => {
  const shown = await show({ items: [{ ...line, message: 'x'.repeat(3000), messageChars: 5000 }] });
  expect(shown.text).toContain('1,000 more characters');
  expect(shown.text).toContain('2,000 more characters are not shown');
  await shown.click('… 1,000 more characters');
  expect(shown.text).toContain('x'.repeat(3000));
});

test('matches over time are a chart, and what is not counted is said', async () => {
  const counted = examples.countLogs.answer;
  const bins = [
    { start: '2026-11-28T07:00:00.000Z', errors: null, warnings: null, others: null },
    { start: '2026-11-28T07:01:00.000Z', errors: 3, warnings: 2, others: 1000 },
  ];
  const shown = (more: Partial<typeof counted>) =>
    showPage(h(Logs, {}), {
      path: '/logs',
      search: '?q=card&function=a:b:c&platform=1',
      answers: { searchLogs: answer, countLogs: { ...counted, widthMs: 60_000, bins, ...more } },
    });
  const whole = await shown({});
  expect(whole.requested.join(' ')).toContain('/api/v1/logs/histogram?from=now-24h&to=now&q=card&function=a%3Ab%3Ac');
  const chart = whole.charts.get('Lines over time');
  expect(chart?.series.map(({ label, points }) => [label, points.map(({ y }) => y)])).toEqual([
    ['errors', [null, 3]],
    ['warnings', [null, 2]],
    ['others', [null, 1000]],
  ]);
  expect(chart?.span).toEqual({ from: '2026-11-28T07:00:00.000Z', to: '2026-11-28T07:02:00.000Z' });
  expect(whole.section('Lines over time')).toContain(
    '1,005 lines match; the range holds about 48.2 k lines (6.1 MiB).',
  );
  const partial = await shown({ countedFrom: '2026-11-28T07:00:30.000Z', readBytes: 268_435_456 });
  expect(partial.section('Lines over time')).toContain(
    '1,005 lines match since 2026-11-28 07:00:30. Older ones are not counted, because 256.0 MiB were read before',
  );
});

describe('following', () => {
  const follow = async () => {
    vi.useFakeTimers();
    Stream.opened = [];
    vi.stubGlobal('EventSource', Stream);
    const shown = await show({}, '?q=card&function=a:b:c&follow=1');
    const [stream] = Stream.opened;
    if (stream === undefined) throw new Error('the page opened no stream');
    const wait = () => vi.advanceTimersByTimeAsync(500);
    const searches = () => shown.requested.filter((address) => address.startsWith('/api/v1/logs?')).length;
    return { shown, stream, wait, searches };
  };
  const at = (second: number, message: string) => ({
    ...line,
    message,
    timestamp: `2026-11-28T07:57:${String(second).padStart(2, '0')}.000Z`,
  });

  test('new lines wait above, and are shown on a click, in the order of their times', async () => {
    const { shown, stream, wait, searches } = await follow();
    expect(new URLSearchParams(stream.address.split('?')[1]).get('q')).toBe('card (source:function OR level:error)');
    expect(shown.text).toContain('connecting …');
    expect(searches()).toBe(1);
    stream.send('counts', { lines: 0, notSent: 0, problem: null });
    await wait();
    // What came before the stream was open is asked for once, and nothing is polled.
    expect(searches()).toBe(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(searches()).toBe(2);
    expect(shown.text).toContain('following');
    stream.send('line', at(2, 'second'));
    stream.send('line', at(3, '\u001b[2J<b>third</b>\u202e'));
    stream.send('line', at(1, 'first'));
    // A line that the search has found as well.
    stream.send('line', line);
    await wait();
    expect(shown.section('Lines')).not.toContain('second');
    await shown.click('4 new ↑');
    expect(shown.text).not.toContain('new ↑');
    const lines = shown.section('Lines');
    expect(lines.indexOf('<b>third</b>')).toBeGreaterThan(-1);
    expect(lines).not.toMatch(/[\u001b\u202e]/);
    const places = ['third', 'second', 'first', 'charging the card'].map((text) => lines.indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(lines.split('charging the card')).toHaveLength(2);
    await shown.click('Stop following');
    expect(stream.closed).toBe(true);
  });

  test('while nothing matches yet, it says where new lines come', async () => {
    vi.stubGlobal('EventSource', Stream);
    expect((await show({ items: [] }, '?follow=1')).text).toContain('New lines are counted above as they arrive.');
    restore();
    vi.stubGlobal('EventSource', Stream);
    expect((await show({ items: [] })).text).toContain('Choose a longer range, or fewer conditions.');
  });

  test('what was not sent is counted; a broken stream and a failed search are said', async () => {
    const { shown, stream, wait, searches } = await follow();
    stream.send('counts', { lines: 0, notSent: 0, problem: null });
    stream.send('counts', { lines: 200, notSent: 1200, problem: null });
    stream.send('counts', { lines: 0, notSent: 34, problem: 'The search failed. It is repeated.' });
    await wait();
    expect(shown.text).toContain('1,234 lines not listed: too many at once. All are stored.');
    expect(shown.text).toContain('The search failed. It is repeated.');
    stream.dispatchEvent(new Event('error'));
    await wait();
    expect(shown.text).toContain('connection lost, retrying …');
    const before = searches();
    stream.send('counts', { lines: 0, notSent: 0, problem: null });
    await wait();
    expect(shown.text).not.toContain('It is repeated');
    expect(searches()).toBe(before + 1);
  });
});

test('lines of the service are shown on request, which is kept; those that state a failure always are', async () => {
  const failed = {
    ...line,
    message: 'REPORT RequestId: r Status: timeout',
    level: 'error',
    source: 'platform',
  } as const;
  const shown = await show({ items: [failed] }, '?q=card');
  expect(shown.elements('div').some(({ attributes }) => attributes['class'] === 'error')).toBe(true);
  const kept = vi.fn();
  Object.assign(localStorage, { setItem: kept });
  await shown.fill('log-platform', 'on');
  expect(shown.address).toBe('/logs?q=card&platform=1');
  const [asked] = shown.requested.filter((address) => address.startsWith('/api/v1/logs?')).toReversed();
  expect(new URLSearchParams(asked?.split('?')[1]).get('q')).toBe('card');
  expect(kept).toHaveBeenCalledWith('platform-lines', '1');
});

test('a search that finds nothing offers the timeouts of the range', async () => {
  const counted = examples.countLogs.answer;
  const bins = [{ start: '2026-11-28T07:00:00.000Z', errors: 10, warnings: 0, others: 0 }];
  const shown = await showPage(h(Logs, {}), {
    path: '/logs',
    search: '?from=now-7d&to=now-1d&q=timeout',
    answers: { searchLogs: { ...answer, items: [], nextCursor: null }, countLogs: { ...counted, bins } },
  });
  expect(shown.link('10 lines state a timeout in this time range')).toContain('q=status%3Atimeout');
});
