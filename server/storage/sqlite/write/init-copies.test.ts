/** Copies of one line about an init: with or without its log stream, with its exact time or one that is cut to the second. */
import { describe, expect, test } from 'vitest';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import type { InitEvent } from '../../../../ingest/records/stream-events.ts';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { isLessComplete } from './init-events.ts';

const T = Date.UTC(2026, 10, 20, 12);
const STREAM = '2026/11/20/[3]0123456789abcdef0123456789abcdef';
const OTHER = '2026/11/20/[3]00000000000000000000000000000000';

const store = useTelemetryWriter('test');
const give = (logStream: string, ms: number, change: Partial<InitEvent> = {}): number => {
  const init: InitEvent = {
    stream: 0,
    kind: 'init-report',
    atMs: T + ms,
    durationMs: 10,
    phase: 'init',
    status: null,
    errorType: null,
    initializationType: null,
    runtimeVersion: null,
    runtimeVersionArn: null,
    ...change,
  };
  const header = { account: '111122223333', region: 'us-east-1', logGroup: '/aws/lambda/f', functionName: 'f' };
  const streams = [{ ...header, logStream, nameInferred: false, version: '3' }];
  return store.apply({ ...EMPTY_BATCH, streams, inits: [init] }, T).accepted;
};
const rows = () =>
  store.rows(
    `SELECT iif(environment_id > 0, log_stream, '') AS stream, at_ms - ${T} AS ms FROM init_event
     JOIN environment ON environment.id = environment_id ORDER BY 1, 2`,
  );

const COPIES = [
  [STREAM, 123],
  [STREAM, 0],
  ['', 123],
  ['', 0],
] as const;
type Copy = (typeof COPIES)[number];
const orders: readonly (readonly Copy[])[] = [
  ...COPIES.map((one) => [one]),
  ...COPIES.flatMap((one) => COPIES.map((two) => [one, two])),
  ...COPIES.flatMap((one) => COPIES.flatMap((two) => COPIES.map((three) => [one, two, three]))),
];
const nameOf = (copies: readonly Copy[]): string =>
  copies
    .map(([stream, ms]) => `${stream === '' ? 'without' : 'with'} stream, ${ms === 0 ? 'cut' : 'exact'}`)
    .join('; ');

test.each(orders.map((copies) => [nameOf(copies), copies] as const))('one line is stored: %s', (_, copies) => {
  const accepted = copies.map(([stream, ms]) => give(stream, ms));
  expect(rows()).toEqual([
    { stream: copies.some(([stream]) => stream !== '') ? STREAM : '', ms: Math.max(...copies.map(([, ms]) => ms)) },
  ]);
  expect(accepted).toEqual(copies.map((_one, at) => (at === 0 ? 1 : 0)));
});

describe('other lines', () => {
  test.each([
    ['another second', { atMs: T + 1123 }],
    ['another millisecond', { atMs: T + 124 }],
    ['the second after, cut', { atMs: T + 1000 }],
    ['the second before, cut', { atMs: T - 1000 }],
    ['another kind', { kind: 'restore-report' }],
  ] as const)('%s', (_, change) => {
    for (const [first, second] of [
      [STREAM, STREAM],
      [STREAM, ''],
      ['', STREAM],
      ['', ''],
    ] as const) {
      store.clear();
      expect([give(first, 123), give(second, 123, change)]).toEqual([1, 1]);
      expect(rows()).toHaveLength(2);
    }
  });

  test.each([11, null])('a duration of %s in another place', (durationMs) => {
    for (const [first, second] of [
      [STREAM, ''],
      ['', STREAM],
    ] as const) {
      store.clear();
      expect([give(first, 123), give(second, 123, { durationMs })]).toEqual([1, 1]);
      expect(rows()).toHaveLength(2);
    }
  });

  test('of two environments at one time are two, and a copy without a stream is one of them', () => {
    expect([give(STREAM, 123), give(OTHER, 123), give('', 123)]).toEqual([1, 1, 0]);
    expect(rows()).toEqual([
      { stream: OTHER, ms: 123 },
      { stream: STREAM, ms: 123 },
    ]);
  });

  test('the last millisecond of a second belongs to it, and none of the next', () => {
    expect([give(STREAM, 999), give(STREAM, 0), give(STREAM, 1000)]).toEqual([1, 0, 1]);
    expect(rows().map(({ ms }) => ms)).toEqual([999, 1000]);
  });
});

test.each([
  ['the same place and time', [5, 123], [5, 123], true],
  ['its time cut', [5, 0], [5, 123], true],
  ['its time exact', [5, 123], [5, 0], false],
  ['without its stream', [-3, 123], [5, 123], true],
  ['without its stream, cut', [-3, 0], [5, 123], true],
  ['without its stream, exact', [-3, 123], [5, 0], false],
  ['of another environment', [6, 123], [5, 123], false],
  ['of another environment, cut', [6, 0], [5, 123], false],
  ['of another second, cut', [5, 0], [5, 1123], false],
] as const)('a copy with %s', (_, [environmentId, ms], [ofId, ofMs], isLess) => {
  const found = isLessComplete({ environmentId, atMs: T + ms }, { environmentId: ofId, atMs: T + ofMs });
  expect(found).toBe(isLess);
});
