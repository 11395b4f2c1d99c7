/**
 * Law: every rollup is a recount of the stored rows, after any sequence of deliveries in any order, with repetitions, late lines,
 * undone imports and deleted functions. The recount is plain SQL over `invocation`.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { law } from '../../../../test/support/law.ts';
import type { LogLine, StoredRow } from '../../../../test/support/telemetry-writer.ts';
import { delivery, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { deletionSteps } from './deletion.ts';
import { ImportJournal } from './import-journal.ts';
import { undoSteps } from './import-undo.ts';

const T = Date.UTC(2026, 10, 20, 23, 50);
const WIDTHS = { rollup_5m: 5 * MINUTE_MS, rollup_1h: HOUR_MS, rollup_1d: DAY_MS } as const;

const store = useTelemetryWriter('file');
let runs = 0;

/** Sums of the rows of each series and bucket. Statuses 1 to 4: timeout, error, out of memory, exit. */
const recount = (widthMs: number): string => `
  SELECT function_id, series_id, end_ms / ${widthMs} * ${widthMs} AS bucket, count(*) AS n, count(run_ms) AS with_start,
    sum(status = 1) AS timeouts, sum(status = 2) AS errors, sum(status = 3) AS ooms, sum(status = 4) AS exits,
    sum(cold IS 0) AS cold_on_demand, sum(cold IS 1) AS cold_provisioned, sum(cold IS 2) AS cold_snap_start,
    sum(cold IS 3) AS cold_suppressed, sum(cold IS 4) AS cold_managed_instance,
    sum(cold IS NOT NULL AND user_felt IS 1) AS user_felt, sum(ifnull(billed_ms, 0)) AS billed_ms,
    sum(CASE WHEN cold IS NOT NULL AND user_felt IS 1
        THEN ifnull(init_us, 0) + ifnull(restore_us, 0) + ifnull(hidden_init_us, 0) ELSE 0 END) AS felt_init_us,
    sum(CASE WHEN status > 0 THEN ifnull(billed_ms, 0) ELSE 0 END) AS failed_billed_ms,
    sum(environment_id <= 0) AS unplaced, sum(environment_id <= 0 AND cold IS NOT NULL) AS unplaced_cold
  FROM invocation GROUP BY function_id, series_id, bucket ORDER BY function_id, series_id, bucket`;

const stored = (table: string): string => `
  SELECT function_id, series_id, bucket, n, with_start, timeouts, errors, ooms, exits, cold_on_demand, cold_provisioned,
    cold_snap_start, cold_suppressed, cold_managed_instance, user_felt, billed_ms, felt_init_us, failed_billed_ms, unplaced,
    unplaced_cold
  FROM ${table} ORDER BY function_id, series_id, bucket`;

function expectRecount(): void {
  for (const [table, widthMs] of Object.entries(WIDTHS)) {
    expect([table, store.rows(stored(table))]).toEqual([table, store.rows(recount(widthMs))]);
    for (const row of store.rows(`SELECT function_id, series_id, bucket, max_memory_mb, duration FROM ${table}`))
      expectSketch(row, widthMs);
  }
}

function expectSketch({ function_id, series_id, bucket, max_memory_mb, duration }: StoredRow, widthMs: number): void {
  const rows = store.rows(
    `SELECT duration_us / 1000.0 AS ms, max_memory_mb AS mb FROM invocation
     WHERE function_id = ? AND series_id = ? AND end_ms >= ? AND end_ms < ? ORDER BY duration_us`,
    function_id,
    series_id,
    bucket,
    Number(bucket) + widthMs,
  );
  // A row that moved to another bucket leaves its memory behind: the greatest use may be of an earlier state of the row.
  expect(Number(max_memory_mb)).toBeGreaterThanOrEqual(Math.max(...rows.map(({ mb }) => Number(mb))));
  const sketch = new Sketch();
  sketch.mergeEncoded(duration as Uint8Array);
  expect(sketch.count).toBe(rows.length);
  const [least, greatest] = sketch.quantiles([0, 1]);
  for (const [value, exact] of [
    [least, rows.at(0)?.['ms']],
    [greatest, rows.at(-1)?.['ms']],
  ])
    expect(Math.abs(Number(value) - Number(exact))).toBeLessThanOrEqual(0.0101 * Number(exact) + 1e-9);
}

const invocation = fc.record({
  stream: fc.constantFrom('a', 'b', ''),
  afterMs: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 2 * HOUR_MS })),
  durationMs: fc.integer({ min: 1, max: 9000 }),
  /** Init before START that Duration includes. */
  hiddenMs: fc.oneof(fc.constant(0), fc.integer({ min: 6, max: 2000 })),
  memoryMb: fc.constantFrom(128, 256),
  usedMb: fc.integer({ min: 30, max: 128 }),
  ending: fc.constantFrom(
    '',
    '',
    'Init Duration: 120.50 ms\t',
    'Restore Duration: 90.25 ms\tBilled Restore Duration: 80 ms\t',
    'Status: timeout\t',
    'Status: error\tError Type: Runtime.ExitError\t',
    'Status: error\tError Type: Runtime.UserCodeSyntaxError\t',
  ),
  fault: fc.constantFrom(
    null,
    null,
    'Task timed out after 3.00 seconds',
    'Error: Runtime exited with error: exit status 1',
  ),
});

const plan = fc.record({
  runs: fc.array(invocation, { minLength: 1, maxLength: 8 }),
  /** Order of arrival; which lines come again; which come by an import that is undone. */
  order: fc.array(fc.record({ at: fc.nat(), again: fc.boolean(), cut: fc.boolean(), isImported: fc.boolean() }), {
    minLength: 24,
    maxLength: 24,
  }),
  end: fc.constantFrom('nothing', 'undo', 'deletion'),
});

