/** A law: sums over any split of a range equal those of the whole, in SQLite. */
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { decodeStreams } from '../../../../ingest/decode/pipeline.ts';
import type { LogEvent } from '../../../../ingest/records/log-event.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { invocation } from '../../../../test/support/firehose.ts';
import { asyncLaw } from '../../../../test/support/law.ts';
import { memoryFolder, removeFolder } from '../../../../test/support/product.ts';
import { Stores } from '../../../../test/support/stored-rows.ts';
import { ReadConnection } from '../../sqlite/read-connection.ts';
import type { ControlTables, TelemetryTables } from '../../sqlite/schema.ts';
import { aggregate } from './sqlite.ts';

const FROM = Date.UTC(2026, 10, 19);
const STEP_MS = 5 * MINUTE_MS;
const OWNER = { account: '1', region: 'eu-west-1', logGroup: '/aws/lambda/f', logStream: 'a' };
const root = memoryFolder();
const stores = new Stores(root);
afterAll(() => {
  stores.end();
  removeFolder(root);
});

/** Invocations that tie, lie on the bounds of buckets, and come late: minutes after FROM, in three days. */
const arrivals = fc.array(
  fc.record({
    // Mostly beside whole hours, where ranges are split.
    slot: fc
      .tuple(fc.integer({ min: 0, max: 71 }), fc.constantFrom(0, 0, 5, 11))
      .map(([hour, five]) => hour * 12 + five),
    offsetMs: fc.constantFrom(0, 0, 1, 149_999, STEP_MS - 51),
    stream: fc.constantFrom('a', 'b', 'c'),
  }),
  { minLength: 1, maxLength: 40 },
);
const eventsOf = (n: number, atMs: number): LogEvent[] =>
  invocation(n, atMs).map(({ message }, at) => ({
    id: `${n}-${at}`,
    timestampMs: atMs + 50 * at,
    message: String(message),
  }));
/** Where the range is split, in steps of five minutes: at whole hours, because longer ranges are extended to whole buckets. */
const cuts = fc
  .uniqueArray(fc.integer({ min: 1, max: 71 }), { maxLength: 6 })
  .map((hours) => hours.map((hour) => hour * 12));

const SUMMED = ['n', 'with_start', 'billed_ms', 'errors', 'cold_on_demand', 'user_felt'] as const;

test('sums over any split of a range equal those of the whole', async () => {
  await asyncLaw(
    fc.asyncProperty(
      arrivals,
      cuts,
      fc.constantFrom<number | null>(null, STEP_MS, HOUR_MS),
      async (given, at, widthMs) => {
        const store = stores.open();
        try {
          const streams = given.map(({ slot, offsetMs, stream }, n) => ({
            identity: { ...OWNER, logStream: stream },
            events: eventsOf(n, FROM + slot * STEP_MS + offsetMs),
          }));
          const input = { streams, unreadable: [], records: [], ignored: [] };
          store.write(decodeStreams(input, OWNER, { raw: 'all', region: '', selfLogGroups: [] }));
          const telemetry = new ReadConnection<TelemetryTables>(store.db);
          const db = { telemetry, control: new ReadConnection<ControlTables>(store.db), files: { telemetry: '' } };
          const sumsOf = async (fromStep: number, toStep: number, width: number | null) => {
            const range = { fromMs: FROM + fromStep * STEP_MS, toMs: FROM + toStep * STEP_MS };
            const query = { ...range, filters: [], groupBy: [], widthMs: width, sketch: null, quantiles: [] };
            const { groups } = await aggregate(db, query);
            const points = groups.flatMap((group) => group.points);
            return SUMMED.map((name) => points.reduce((sum, point) => sum + point.counts[name], 0));
          };
          const bounds = [0, ...at.toSorted((a, b) => a - b), 3 * 288];
          const whole = await sumsOf(0, 3 * 288, null);
          // Every invocation ends 50 ms after its start, within its slot.
          expect(whole[0]).toBe(given.length);
          expect(await sumsOf(0, 3 * 288, widthMs)).toEqual(whole);
          const parts = await Promise.all(bounds.slice(1).map((to, index) => sumsOf(bounds[index] ?? 0, to, null)));
          expect(SUMMED.map((_, column) => parts.reduce((sum, part) => sum + (part[column] ?? 0), 0))).toEqual(whole);
        } finally {
          store.close();
        }
      },
    ),
    { numRuns: 10 },
  );
});
