/** The body of `POST /ingest/pull`: each field, what is expected of it, and what is read. */
import { describe, expect, test } from 'vitest';
import { GROUP, START, STREAM, T } from '../../test/support/export-forms.ts';
import { readPulledPage } from './pulled-page.ts';

const CHECKPOINT = {
  account: '123456789012',
  region: 'eu-west-1',
  logGroup: GROUP,
  mode: 'poll',
  watermarkMs: T,
  scan: null,
  wideMs: null,
  state: 'ok',
  message: null,
  events: 5,
  updatedMs: T + 1,
};
const SCAN = { fromMs: T - 2, toMs: T, nextToken: 'abc', newestMs: T - 1, wide: true, filtered: true };
const EVENT = { logStreamName: STREAM, timestamp: T, message: START, eventId: '7' };
const read = (checkpoint: unknown, events: unknown = [EVENT]) =>
  readPulledPage(Buffer.from(JSON.stringify({ checkpoint, events })));
const checkpointOf = (change: object) => {
  const found = read({ ...CHECKPOINT, ...change });
  return found.ok ? found.checkpoint : found.message;
};

test('a page is read with its checkpoint', () => {
  const identity = { account: '123456789012', region: 'eu-west-1', logGroup: GROUP, logStream: STREAM };
  expect(read(CHECKPOINT)).toEqual({
    ok: true,
    checkpoint: CHECKPOINT,
    given: {
      streams: [{ identity, events: [{ id: '7', timestampMs: T, message: START }] }],
      unreadable: [],
      records: [],
      ignored: [],
      converted: 0,
      errors: true,
    },
  });
});

describe('the checkpoint', () => {
  test.each<[string, object, object]>([
    ['every mode', { mode: 'backfill' }, { mode: 'backfill' }],
    ...['ok', 'throttled', 'gone', 'denied', 'credentials', 'unsupported', 'error'].map(
      (state): [string, object, object] => [`the state ${state}`, { state }, { state }],
    ),
    ['a message', { message: 'a\ud800b' }, { message: 'a\ufffdb' }],
    ['a message that is no text', { message: 5 }, { message: null }],
    ['times that are absent', { watermarkMs: undefined, wideMs: undefined }, { watermarkMs: null, wideMs: null }],
    ['a time of reconciliation', { wideMs: T }, { wideMs: T }],
    ['the first time', { watermarkMs: 0, updatedMs: 0, events: 0 }, { watermarkMs: 0, updatedMs: 0, events: 0 }],
    ['the last time', { watermarkMs: 8.64e15 }, { watermarkMs: 8.64e15 }],
    ['surrogates in names', { logGroup: '/a\ud800' }, { logGroup: '/a\ufffd' }],
    ['a scan', { scan: SCAN }, { scan: SCAN }],
    [
      'a scan of little',
      { scan: { fromMs: 1, toMs: 2 } },
      { scan: { fromMs: 1, toMs: 2, nextToken: null, newestMs: null, wide: false, filtered: false } },
    ],
    [
      'a scan of flags that are no booleans',
      { scan: { ...SCAN, wide: 'true', filtered: 1, nextToken: 5 } },
      { scan: { ...SCAN, wide: false, filtered: false, nextToken: null } },
    ],
    ['no scan', { scan: undefined }, { scan: null }],
  ])('%s', (_, given, expected) => {
    expect(checkpointOf(given)).toEqual({ ...CHECKPOINT, ...expected });
  });

  const TIME = 'a time in epoch milliseconds, without fraction';
  const SCAN_ERROR = 'checkpoint.scan: expected null, or fromMs, toMs, nextToken, newestMs, wide and filtered';
  test.each<[object, string]>([
    [{ watermarkMs: -1 }, `checkpoint.watermarkMs: expected null or ${TIME}`],
    [{ watermarkMs: 1.5 }, `checkpoint.watermarkMs: expected null or ${TIME}`],
    [{ watermarkMs: '5' }, `checkpoint.watermarkMs: expected null or ${TIME}`],
    [{ watermarkMs: 8.64e15 + 1 }, `checkpoint.watermarkMs: expected null or ${TIME}`],
    [{ wideMs: -1 }, `checkpoint.wideMs: expected null or ${TIME}`],
    [{ updatedMs: null }, `checkpoint.updatedMs: expected ${TIME}`],
    [{ updatedMs: -1 }, `checkpoint.updatedMs: expected ${TIME}`],
    [{ events: -1 }, 'checkpoint.events: expected a whole number'],
    [{ events: 1.5 }, 'checkpoint.events: expected a whole number'],
    [{ events: '5' }, 'checkpoint.events: expected a whole number'],
    [{ account: 5 }, 'checkpoint.account: expected a string'],
    [{ region: null }, 'checkpoint.region: expected a string'],
    [{ logGroup: undefined }, 'checkpoint.logGroup: expected a string'],
    [{ mode: 'push' }, 'checkpoint.mode: expected poll or backfill'],
    [
      { state: 'fine' },
      'checkpoint.state: expected one of ok, throttled, gone, denied, credentials, unsupported, error',
    ],
    [{ scan: 'x' }, SCAN_ERROR],
    [{ scan: [] }, SCAN_ERROR],
    [{ scan: { ...SCAN, fromMs: null } }, SCAN_ERROR],
    [{ scan: { ...SCAN, toMs: -1 } }, SCAN_ERROR],
    [{ scan: { ...SCAN, newestMs: 1.5 } }, SCAN_ERROR],
  ])('%j is refused', (change, message) => {
    expect(checkpointOf(change)).toBe(message);
  });

  test.each([null, [], 'x', undefined])('%j is none', (checkpoint) => {
    expect(read(checkpoint)).toEqual({ ok: false, message: 'checkpoint: expected an object' });
  });
});

