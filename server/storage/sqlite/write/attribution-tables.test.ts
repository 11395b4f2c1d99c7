/** What attribution leaves in its tables: each column, what is replaced, which marks stay, and what thresholds and windows change. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { NO_EVIDENCE } from '../../../../test/support/cause-evidence.ts';
import type { LogLine } from '../../../../test/support/telemetry-writer.ts';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import type { CauseEvidence } from '../../../analytics/cold-starts/cause.ts';
import type { AttributedHour, ColdStartRow } from '../../ports.ts';
import { plainParts } from '../../questions/attribution/cold-start-parts.ts';
import type { AttributionCall } from './attribution.ts';
import { AttributionTables } from './attribution.ts';

const T = Date.UTC(2026, 10, 20, 12);
const NOW = T + 5 * HOUR_MS;

const store = useTelemetryWriter('test');

/** An environment that was idle for ten minutes is not seen again. */
const evidence: CauseEvidence = { ...NO_EVIDENCE, goneIdleMs: 600_000 };
const ROW: ColdStartRow = {
  endMs: T + 500,
  requestId: Buffer.from('d661f7cf920846b985b0213b04a91065', 'hex'),
  environmentId: 21,
  seriesId: 22,
  atMs: T + 23,
  kind: 'suppressed',
  userFelt: false,
  cause: 'init-timeout',
  initMs: 12.3456,
  billedInitMs: 7.25,
  durationMs: 84.1116,
  failed: true,
  platformMs: -3.6,
  loop: 2,
  evidence,
};
const EMPTY: AttributedHour = {
  hourMs: T,
  changesSeen: 0,
  unsettled: 0,
  runs: 1,
  idleTimes: '[]',
  carryOut: '{}',
  coldStarts: plainParts([]),
  changes: [],
  errors: null,
};
const withRows = (rows: readonly ColdStartRow[], hourMs = T): AttributedHour => ({
  ...EMPTY,
  hourMs,
  coldStarts: plainParts(rows),
});

function run(call: AttributionCall): number {
  return [...new AttributionTables(store.db, store.writer).steps(call, NOW)].length;
}
const save = (functionId: number, hours: readonly AttributedHour[], nextHourMs: number | null = null) =>
  run({ name: 'saveHours', args: [functionId, { hours, nextHourMs }] });
const mark = (functionId: number, hourMs: number, changes: number) =>
  store.db.prepare('INSERT INTO dirty_slot VALUES (?, ?, ?, ?)').run(functionId, hourMs, changes, T);
/** Function, hour after T, changes, and since when (ms after T). */
const marks = () =>
  store
    .rows(
      `SELECT function_id, (slot_ms - ${T}) / ${HOUR_MS} AS hour, changes, since_ms - ${T} AS since FROM dirty_slot`,
    )
    .map(Object.values);
const ends = (functionId: number) =>
  store
    .rows('SELECT end_ms FROM cold_start WHERE function_id = ? ORDER BY 1', functionId)
    .map((row) => Number(row['end_ms']) - T);