const requestId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

type Placed = readonly [stream: string, line: LogLine];

function linesOf(drawn: readonly (typeof invocation extends fc.Arbitrary<infer T> ? T : never)[]): readonly Placed[] {
  let atMs = T;
  return drawn.flatMap((one, n): Placed[] => {
    const startMs = atMs + one.afterMs + one.hiddenMs;
    const endMs = startMs + one.durationMs;
    atMs = endMs;
    const id = requestId(n);
    const { stream, memoryMb, usedMb, ending, fault } = one;
    const durationMs = one.durationMs + one.hiddenMs;
    return [
      [stream, [startMs, `START RequestId: ${id} Version: 1\n`]],
      ...(fault === null ? [] : [[stream, [endMs - 1, `RequestId: ${id} ${fault}\n`]] as const]),
      [
        stream,
        [
          endMs,
          `REPORT RequestId: ${id}\tDuration: ${durationMs}.00 ms\tBilled Duration: ${durationMs} ms\tMemory Size: ${memoryMb} MB\tMax Memory Used: ${usedMb} MB\t${ending}\n`,
        ],
      ],
    ];
  });
}

function deliver(journal: ImportJournal, group: string, lines: readonly Placed[], importId: string | null): void {
  for (const stream of new Set(lines.map(([name]) => name))) {
    const own = lines.filter(([name]) => name === stream).map(([, line]) => line);
    const decoded = delivery(group, stream === '' ? 'unknown' : stream, own);
    const batch =
      stream === '' ? { ...decoded, streams: decoded.streams.map((one) => ({ ...one, logStream: '' })) } : decoded;
    const source =
      importId === null
        ? ({ kind: 'logs', name: 'law' } as const)
        : ({ kind: 'import', name: 'file', importId } as const);
    store.db.transaction(() => {
      const isFollowed = journal.concerns(batch, source);
      if (isFollowed) journal.before(batch, source, T);
      const outcome = store.writer.apply(batch, source, T);
      store.writer.flush(T);
      if (isFollowed) journal.after(batch, source, outcome, T);
    })();
  }
}

/** What is stored of a function's invocations, but for ids. */
const rowsOf = (name: string): readonly StoredRow[] =>
  store.rows(
    `SELECT end_ms, hex(request_id) AS request_id, log_stream, series.version, series.memory_mb, run_ms, duration_us, billed_ms,
       invocation.max_memory_mb, status, cold, user_felt, invocation.init_us, restore_us, hidden_init_us, label.text
     FROM invocation JOIN function ON function.id = invocation.function_id JOIN series ON series.id = series_id
       JOIN environment ON environment.id = environment_id LEFT JOIN label ON label.id = error_type_id
     WHERE function.name = ? ORDER BY end_ms, request_id, log_stream`,
    name,
  );

test('rollups are a recount of the rows', () => {
  const journal = new ImportJournal(store.db);
  const seen = new Set<string>();
  law(
    fc.property(plan, ({ runs: drawn, order, end }) => {
      runs += 1;
      const importId = `import-${runs}`;
      const deliveries: { readonly isImported: boolean; readonly lines: Placed[] }[] = [];
      const draw = (at: number) => order[at % order.length] ?? { at: 0, again: false, cut: false, isImported: false };
      const arrivals = linesOf(drawn)
        .flatMap((line, at) => (draw(at).again ? [line, line] : [line]))
        .map((line, at) => ({ line, ...draw(at) }))
        .toSorted((a, b) => a.at - b.at);
      for (const { line, cut, isImported } of arrivals) {
        if (cut || deliveries.length === 0) deliveries.push({ isImported: isImported && end === 'undo', lines: [] });
        deliveries.at(-1)?.lines.push(line);
      }
      for (const { isImported, lines } of deliveries) {
        deliver(journal, `/aws/lambda/f${runs}`, lines, isImported ? importId : null);
        if (end === 'undo' && !isImported) deliver(journal, `/aws/lambda/without-import-${runs}`, lines, null);
      }
      for (const { kind } of store.rows('SELECT DISTINCT ifnull(cold, -1) AS kind FROM invocation'))
        seen.add(String(kind));
      expectRecount();
      const [{ id } = {}] = store.rows('SELECT id FROM function WHERE name = ?', `f${runs}`);
      if (end === 'undo') {
        for (const _ of undoSteps(store.db, store.writer, journal, importId, T));
        expect(rowsOf(`f${runs}`)).toEqual(rowsOf(`without-import-${runs}`));
        const isKnown = store.rows('SELECT 1 FROM function WHERE name = ?', `f${runs}`).length > 0;
        expect(isKnown).toBe(deliveries.some((one) => !one.isImported));
      }
      if (end === 'deletion') {
        const hooks = { merged: () => undefined, forget: () => store.writer.reset() };
        for (const _ of deletionSteps(store.db, { functionIds: [Number(id)] }, hooks));
      }
      expectRecount();
      if (end === 'deletion') {
        const left = Object.keys(WIDTHS).map((table) => store.rows(`SELECT 1 FROM ${table} WHERE function_id = ?`, id));
        expect(left).toEqual([[], [], []]);
      }
      // The next plan begins with an empty store, so that a recount stays small.
      store.db.exec('DELETE FROM invocation; DELETE FROM rollup_5m; DELETE FROM rollup_1h; DELETE FROM rollup_1d');
    }),
    { numRuns: 25 },
  );
  // The law says nothing about kinds that are never drawn: warm, on demand, SnapStart, suppressed.
  expect([...seen].toSorted()).toEqual(['-1', '0', '2', '3']);
});
