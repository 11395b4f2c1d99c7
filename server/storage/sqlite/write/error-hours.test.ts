import { beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import type { HourErrors } from '../../../analytics/errors/hour.ts';
import { ErrorHours } from './error-hours.ts';

const store = useTelemetryWriter('test');
let hours: ErrorHours;
beforeEach(() => {
  hours = new ErrorHours(store.db);
});

/** One failure of each group. */
function errors(...fingerprints: readonly string[]): HourErrors {
  return {
    groups: fingerprints.map((fingerprint) => ({
      fingerprint,
      kind: 'handler',
      errorType: null,
      message: `no ${fingerprint}`,
      frame: '',
    })),
    counts: fingerprints.map((fingerprint) => ({
      fingerprint,
      version: fingerprint === 'a' ? '7' : null,
      attempts: 3,
      invocations: 2,
      initFailures: 1,
      firstMs: 10,
      lastMs: 20,
    })),
  };
}

const counts = () =>
  store.rows('SELECT function_id, slot_ms, fingerprint, version FROM error_hour ORDER BY 1, 2, 3').map(Object.values);
const groups = () => store.rows('SELECT function_id, fingerprint FROM error_group ORDER BY 1, 2').map(Object.values);

test('an hour with all of its columns', () => {
  hours.save(7, HOUR_MS, errors('a'));
  expect(store.rows('SELECT * FROM error_hour').map(Object.values)).toEqual([[7, HOUR_MS, 'a', '7', 3, 2, 1, 10, 20]]);
  expect(store.rows('SELECT * FROM error_group').map(Object.values)).toEqual([[7, 'a', 'handler', null, 'no a', '']]);
});

describe('an hour that is stored again', () => {
  beforeEach(() => {
    hours.save(7, 0, errors('a', 'b'));
    hours.save(7, HOUR_MS, errors('a'));
    hours.save(8, 0, errors('a'));
  });

  test('replaces its counts, and no others', () => {
    hours.save(7, 0, errors('c'));
    expect(counts()).toEqual([
      [7, 0, 'c', ''],
      [7, HOUR_MS, 'a', '7'],
      [8, 0, 'a', '7'],
    ]);
  });

  test('a group stays while another hour has it', () => {
    hours.save(7, 0, errors());
    expect(groups()).toEqual([
      [7, 'a'],
      [8, 'a'],
    ]);
    hours.save(7, HOUR_MS, errors());
    expect(groups()).toEqual([[8, 'a']]);
  });
});