describe('an attributed hour', () => {
  test('each column of a cold start, times in µs', () => {
    const bare = {
      endMs: T + 600,
      userFelt: true,
      initMs: null,
      billedInitMs: null,
      failed: false,
      platformMs: null,
      loop: 0,
    };
    save(5, [withRows([ROW, { ...ROW, ...bare, requestId: 'a text', kind: 'on-demand', cause: 'idle-expiry' }])]);
    const first = {
      function_id: 5,
      slot_ms: T,
      end_ms: T + 500,
      request_id: ROW.requestId,
      environment_id: 21,
      series_id: 22,
      at_ms: T + 23,
      // Kinds: on-demand, provisioned, snap-start, suppressed.
      kind: 3,
      user_felt: 0,
      // The eleventh of the causes.
      cause: 10,
      init_us: 12_346,
      init_billed: 1,
      billed_init_us: 7250,
      duration_us: 84_112,
      failed: 1,
      platform_ms: -4,
      loop: 2,
      evidence: JSON.stringify(evidence),
    };
    expect(store.rows('SELECT * FROM cold_start ORDER BY end_ms')).toEqual([
      first,
      {
        ...first,
        end_ms: T + 600,
        request_id: 'a text',
        kind: 0,
        user_felt: 1,
        cause: 7,
        init_us: null,
        init_billed: 0,
        billed_init_us: null,
        failed: 0,
        platform_ms: null,
        loop: 0,
      },
    ]);
  });

  test('each column of the hour and of its changes', () => {
    const [before, after] = [
      { configuration: '["1",128]', runtime: 'a' },
      { configuration: '["2",128]', runtime: 'b' },
    ];
    const hour = { ...EMPTY, runs: 7, idleTimes: '[1]', carryOut: '{"a":1}' };
    save(5, [{ ...hour, changes: [{ atMs: T + 9, kind: 'deploy', before, after }] }]);
    expect(store.rows('SELECT * FROM derived_slot')).toEqual([
      { function_id: 5, slot_ms: T, runs: 7, idle_times: '[1]', closing: '{"a":1}' },
    ]);
    expect(store.rows('SELECT * FROM change')).toEqual([
      {
        function_id: 5,
        slot_ms: T,
        at_ms: T + 9,
        kind: 'deploy',
        before: '{"configuration":"[\\"1\\",128]","runtime":"a"}',
        after: '{"configuration":"[\\"2\\",128]","runtime":"b"}',
      },
    ]);
  });

  test('takes the place of its earlier results; other hours and functions stay', () => {
    const kind = { configuration: '["1",128]', runtime: 'a' };
    const change = (atMs: number) => ({ atMs, kind: 'deploy', before: kind, after: kind }) as const;
    for (const functionId of [5, 6])
      save(functionId, [
        { ...withRows([ROW]), changes: [change(T + 1)] },
        { ...withRows([{ ...ROW, endMs: T + HOUR_MS }], T + HOUR_MS), changes: [change(T + HOUR_MS)] },
      ]);
    save(5, [{ ...withRows([{ ...ROW, endMs: T + 700 }]), changes: [change(T + 2)] }]);
    expect([ends(5), ends(6)]).toEqual([
      [700, HOUR_MS],
      [500, HOUR_MS],
    ]);
    const changed = (functionId: number) =>
      store
        .rows('SELECT at_ms FROM change WHERE function_id = ? ORDER BY 1', functionId)
        .map((row) => Number(row['at_ms']) - T);
    expect([changed(5), changed(6)]).toEqual([
      [2, HOUR_MS],
      [1, HOUR_MS],
    ]);
  });

  test('with more than 2,000 cold starts takes their place as well, and keeps its mark until all of them are stored', () => {
    const many = (n: number) => Array.from({ length: n }, (_, at) => ({ ...ROW, endMs: T + at }));
    mark(5, T, 1);
    save(5, [{ ...withRows([{ ...ROW, endMs: T + 9000 }]), changesSeen: 0 }]);
    const rows = many(2001);
    const coldStarts = { n: 2001, parts: [rows.slice(0, 2000), rows.slice(2000)] };
    const args = [5, { hours: [{ ...EMPTY, coldStarts, changesSeen: 1 }], nextHourMs: null }] as const;
    const left: unknown[] = [];
    for (const _ of new AttributionTables(store.db, store.writer).steps({ name: 'saveHours', args: [...args] }, NOW))
      left.push([ends(5).length, marks().length]);
    expect(left).toEqual([
      [0, 1],
      [2000, 1],
      [2001, 1],
      [2001, 0],
    ]);
    // 2,000 are stored in one step.
    expect(save(6, [withRows(many(2000))])).toBe(1);
  });

  test.each([
    ['1,000 cold starts together', [500, 500], 1],
    ['one more', [500, 501], 2],
    ['a large one begins anew', [600, 600, 400], 2],
  ])('hours are stored together with up to %s', (_, counts, steps) => {
    const hours = counts.map((n, at) =>
      withRows(
        Array.from({ length: n }, (_row, row) => ({ ...ROW, endMs: T + row })),
        T + at * HOUR_MS,
      ),
    );
    expect(save(5, hours)).toBe(steps);
    expect(ends(5)).toHaveLength(counts.reduce((sum, n) => sum + n, 0));
  });

  test('without invocations leaves nothing', () => {
    save(5, [EMPTY, { ...EMPTY, hourMs: T + HOUR_MS }]);
    save(6, [EMPTY]);
    save(5, [{ ...EMPTY, runs: 0 }]);
    expect(store.rows(`SELECT function_id, slot_ms - ${T} AS ms FROM derived_slot`).map(Object.values)).toEqual([
      [5, HOUR_MS],
      [6, 0],
    ]);
  });

  test.each([
    ['all changes were seen', 5, 5, 0, []],
    ['two came since it was read', 5, 3, 0, [[5, 0, 2, 0]]],
    ['four invocations were too recent', 5, 5, 4, [[5, 0, 4, 5 * HOUR_MS]]],
    ['both', 5, 3, 4, [[5, 0, 6, 0]]],
  ])('its mark: %s', (_, changes, changesSeen, unsettled, expected) => {
    mark(5, T, changes);
    mark(5, T + HOUR_MS, 1);
    mark(6, T, 1);
    save(5, [{ ...EMPTY, changesSeen, unsettled }]);
    expect(marks()).toEqual([...expected, [5, 1, 1, 0], [6, 0, 1, 0]]);
  });

  test('the next hour is marked if what is carried into it changed', () => {
    save(5, [EMPTY], T + HOUR_MS);
    expect(marks()).toEqual([[5, 1, 1, 5 * HOUR_MS]]);
  });
});