describe('the body', () => {
  test('that is no JSON, or has no list of events', () => {
    expect(readPulledPage(Buffer.from('{'))).toEqual({ ok: false, message: 'body: not valid JSON' });
    expect(readPulledPage(Buffer.from('5'))).toEqual({ ok: false, message: 'checkpoint: expected an object' });
    expect(read(CHECKPOINT, {})).toEqual({ ok: false, message: 'events: expected an array' });
  });

  test('that is nested too deep states the limit', () => {
    const body = Buffer.from(`${'['.repeat(300)}${' '.repeat(1000)}${']'.repeat(300)}`);
    expect(readPulledPage(body)).toMatchObject({ ok: false, limit: 'json-nested-too-deep' });
    expect(readPulledPage(body)).toMatchObject({
      message: expect.stringMatching(/^body: JSON nested 257 levels deep/),
    });
  });
});

describe('events', () => {
  const given = (...events: readonly unknown[]) => {
    const found = read(CHECKPOINT, events);
    if (!found.ok) throw new Error(found.message);
    return found.given;
  };

  test('are grouped by stream, in order', () => {
    const other = { ...EVENT, logStreamName: 'other' };
    expect(given(EVENT, other, { ...EVENT, eventId: undefined, message: 'a\ud800b' }).streams).toMatchObject([
      { identity: { logStream: STREAM }, events: [{ id: '7' }, { id: '', message: 'a\ufffdb' }] },
      { identity: { logStream: 'other' }, events: [{ id: '7' }] },
    ]);
  });

  test.each([
    [null, 'pulled-event-incomplete'],
    ['x', 'pulled-event-incomplete'],
    [{ ...EVENT, message: undefined }, 'pulled-event-incomplete'],
    [{ ...EVENT, message: {} }, 'pulled-event-incomplete'],
    [{ ...EVENT, timestamp: undefined }, 'pulled-event-incomplete'],
    [{ ...EVENT, timestamp: String(T) }, 'pulled-event-incomplete'],
    [{ ...EVENT, logStreamName: 5 }, 'pulled-event-incomplete'],
    [{ ...EVENT, timestamp: 5 }, 'timestamp-impossible'],
  ])('%j: %s', (event, reason) => {
    const found = given(event, EVENT);
    expect(found.unreadable).toEqual([{ reason, text: JSON.stringify(event) }]);
    expect(found.streams.flatMap(({ events }) => events)).toHaveLength(1);
  });

  test('with times in seconds are counted', () => {
    expect(given({ ...EVENT, timestamp: T / 1000 }, EVENT).converted).toBe(1);
  });
});

describe('points of metrics', () => {
  const POINT = {
    namespace: 'AWS/Lambda',
    metric_name: 'Throttles',
    dimensions: { FunctionName: 'checkout' },
    timestamp: T,
    value: { count: 4, sum: 3, min: 0, max: 2 },
  };
  const points = (metrics: unknown, change: object = {}) => {
    const body = { checkpoint: { ...CHECKPOINT, ...change }, events: [], metrics };
    const page = readPulledPage(Buffer.from(JSON.stringify(body)));
    return page.ok ? page.given : page.message;
  };

  test('are read with account and region of the checkpoint', () => {
    expect(points([POINT])).toMatchObject({
      streams: [],
      unreadable: [],
      records: [
        {
          record: {
            kind: 'metric-statistics',
            source: 'pull',
            account: '123456789012',
            region: 'eu-west-1',
            namespace: 'AWS/Lambda',
            name: 'Throttles',
            unit: null,
            dimensions: [['FunctionName', 'checkout']],
            startMs: T,
            periodMs: 60_000,
            count: 4,
            sum: 3,
            min: 0,
            max: 2,
            percentiles: null,
          },
        },
      ],
    });
  });

  test('an account that is not known is null', () => {
    expect(points([POINT], { account: '' })).toMatchObject({ records: [{ record: { account: null } }] });
  });

  test('one that cannot be read leaves the others', () => {
    const given = points([7, { ...POINT, value: { count: 1 } }, { ...POINT, value: { count: -1, sum: 1 } }, POINT]);
    expect(given).toMatchObject({
      unreadable: [
        { reason: 'metric-without-name', text: '7' },
        { reason: 'metric-without-value' },
        { reason: 'metric-value-impossible' },
      ],
      records: [{ record: { sum: 3 } }],
    });
  });

  test('other statistics are counted', () => {
    const given = points([{ ...POINT, value: { ...POINT.value, tm99: 1 } }]);
    expect(given).toMatchObject({ ignored: [['metric-statistic', 1]], records: [{ record: { sum: 3 } }] });
  });

  test('must be a list', () => {
    expect(points({})).toBe('metrics: expected an array');
  });
});
