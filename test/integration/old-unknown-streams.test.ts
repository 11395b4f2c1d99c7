/**
 * Versions before schema 8 stored lines without a log stream in an environment named `unknown`. They are moved to where such
 * lines are stored now, in slices, with restarts between; what also came with its log stream counts once.
 */
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { jsonEvents, run, textEvents } from '../support/invocation-events.ts';
import { law } from '../support/law.ts';
import { memoryFolder, removeFolder } from '../support/product.ts';
import type { Subject } from '../support/stored-rows.ts';
import { rowsOf, Stores } from '../support/stored-rows.ts';
import type { StreamEvent } from '../support/ways.ts';
import { WAYS } from '../support/ways.ts';

const AT = { account: '123456789012', region: 'eu-west-1', logGroup: '/aws/lambda/f' };
const root = memoryFolder();
const stores = new Stores(root);
afterAll(() => {
  stores.end();
  removeFolder(root);
});

function write(subject: Subject, way: 'push' | 'consoleCsv', events: readonly StreamEvent[]): void {
  for (const batch of WAYS[way](events, AT)) subject.write(batch);
}

/** As an earlier version stored an export without log streams. */
function writeOld(subject: Subject, events: readonly StreamEvent[]): void {
  write(
    subject,
    'push',
    events.map((event) => ({ ...event, stream: 'unknown' })),
  );
}

function moveAll(subject: Subject, restarts: boolean): void {
  while (subject.moveOldUnknown()) if (restarts) subject.restart();
}

test.each([
  ['text', textEvents],
  ['JSON', jsonEvents],
] as const)('old rows without log stream become those of an import: %s format', (_, eventsOf) => {
  law(
    fc.property(
      // Errors that are named by their place among lines need the order of one stream.
      fc.array(
        run.filter(({ ends }) => ends !== 'raised'),
        { minLength: 1, maxLength: 6 },
      ),
      fc.constantFrom('nothing', 'before', 'after', 'between'),
      fc.boolean(),
      (runs, pushed, restarts) => {
        const events = eventsOf(runs);
        const subject = stores.open();
        const expected = stores.open();
        if (pushed === 'before') write(subject, 'push', events);
        writeOld(subject, events);
        if (pushed === 'between') {
          subject.moveOldUnknown();
          write(subject, 'push', events);
        }
        moveAll(subject, restarts);
        if (pushed === 'after') write(subject, 'push', events);
        write(expected, pushed === 'nothing' ? 'consoleCsv' : 'push', events);
        expected.db.exec(`UPDATE function SET account = '${AT.account}', region = '${AT.region}'`);
        try {
          expect(
            subject.db.prepare("SELECT count(*) FROM environment WHERE log_stream = 'unknown'").pluck().get(),
          ).toBe(0);
          expect(subject.moveOldUnknown()).toBe(false);
          expect(rowsOf(subject)).toEqual(rowsOf(expected));
        } finally {
          subject.close();
          expected.close();
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('an environment of more rows than a slice is moved in slices', () => {
  const subject = stores.open();
  const drawn = { environment: 0, gapMs: 50, durationMs: 4.2, cold: false, ends: 'success' as const };
  const runs = Array.from({ length: 450 }, () => ({
    ...drawn,
    retries: 0 as const,
    failedInit: false,
    extension: false,
    reported: true,
  }));
  writeOld(subject, textEvents(runs));
  let slices = 0;
  while (subject.moveOldUnknown()) slices += 1;
  // 200, 200 and 50 invocations, then the environment itself.
  expect(slices).toBe(4);
  expect(subject.db.prepare('SELECT count(*), max(environment_id) FROM invocation').raw().get()).toEqual([450, -1]);
  subject.close();
});
