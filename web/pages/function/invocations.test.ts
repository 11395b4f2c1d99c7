/** The list of a function's invocations, stored and live, worked out by hand from fixed answers. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { FUNCTION_PATH, RANGE, showTabOf } from '../../../test/support/show-function.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore } from '../../../test/support/show-page.ts';
import { FunctionPage } from './function.tsx';

afterEach(restore);

const showTab = showTabOf(FunctionPage);
const [example] = examples.listInvocations.answer.items;
if (example === undefined) throw new Error('no example');
type Row = typeof example;
const cold: Row = {
  ...example,
  requestId: 'request/1',
  endedAt: '2026-11-27T06:48:31.764Z',
  durationMs: 12_345.67,
  billedDurationMs: 12_346,
  initDurationMs: 381.65,
  maxMemoryUsedMb: 111,
  memorySizeMb: 256,
  attempt: 2,
  tenantId: 'acme',
  status: 'error',
  errorType: 'Error.Timeout',
  coldStart: { kind: 'on-demand', userFelt: true, cause: 'scale-out', evidence: '3 environments were busy' },
};
const warm: Row = {
  ...example,
  requestId: 'request-2',
  endedAt: '2026-11-27T06:47:30.001Z',
  durationMs: 84.11,
  billedDurationMs: null,
  memorySizeMb: null,
  maxMemoryUsedMb: null,
  coldStart: null,
};
const list = (items: Row[], nextCursor: string | null = null): Answers => ({
  listInvocations: { items, nextCursor, coverage: 1 },
});
const HEADER = ['Ended', 'Request ID', 'Status', 'Duration', 'Billed', 'Init', 'Memory used'];

describe('stored', () => {
  test('each has its times, durations, memory and cause', async () => {
    const { table, link, elements, requested } = await showTab('invocations', { answers: list([cold, warm]) });
    expect(requested).toContain(`/api/v1/invocations?${RANGE}&function=111122223333%3Aeu-west-1%3Acheckout`);
    expect(table('Invocations')).toEqual([
      HEADER,
      [
        '2026-11-27 06:48:31.764',
        'request/1 tenant acme attempt 2',
        'error on-demand cold start scale-out Error.Timeout',
        '12.3 s',
        '12.3 s',
        '382 ms',
        '111 MB of 256 MB',
      ],
      ['2026-11-27 06:47:30.001', 'request-2', 'success', '84.1 ms', '–', '–', '– of –'],
    ]);
    expect(link('request/1')).toBe(`/invocations/request%2F1?${RANGE}`);
    const hovers = elements('span').map(({ attributes }) => attributes['title']);
    expect(hovers).toContain('User-felt: a caller waited for this init');
    expect(hovers).toContain('3 environments were busy');
  });

  test('a click on a number asks for its order, and for the first page of it', async () => {
    const page = await showTab('invocations', { answers: list([cold, warm]), chosen: '&cursor=abc' });
    const heads = () => page.elements('th').map(({ attributes }) => attributes['aria-sort']);
    expect(heads()[0]).toBe('descending');
    await page.click('Duration');
    expect(page.requested.at(-1)).toContain('&sort=-durationMs');
    expect(page.requested.at(-1)).not.toContain('cursor');
    expect([page.address, heads()[3]]).toEqual([expect.stringContaining('sort=-durationMs'), 'descending']);
    await page.click('Duration');
    expect(page.requested.at(-1)).toContain('&sort=durationMs');
    expect(page.elements('option').map(({ text }) => text)).toContain('Memory used, ascending');
  });

  test('an init is restored or hidden, and its caller waited, did not, or is not known', async () => {
    const start = (
      kind: 'snap-start' | 'suppressed' | 'provisioned',
      userFelt: boolean | null,
      more: Partial<Row>,
    ) => ({
      ...cold,
      initDurationMs: null,
      coldStart: { kind, userFelt, cause: null, evidence: null },
      ...more,
    });
    const { table, elements } = await showTab('invocations', {
      answers: list([
        start('snap-start', true, { restoreDurationMs: 1234.5 }),
        start('suppressed', null, { hiddenInitDurationMs: 99.95 }),
        start('provisioned', false, { initDurationMs: 2000, restoreDurationMs: 1, hiddenInitDurationMs: 1 }),
      ]),
    });
    expect(table('Invocations').map((row) => row[5])).toEqual(['Init', '1.23 s', '100 ms', '2.00 s']);
    expect(table('Invocations').map((row) => row[2])).toEqual([
      'Status',
      'error snap-start cold start Error.Timeout',
      'error suppressed cold start Error.Timeout',
      'error provisioned cold start Error.Timeout',
    ]);
    const hovers = elements('span').flatMap(({ text, attributes }) =>
      text.endsWith('cold start') ? [attributes['title']] : [],
    );
    expect(hovers).toEqual([
      'User-felt: a caller waited for this init',
      'It is not known whether a caller waited for this init: the log stream is unknown',
      'No caller waited for this init',
    ]);
  });

  test('filters of the address are asked for, each under its name', async () => {
    const page = await showTab('invocations', {
      chosen: '&status=oom&cold=true&minDurationMs=1500&tenant=acme&cursor=abc',
      answers: list([warm], 'def'),
      facts: { features: ['tenant-isolation'] },
    });
    expect(page.requested).toContain(
      `/api/v1/invocations?${RANGE}&function=111122223333%3Aeu-west-1%3Acheckout&status=oom&cold=true&minDurationMs=1500&tenant=acme&cursor=abc`,
    );
    await page.click('Older →');
    expect(page.address).toContain('&cursor=def');
    expect(page.requested.at(-1)).toContain('&cursor=def');
    await page.click('← Newest');
    expect(page.address).not.toContain('cursor');
  });

  test('a status that does not exist is not asked for', async () => {
    const { requested } = await showTab('invocations', { chosen: '&status=good&cold=maybe', answers: list([warm]) });
    expect(requested).toContain(`/api/v1/invocations?${RANGE}&function=111122223333%3Aeu-west-1%3Acheckout`);
  });

  test('a choice returns to the newest page', async () => {
    const page = await showTab('invocations', {
      chosen: '&cursor=abc',
      answers: list([warm]),
      facts: { features: ['tenant-isolation'] },
    });
    const start = `${FUNCTION_PATH}?${RANGE}&tab=invocations`;
    expect(page.text).not.toContain('Older');
    await page.fill('Status', 'timeout');
    expect(page.address).toBe(`${start}&status=timeout`);
    await page.fill('longer than', '250');
    expect(page.address).toBe(`${start}&status=timeout&minDurationMs=250`);
    await page.fill('Tenant', 'acme');
    expect(page.address).toBe(`${start}&status=timeout&minDurationMs=250&tenant=acme`);
    await page.fill('cold starts only', 'on');
    expect(page.address).toBe(`${start}&status=timeout&minDurationMs=250&tenant=acme&cold=true`);
    await page.fill('cold starts only', '');
    expect(page.address).toBe(`${start}&status=timeout&minDurationMs=250&tenant=acme`);
  });

  test('only functions with tenants offer to choose one', async () => {
    const { text } = await showTab('invocations', { answers: list([warm]) });
    expect(text).not.toContain('Tenant');
  });

  test('no match: all filters are cleared at once', async () => {
    const page = await showTab('invocations', {
      chosen: '&status=oom&cold=true&minDurationMs=1500&tenant=acme&cursor=abc',
      answers: list([]),
    });
    expect(page.text).toContain('No invocations match the filters');
    await page.click('Clear filters');
    expect(page.address).toBe(`${FUNCTION_PATH}?${RANGE}&tab=invocations`);
  });

  test('a refused filter names its field', async () => {
    const { text } = await showTab('invocations', {
      failures: {
        listInvocations: {
          code: 'invalid-request',
          errors: [{ field: 'minDurationMs', message: 'expected a number from 0' }],
        },
      },
    });
    expect(text).toContain(
      'Failed to load invocations. The request is not valid — minDurationMs: expected a number from 0. Retry',
    );
  });
});

describe('live', () => {
  /** The stream that the page opened. */
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

  const open = async (chosen: string) => {
    Stream.opened = [];
    vi.stubGlobal('EventSource', Stream);
    const page = await showTab('invocations', { chosen: `&live=1${chosen}`, answers: list([warm]) });
    const [stream] = Stream.opened;
    if (stream === undefined) throw new Error('the page opened no stream');
    return { page, stream, wait: () => vi.advanceTimersByTimeAsync(500) };
  };

  test('the state of the stream has its colour', async () => {
    const { page, stream, wait } = await open('');
    const badge = () => page.elements('span').find(({ text }) => /^connect/.test(text))?.attributes['class'];
    expect(badge()).toBe('badge ');
    stream.dispatchEvent(new Event('open'));
    await wait();
    expect(badge()).toBe('badge good');
    stream.dispatchEvent(new Event('error'));
    await wait();
    expect(badge()).toBe('badge bad');
  });

  test('the first rows are shown at once, later ones on a click', async () => {
    const { page, stream, wait } = await open('');
    expect(stream.address).toBe('/api/v1/live?function=111122223333%3Aeu-west-1%3Acheckout');
    expect(page.requested.some((address) => address.startsWith('/api/v1/invocations'))).toBe(false);
    expect(page.text).toContain('connecting … No new invocations yet. They appear here as they are stored.');
    stream.dispatchEvent(new Event('open'));
    stream.send('invocation', warm);
    await wait();
    await wait();
    expect(page.text).toContain('connected');
    expect(page.table('Invocations').map((row) => row[1])).toEqual(['Request ID', 'request-2']);
    for (let n = 3; n < 15; n += 1) stream.send('invocation', { ...warm, requestId: `request-${n}` });
    await wait();
    expect(page.table('Invocations')).toHaveLength(2);
    await page.click('12 new');
    expect(page.table('Invocations').map((row) => row[1])).toEqual([
      'Request ID',
      ...Array.from({ length: 12 }, (_, index) => `request-${14 - index}`),
      'request-2',
    ]);
    expect(page.text).not.toContain('12 new');
  });

  test('what was not sent is counted, and a broken stream is said', async () => {
    const { page, stream, wait } = await open('');
    stream.send('counts', { notSent: 0 });
    await wait();
    expect(page.text).not.toContain('not listed');
    stream.send('counts', { notSent: 12_000 });
    stream.send('counts', { notSent: 345 });
    stream.dispatchEvent(new Event('error'));
    await wait();
    expect(page.text).toContain(
      'connection lost, retrying … 12,345 invocations not listed: too many at once. All are stored.',
    );
  });

  test('status and duration are filtered here, failures and cold starts by the server', async () => {
    const { page, stream, wait } = await open('&status=error&minDurationMs=100&cold=true');
    expect(stream.address).toBe('/api/v1/live?function=111122223333%3Aeu-west-1%3Acheckout&cold=true&failed=true');
    stream.send('invocation', { ...cold, requestId: 'slow', durationMs: 100 });
    stream.send('invocation', { ...cold, requestId: 'fast', durationMs: 99.9 });
    stream.send('invocation', { ...cold, requestId: 'other', status: 'timeout' });
    await wait();
    await wait();
    expect(page.table('Invocations').map((row) => row[1])).toEqual(['Request ID', 'slow tenant acme attempt 2']);
  });

  test('successes are not asked of the server as failures; the stream ends with the page', async () => {
    const { page, stream } = await open('&status=success');
    expect(stream.address).toBe('/api/v1/live?function=111122223333%3Aeu-west-1%3Acheckout');
    expect(stream.closed).toBe(false);
    await page.click('Live');
    expect(page.address).toBe(`${FUNCTION_PATH}?${RANGE}&tab=invocations&status=success`);
    expect(stream.closed).toBe(true);
    expect(page.table('Invocations')).toHaveLength(2);
  });
});
