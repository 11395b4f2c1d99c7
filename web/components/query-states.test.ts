/** What pages show before there is data, and while the first of it arrives. */
import { h } from 'preact';
import { afterEach, describe, expect, test } from 'vitest';
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import { restore, showPage } from '../../test/support/show-page.ts';
import { FirstRecord } from './first-record.tsx';
import { ErrorBanner, Freshness, NoDataState, WhenDataExists } from './query-states.tsx';

afterEach(restore);

const STATUS = examples.getIngestStatus.answer;

describe('the first record', () => {
  const source = {
    ...STATUS.sources[0],
    kind: 'firehose',
    name: 'logs\u202e',
    firstSeenAt: '2026-11-28T07:00:00.000Z',
    lastSeenAt: '2026-11-28T07:59:30.000Z',
    lastDataAt: null,
    requests: 1,
    events: 0,
    rejected: 0,
    lagMs: { p50: null, p95: null, p99: null, n: 0 },
  };
  const show = async (more: object) => {
    const page = await showPage(h(FirstRecord, {}), {
      answers: { getIngestStatus: { ...STATUS, sources: [source], accepted: 0, rejected: 0, ...more } },
    });
    return { text: page.section('Connection status'), links: page.elements('a').map(({ text }) => text) };
  };

  test.each([
    ['nothing', { sources: [] }, 'Waiting for the first record …', []],
    ['an inventory alone', { sources: [{ ...source, kind: 'inventory' }] }, 'Waiting for the first record …', []],
    [
      'a source without lines',
      {},
      'Connected, last data from firehose logs\\u202e 30 s ago. Waiting for the first Lambda line: invoke a function.',
      [],
    ],
    [
      'the newest of several sources',
      {
        sources: [
          source,
          { ...source, kind: 'pull', name: 'poll', lastSeenAt: '2026-11-28T07:59:40.000Z' },
          { ...source, lastSeenAt: '2026-11-28T07:00:00.000Z' },
        ],
      },
      'Connected, last data from pull poll 20 s ago. Waiting for the first Lambda line: invoke a function.',
      [],
    ],
    [
      'lines',
      { accepted: 1200 },
      'Receiving, last data from firehose logs\\u202e 30 s ago. 1,200 log events stored.',
      ['Open the overview'],
    ],
    [
      'records that cannot be read',
      { rejected: 1200 },
      'Connected, last data from firehose logs\\u202e 30 s ago. Waiting for the first Lambda line: invoke a function.',
      ['1,200 records could not be parsed'],
    ],
  ])('with %s', async (_, more, text, links) => {
    const shown = await show(more);
    expect(shown.text).toContain(text);
    expect(shown.links).toEqual(links);
  });
});

describe('without data', () => {
  const show = async (more: object) =>
    showPage(h(NoDataState, { what: 'invocations' }), {
      answers: { getIngestStatus: { ...STATUS, ...more } },
      search: '?q=x',
    });

  test.each([
    // A minute around all events; beyond 30 days, the last day of them.
    ['2026-11-20T10:00:00.000Z', '2026-11-20T09:59:00.000Z'],
    ['2026-10-27T12:02:00.000Z', '2026-10-27T12:01:00.000Z'],
    ['2026-10-27T12:01:59.999Z', '2026-11-25T12:01:00.000Z'],
  ])('events since %s are shown from %s', async (firstEventAt, from) => {
    const page = await show({ firstEventAt, lastEventAt: '2026-11-26T12:00:00.000Z' });
    expect(page.text).toContain('No invocations in this time range');
    expect(page.text).toContain(`Stored data covers ${firstEventAt.slice(0, 10)} to 2026-11-26.`);
    await page.click('Show latest data');
    expect(new URLSearchParams(page.address.slice(1))).toEqual(
      new URLSearchParams({ from, to: '2026-11-26T12:01:00.000Z' }),
    );
  });

  const source = STATUS.sources[0];
  test('a source that has sent no line', async () => {
    const sources =
      source === undefined ? [] : [{ ...source, kind: 'pull', name: 'poll', lastSeenAt: '2026-11-28T07:50:00.000Z' }];
    const waiting = await show({ lastEventAt: null, sources, rejected: 0 });
    expect(waiting.text).toContain('Connected, waiting for the first Lambda line');
    expect(waiting.text).toMatch(/pull poll sent data 10 min ago, but no Lambda\s+platform line so far\./);
    expect(waiting.text).not.toContain('could not be parsed');
    restore();
    const rejected = await show({ lastEventAt: null, sources, rejected: 7 });
    expect(rejected.link('7 records could not be parsed')).toBe('/ingest');
  });

  test('nothing is connected', async () => {
    const page = await show({ lastEventAt: null, sources: [] });
    expect(page.text).toContain('No data yet');
    expect(page.text).toContain('npx thermocline import log.json --function NAME');
    expect(page.link('See the Connect page for more ways, with templates and keys')).toBe('/connect');
  });

  test('content is shown once a line is stored', async () => {
    const when = async (lastEventAt: string | null) => {
      const page = await showPage(h(WhenDataExists, { what: 'costs', children: 'content' }), {
        answers: { getIngestStatus: { ...STATUS, sources: [], lastEventAt } },
      });
      const { text } = page;
      restore();
      return text;
    };
    expect(await when('2026-11-26T12:00:00.000Z')).toBe('content');
    expect(await when(null)).toContain('No data yet');
  });

  test('without an answer the error is shown', async () => {
    const failures = { getIngestStatus: 'unreachable' } as const;
    const when = await showPage(h(WhenDataExists, { what: 'costs', children: 'content' }), { failures });
    expect(when.text).toContain('Failed to load the ingest status.');
    restore();
    const none = await showPage(h(NoDataState, { what: 'costs' }), { failures });
    expect(none.text).toContain('Failed to load the ingest status.');
  });
});

describe('an answer', () => {
  const result = (more: object) => ({
    data: null,
    error: null,
    loading: false,
    updatedMs: null,
    source: '',
    reload: () => undefined,
    ...more,
  });
  const error = { code: 'internal', message: 'It broke' } as never;

  test('that failed says what, why, and whether older data are shown', async () => {
    const shown = async (more: object) => {
      const { text } = await showPage(h(ErrorBanner, { result: result(more), what: 'costs' }));
      restore();
      return text.trim();
    };
    expect(await shown({ error })).toBe('Failed to load costs. It broke. Retry');
    expect(await shown({ error, data: { a: 1 } })).toBe(
      'Failed to load costs. It broke. Showing the last data received. Retry',
    );
    expect(await shown({ data: { a: 1 } })).toBe('');
  });

  test('that failed is asked for again', async () => {
    let reloads = 0;
    const reload = () => {
      reloads += 1;
    };
    const page = await showPage(h(ErrorBanner, { result: result({ error, reload }), what: 'costs' }));
    await page.click('Retry');
    expect(reloads).toBe(1);
  });

  test.each([
    ['loading', { loading: true, updatedMs: 5 }, 'loading …'],
    ['none yet', {}, ''],
    ['two minutes old', { updatedMs: Date.UTC(2026, 10, 28, 7, 58) }, 'updated 2 min ago'],
  ])('that is %s has its age', async (_, more, text) => {
    // Half a second passes until the page is shown.
    expect((await showPage(h(Freshness, { result: result(more) }))).text.trim()).toBe(text);
  });
});
