/**
 * An event counts once, however it comes (docs/decisions/0020). Law: any ways that deliver the same events, in any order, in
 * any pieces, repeated and with restarts between, leave the same rows as the best of them alone.
 */
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Run } from '../support/invocation-events.ts';
import { jsonEvents, run, textEvents } from '../support/invocation-events.ts';
import { law } from '../support/law.ts';
import { AT, best, deliver, linesOf, piece, WAY_NAMES } from '../support/pieces.ts';
import { memoryFolder, removeFolder } from '../support/product.ts';
import { rowsOf, Stores } from '../support/stored-rows.ts';

const root = memoryFolder();
const stores = new Stores(root);
afterAll(() => {
  stores.end();
  removeFolder(root);
});

const delivery = fc.record({
  way: fc.constantFrom(...WAY_NAMES),
  /** A prefix that was delivered before the whole, as a sender repeats what it does not know to be stored. */
  before: fc.option(fc.nat(100), { freq: 2 }),
  restart: fc.boolean(),
});

type Delivery = typeof delivery extends fc.Arbitrary<infer D> ? D : never;

/** A successful warm run in the first environment. */
const PLAIN_RUN: Run = {
  environment: 0,
  gapMs: 5,
  durationMs: 1,
  cold: false,
  ends: 'success',
  retries: 0,
  failedInit: false,
  extension: false,
  reported: true,
};

/** A row with its end truncated to the second, placed by an exact START, must still meet its exact REPORT. */
const CUT_THEN_START: [Run[], Delivery[]] = [
  [{ ...PLAIN_RUN, gapMs: 5, durationMs: 872.01 }],
  [
    { way: 'shortTail', before: null, restart: false },
    { way: 'push', before: 34, restart: false },
    { way: 'push', before: null, restart: false },
  ],
];

/** Exact times can be whole seconds: the cut copy of such a row brings nothing. */
const EXACT_AT_A_SECOND: [Run[], Delivery[]] = [
  [
    { ...PLAIN_RUN, gapMs: 898, durationMs: 1978.01 },
    { ...PLAIN_RUN, gapMs: 5, durationMs: 0.01, reported: false },
  ],
  [
    { way: 'push', before: null, restart: false },
    { way: 'shortTail', before: null, restart: false },
  ],
];

test.each([
  ['text', textEvents],
  ['JSON', jsonEvents],
] as const)('any ways in, in any order, leave the rows of the best of them: %s format', (_, eventsOf) => {
  law(
    fc.property(
      fc.array(run, { minLength: 1, maxLength: 8 }),
      fc.array(delivery, { minLength: 1, maxLength: 4 }),
      (runs, deliveries) => {
        const events = eventsOf(runs);
        const subject = stores.open();
        for (const { way, before, restart } of deliveries) {
          if (before !== null) deliver(subject, way, events.slice(0, Math.floor((events.length * before) / 100)));
          if (restart) subject.restart();
          deliver(subject, way, events);
        }
        const expected = stores.open();
        const way = best(deliveries.map((one) => one.way));
        deliver(expected, way, events);
        const reported = runs.reduce((n, drawn) => n + (drawn.reported ? drawn.retries + 1 : 0), 0);
        expect(expected.db.prepare('SELECT count(*) FROM invocation').pluck().get()).toBe(reported);
        // Account and region are those of whichever way names them.
        if (deliveries.some((one) => one.way === 'push' || one.way === 'pull'))
          expected.db.exec(`UPDATE function SET account = '${AT.account}', region = '${AT.region}'`);
        try {
          expect(rowsOf(subject)).toEqual(rowsOf(expected));
        } finally {
          subject.close();
          expected.close();
        }
      },
    ),
    { numRuns: 40, examples: [CUT_THEN_START, EXACT_AT_A_SECOND] },
  );
});

test.each([
  ['text', textEvents],
  ['JSON', jsonEvents],
] as const)('pieces before and after the whole change nothing: %s format', (_, eventsOf) => {
  law(
    fc.property(
      fc.array(run, { minLength: 1, maxLength: 4 }),
      fc.array(piece, { maxLength: 4 }),
      fc.array(piece, { maxLength: 3 }),
      (runs, before, after) => {
        const events = eventsOf(runs);
        const subject = stores.open();
        const expected = stores.open();
        const some = (pieces: typeof before): void => {
          for (const { way, lines, restart } of pieces) {
            if (restart) subject.restart();
            deliver(subject, way, linesOf(events, lines));
          }
        };
        some(before);
        deliver(subject, 'push', events);
        some(after);
        deliver(expected, 'push', events);
        try {
          expect(rowsOf(subject)).toEqual(rowsOf(expected));
        } finally {
          subject.close();
          expected.close();
        }
      },
    ),
    { numRuns: 40 },
  );
});

test.each([
  ['text', textEvents],
  ['JSON', jsonEvents],
] as const)('pieces leave the same rows in any order: %s format', (_, eventsOf) => {
  law(
    fc.property(
      fc.array(run, { minLength: 1, maxLength: 3 }),
      fc
        .array(piece, { minLength: 2, maxLength: 4 })
        .chain((pieces) =>
          fc.tuple(
            fc.constant(pieces),
            fc.shuffledSubarray(pieces, { minLength: pieces.length, maxLength: pieces.length }),
          ),
        ),
      (runs, orders) => {
        const events = eventsOf(runs);
        const [one, other] = orders.map((pieces) => {
          const subject = stores.open();
          for (const { way, lines } of pieces) deliver(subject, way, linesOf(events, lines));
          const rows = rowsOf(subject);
          subject.close();
          return rows;
        });
        expect(one).toEqual(other);
      },
    ),
    { numRuns: 40 },
  );
});