describe('an idle window', () => {
  const window = { ms: 300_000, surelyMs: 200_000, estimated: true };
  const windows = () => store.rows('SELECT * FROM idle_window ORDER BY function_id');
  const causes = (functionId: number) =>
    store
      .rows('SELECT cause FROM cold_start WHERE function_id = ? ORDER BY end_ms', functionId)
      .map(({ cause }) => cause);

  test('each column; a newer one takes its place', () => {
    const other = { ms: 100, surelyMs: 0, estimated: false };
    run({
      name: 'saveIdleWindows',
      args: [
        [
          { functionId: 5, window: null, source: 'fleet' },
          { functionId: 6, window, source: 'own' },
          { functionId: 7, window: other, source: 'own' },
        ],
      ],
    });
    const none = { function_id: 5, window_ms: null, surely_ms: 0, estimated: 0, source: 'fleet' };
    expect(windows()).toEqual([
      none,
      { function_id: 6, window_ms: 300_000, surely_ms: 200_000, estimated: 1, source: 'own' },
      { function_id: 7, window_ms: 100, surely_ms: 0, estimated: 0, source: 'own' },
    ]);
    run({ name: 'saveIdleWindows', args: [[{ functionId: 6, window: null, source: 'fleet' }]] });
    expect(windows()[1]).toEqual({ ...none, function_id: 6 });
  });

  test('decides causes of cold starts on demand of its function, and of no others', () => {
    const unknown = { ...ROW, kind: 'on-demand', cause: 'unknown' } as const;
    for (const functionId of [5, 6])
      save(functionId, [
        withRows([unknown, { ...unknown, kind: 'suppressed', endMs: T + 600 }]),
        withRows([{ ...unknown, endMs: T + HOUR_MS }], T + HOUR_MS),
      ]);
    run({ name: 'saveIdleWindows', args: [[{ functionId: 5, window, source: 'own' }]] });
    // Idle for ten minutes, longer than the window of five: idle-expiry, the eighth cause; 9 is unknown.
    expect([causes(5), causes(6)]).toEqual([
      [7, 9, 7],
      [9, 9, 9],
    ]);
    // Idle for no longer than the 600,000 ms up to which most were recycled: recycle, the ninth.
    const longer = { ms: 900_000, surelyMs: 600_000, estimated: true };
    run({ name: 'saveIdleWindows', args: [[{ functionId: 5, window: longer, source: 'own' }]] });
    expect(causes(5)).toEqual([8, 9, 8]);
  });

  test('a cold start whose evidence cannot be read keeps its cause', () => {
    const unknown = { ...ROW, kind: 'on-demand', cause: 'unknown' } as const;
    save(5, [withRows([unknown, { ...unknown, endMs: T + 600 }])]);
    store.db.exec(`UPDATE cold_start SET evidence = '{' WHERE end_ms = ${T + 500}`);
    run({ name: 'saveIdleWindows', args: [[{ functionId: 5, window, source: 'own' }]] });
    expect(causes(5)).toEqual([9, 7]);
    expect(windows()).toHaveLength(1);
  });
});

describe('a proactive threshold', () => {
  const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  /** An environment whose init of 100 ms ended `gapMs` before START. */
  const cold = (n: number, gapMs: number): readonly LogLine[] => [
    [T, 'INIT_START Runtime Version: nodejs:22.v35\tRuntime Version ARN: arn:x\n'],
    [T + 100 + gapMs, `START RequestId: ${id(n)} Version: 3\n`],
    [
      T + 110 + gapMs,
      `REPORT RequestId: ${id(n)}\tDuration: 10.00 ms\tBilled Duration: 10 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\tInit Duration: 100.00 ms\t\n`,
    ],
  ];
  const felt = () => store.rows('SELECT user_felt FROM invocation ORDER BY end_ms').map((row) => row['user_felt']);
  const move = (limitMs: number) =>
    run({ name: 'saveProactiveThresholds', args: [[{ functionId: Number(store.functionId('f')), limitMs }]] });

  test('inits that ended longer before START are proactive: no caller waited', () => {
    // Without one, the threshold is 1,000 ms.
    for (const [n, gapMs] of [999, 1000, 1001, 4999, 5000, 5001, 9000].entries())
      store.deliver('/aws/lambda/f', `s${n}`, cold(n, gapMs), T);
    expect(felt()).toEqual([1, 1, 0, 0, 0, 0, 0]);
    const sums = () => store.rows('SELECT cold_on_demand AS n, user_felt AS felt FROM rollup_1d');
    expect(sums()).toEqual([{ n: 7, felt: 2 }]);
    store.db.exec('DELETE FROM dirty_slot');
    move(5000);
    expect([felt(), sums()]).toEqual([[1, 1, 1, 1, 1, 0, 0], [{ n: 7, felt: 5 }]]);
    expect(store.rows('SELECT proactive_gap_ms AS ms FROM function')).toEqual([{ ms: 5000 }]);
    // The hour of those that changed is to be attributed again.
    expect(marks().map(([, hour]) => hour)).toEqual([0]);
    move(1000);
    expect([felt(), sums()]).toEqual([[1, 1, 0, 0, 0, 0, 0], [{ n: 7, felt: 2 }]]);
  });

  test('applies to what comes later, of its function', () => {
    store.deliver('/aws/lambda/f', 'a', cold(1, 3000), T);
    move(5000);
    store.deliver('/aws/lambda/f', 'b', cold(2, 3001), T);
    store.deliver('/aws/lambda/g', 'c', cold(3, 3002), T);
    expect(felt()).toEqual([1, 1, 0]);
  });
});
