/**
 * An event counts once, however it comes (docs/decisions/0020). The laws of `test/integration/identity.test.ts` and
 * `old-unknown-streams.test.ts` with few inputs: mistakes in the writer are noticed in seconds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { jsonEvents, run, textEvents } from '../../../../test/support/invocation-events.ts';
import { law } from '../../../../test/support/law.ts';
import { AT, best, deliver, linesOf, piece, WAY_NAMES } from '../../../../test/support/pieces.ts';
import { rowsOf, Stores } from '../../../../test/support/stored-rows.ts';

const root = mkdtempSync(join(tmpdir(), 'thermocline-one-attempt-'));
const subject = new Stores(root).open();
afterAll(() => {
  subject.end();
  rmSync(root, { recursive: true, force: true });
});

const FORMATS = [
  ['text', textEvents],
  ['JSON', jsonEvents],
] as const;

/** Account and region are those of whichever way names them. */
const SCOPED = `UPDATE function SET account = '${AT.account}', region = '${AT.region}'`;

/** Compares what writes to an empty store leave. */
function expectSame(write: () => void, writeExpected: () => void): void {
  const [rows, expected] = [write, writeExpected].map((one) => {
    subject.clear();
    one();
    return rowsOf(subject);
  });
  expect(rows).toEqual(expected);
}

test.each(FORMATS)('pieces before and after the whole change nothing: %s format', (_, eventsOf) => {
  const runs = fc.array(run, { minLength: 1, maxLength: 5 });
  const pieces = (maxLength: number) => fc.array(piece, { maxLength });
  law(
    fc.property(runs, pieces(4), pieces(2), (drawn, before, after) => {
      const events = eventsOf(drawn);
      const some = (parts: typeof before): void => {
        for (const { way, lines } of parts) deliver(subject, way, linesOf(events, lines));
      };
      expectSame(
        () => {
          some(before);
          deliver(subject, 'push', events);
          some(after);
        },
        () => deliver(subject, 'push', events),
      );
    }),
    { numRuns: 6 },
  );
});

test.each(FORMATS)('any ways in leave the rows of the best of them: %s format', (_, eventsOf) => {
  const ways = fc.array(fc.constantFrom(...WAY_NAMES), { minLength: 2, maxLength: 4 });
  law(
    fc.property(fc.array(run, { minLength: 1, maxLength: 6 }), ways, (drawn, names) => {
      const events = eventsOf(drawn);
      expectSame(
        () => {
          for (const way of names) deliver(subject, way, events);
        },
        () => {
          deliver(subject, best(names), events);
          if (names.some((one) => one === 'push' || one === 'pull')) subject.db.exec(SCOPED);
        },
      );
    }),
    { numRuns: 5 },
  );
});

test.each(FORMATS)(
  'lines that earlier versions stored as of the stream `unknown` are moved: %s format',
  (_, eventsOf) => {
    // Errors that are named by their place among lines need the order of one stream.
    const runs = fc.array(
      run.filter(({ ends }) => ends !== 'raised'),
      { minLength: 1, maxLength: 5 },
    );
    law(
      fc.property(runs, fc.constantFrom('never', 'before', 'between', 'after'), (drawn, pushed) => {
        const events = eventsOf(drawn);
        const old = events.map((event) => ({ ...event, stream: 'unknown' }));
        const push = (when: typeof pushed): void => {
          if (pushed === when) deliver(subject, 'push', events);
        };
        expectSame(
          () => {
            push('before');
            deliver(subject, 'push', old);
            if (pushed === 'between') subject.moveOldUnknown();
            push('between');
            while (subject.moveOldUnknown());
            push('after');
            expect(subject.db.prepare("SELECT 1 FROM environment WHERE log_stream = 'unknown'").all()).toEqual([]);
          },
          () => {
            deliver(subject, pushed === 'never' ? 'consoleCsv' : 'push', events);
            subject.db.exec(SCOPED);
          },
        );
      }),
      { numRuns: 4 },
    );
  },
);
