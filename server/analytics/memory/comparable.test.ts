/** Which sizes can be compared, and each sentence that says why not: durations are the same in every run, so that ratios are exact. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { DAY_MS, HOUR_MS, WEEK_MS } from '../../../ingest/records/time.ts';
import { evidence, MONDAY_MS } from '../../../test/support/size-evidence.ts';
import { worded } from '../../../test/support/worded.ts';
import type { Code } from './code.ts';
import { comparableSizes } from './comparable.ts';
import type { EnvironmentSample, SizeEvidence } from './samples.ts';

const TEN_HOURS = Array.from({ length: 10 }, (_, hour) => MONDAY_MS + hour * HOUR_MS);

function environments(meanMs: number, starts: readonly number[], version: string | null = '7'): EnvironmentSample[] {
  return starts.map((startMs) => ({
    version,
    firstMs: startMs,
    durationsMs: Array.from({ length: 10 }, () => meanMs),
    tenant: null,
    maxMemoryUsedMb: 80,
    hours: [{ startMs, n: 10, billedMs: 10 * meanMs }],
  }));
}

function size(memoryMb: number, meanMs: number, changes: Partial<SizeEvidence> & { starts?: readonly number[] } = {}) {
  const { starts = TEN_HOURS, ...rest } = changes;
  const truth = { fixedMs: meanMs, cpuMs: 0, usedMb: 80 };
  return { ...evidence(new Random(1), truth, memoryMb, { environments: environments(meanMs, starts) }), ...rest };
}

const byVersion = ({ version }: EnvironmentSample): Code => ({ id: `version ${version}`, basis: 'version' });
const byHash = ({ version }: EnvironmentSample): Code => ({ id: `hash of ${version}`, basis: 'hash' });
const unknown = (): Code => ({ id: '', basis: 'unknown' });
const compare = (current: SizeEvidence, others: readonly SizeEvidence[], codeOf = byVersion) => {
  const random = new Random(2);
  const found = comparableSizes(current, others, { codeOf, runtime: 'nodejs22.x', controls: [] }, () => random.next());
  return {
    compared: found.compared.map(({ size: { memoryMb }, pairing, logRatio }) => [
      memoryMb,
      pairing,
      Math.exp(logRatio),
    ]),
    exclusions: worded(found.exclusions),
    notes: worded(found.notes),
  };
};
const NOW = size(1024, 100);
const nothing = (...exclusions: readonly string[]) => ({ compared: [], exclusions, notes: [] });
const later = (ms: number) => TEN_HOURS.map((startMs) => startMs + ms);
const AT_OTHER_TIMES =
  'The sizes ran at different times, and there are no controls (at least three functions of the account and region that did not change): it is assumed that conditions were the same.';

test('sizes that ran in the same hours, with the same code', () => {
  const found = compare(NOW, [size(512, 150), size(2048, 80)]);
  expect(found).toEqual({
    compared: [
      [512, 'hour', expect.closeTo(1.5, 9)],
      [2048, 'hour', expect.closeTo(0.8, 9)],
    ],
    exclusions: [],
    notes: [],
  });
  expect(compare(NOW, [])).toEqual(nothing());
});

describe('times', () => {
  test('of other weeks are compared at the same hours', () => {
    expect(compare(NOW, [size(512, 150, { starts: later(WEEK_MS) })])).toEqual({
      compared: [[512, 'hour-of-week', expect.closeTo(1.5, 9)]],
      exclusions: [],
      notes: [AT_OTHER_TIMES],
    });
  });

  test('of the day that are not shared', () => {
    const sentence = '512 MB and 1024 MB ran at different hours of the day.';
    expect(compare(NOW, [size(512, 150, { starts: later(12 * HOUR_MS) })])).toEqual(nothing(sentence));
  });

  test('of which more than half are at weekends, at hours that working days do not share', () => {
    const saturday = later(5 * DAY_MS).slice(0, 6);
    const tuesday = [10, 11, 12, 13].map((hour) => MONDAY_MS + DAY_MS + hour * HOUR_MS);
    const sentence =
      '512 MB and 1024 MB ran on different days of the week, and share too few hours of working days and of weekends.';
    expect(compare(NOW, [size(512, 150, { starts: [...saturday, ...tuesday] })])).toEqual(nothing(sentence));
  });

  test('all at weekends are a sentence of their own, once for all sizes', () => {
    const others = [512, 256].map((mb) => size(mb, 150, { starts: later(5 * DAY_MS) }));
    expect(compare(NOW, others)).toEqual(
      nothing('One of the sizes ran mostly at weekends, the other mostly on other days.'),
    );
  });
});

describe('code', () => {
  const of = (memoryMb: number, version: string, versions = [version]) =>
    size(memoryMb, 150, { environments: environments(150, TEN_HOURS, version), versions });

  test('that is known to differ', () => {
    expect(compare(NOW, [of(512, '8')], byHash)).toEqual(
      nothing('The code changed together with the size: no code ran at both 1024 MB and 512 MB.'),
    );
  });

  test('of versions that may be the same', () => {
    expect(compare(NOW, [of(512, '8', ['8', '9'])])).toEqual(
      nothing(
        'No version ran at both sizes: 7 at 1024 MB, 8, 9 at 512 MB. An inventory with all versions would show which of them are the same code.',
      ),
    );
  });

  test('that differs is named after what else differs', () => {
    const other = { ...of(512, '8'), environments: environments(150, later(5 * DAY_MS), '8') };
    expect(compare(NOW, [other], byHash)).toEqual(
      nothing(
        'One of the sizes ran mostly at weekends, the other mostly on other days.',
        'The code changed together with the size: no code ran at both 1024 MB and 512 MB.',
      ),
    );
  });

  test('that is not known', () => {
    expect(compare(NOW, [size(512, 150)], unknown)).toEqual({
      compared: [],
      exclusions: [expect.stringMatching(/^No version ran at both sizes/)],
      notes: [],
    });
    const latest = (memoryMb: number, meanMs: number) =>
      size(memoryMb, meanMs, { environments: environments(meanMs, TEN_HOURS, '$LATEST') });
    expect(compare(latest(1024, 100), [latest(512, 150)], unknown)).toEqual({
      compared: [[512, 'hour', expect.closeTo(1.5, 9)]],
      exclusions: [],
      notes: ['It is not known whether the code changed together with the size: no inventory or CloudTrail covers it.'],
    });
  });

  test('of three versions at one size shows how versions differ; of two it does not', () => {
    const of3 = (...versions: readonly string[]) =>
      size(1024, 100, { environments: versions.flatMap((version) => environments(100, TEN_HOURS, version)), versions });
    expect(compare(of3('5', '6', '7'), [of(512, '8')])).toEqual({
      compared: [[512, 'hour', expect.closeTo(1.5, 9)]],
      exclusions: [],
      notes: ['Different versions ran at the sizes: the intervals contain the spread between versions.'],
    });
    expect(compare(of3('6', '7'), [of(512, '8')])).toMatchObject({
      compared: [],
      exclusions: [expect.stringMatching(/^No version ran at both sizes/)],
    });
  });

  test('of other versions widens the resamples by the spread between versions, the same code does not', () => {
    const now = [80, 100, 125].flatMap((ms, at) => environments(ms, TEN_HOURS, String(5 + at)));
    const deviation = (version: string) => {
      const random = new Random(3);
      const { compared } = comparableSizes(
        size(1024, 100, { environments: now, versions: ['5', '6', '7'] }),
        [size(512, 150, { environments: environments(150, TEN_HOURS, version), versions: [version] })],
        { codeOf: byVersion, runtime: 'nodejs22.x', controls: [] },
        () => random.next(),
      );
      const values = compared[0]?.resamples ?? [];
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    };
    // Logarithms −0.2231, 0 and 0.2231 from their mean: √(2 × 0.0996 / 2), times t of two degrees of freedom, 4.3027, over 1.96.
    expect(deviation('8') / 0.6928).toBeGreaterThan(0.92);
    expect(deviation('8') / 0.6928).toBeLessThan(1.08);
    expect(deviation('7')).toBeCloseTo(0, 9);
  });

  test('that too few environments ran at one size', () => {
    const mixed = [...environments(150, TEN_HOURS.slice(0, 4), '7'), ...environments(150, TEN_HOURS.slice(4), '8')];
    expect(compare(NOW, [size(512, 150, { environments: mixed, versions: ['7', '8'] })])).toMatchObject({
      compared: [],
      exclusions: [expect.stringMatching(/^No version ran at both sizes: 7 at 1024 MB, 7, 8 at 512 MB\./)],
    });
    const enough = [...environments(150, TEN_HOURS.slice(0, 5), '7'), ...environments(900, TEN_HOURS.slice(5), '8')];
    expect(compare(NOW, [size(512, 150, { environments: enough, versions: ['7', '8'] })]).compared).toEqual([
      [512, 'hour', expect.closeTo(1.5, 9)],
    ]);
  });
});

test('only the code that ran at both sizes is compared, whichever size ran more', () => {
  const two = [...environments(100, TEN_HOURS.slice(0, 5), '7'), ...environments(900, TEN_HOURS.slice(5), '9')];
  const current = size(1024, 100, { environments: two, versions: ['7', '9'] });
  expect(compare(current, [size(512, 150)])).toEqual({
    compared: [[512, 'hour', expect.closeTo(1.5, 9)]],
    exclusions: [],
    notes: [],
  });
});

describe('what memory cannot do', () => {
  test.each([
    [
      'faster with less',
      1024,
      100,
      512,
      90,
      '512 MB was faster than 1024 MB, which less memory cannot be: something else changed.',
    ],
    [
      'slower with more',
      512,
      100,
      1024,
      110,
      '512 MB was faster than 1024 MB, which less memory cannot be: something else changed.',
    ],
    [
      'more than twice as fast with twice of it',
      1024,
      100,
      512,
      250,
      '1024 MB was 2.50 times as fast as 512 MB, more than its memory explains: something else changed.',
    ],
    [
      'the same, seen from below',
      512,
      250,
      1024,
      100,
      '1024 MB was 2.50 times as fast as 512 MB, more than its memory explains: something else changed.',
    ],
  ])('%s', (_, nowMb, nowMs, otherMb, otherMs, sentence) => {
    expect(compare(size(nowMb, nowMs), [size(otherMb, otherMs)])).toEqual(nothing(sentence));
  });

  test('twice as fast with twice of it is possible, and as fast', () => {
    expect(compare(NOW, [size(512, 199), size(256, 100.1)]).compared).toHaveLength(2);
  });
});

describe('traced calls at both sizes', () => {
  const traced = (now: [n: number, ms: number] | null, then: [n: number, ms: number] | null, otherMs = 150) => {
    const remote = (calls: [number, number] | null) => ({
      remote: (calls && { n: calls[0], meanMs: calls[1] }) as SizeEvidence['remote'],
    });
    return compare(size(1024, 100, remote(now)), [size(512, otherMs, { starts: later(WEEK_MS), ...remote(then) })]);
  };
  const NOTE =
    'The sizes ran at different times: calls to other services are taken as those at the current size, and nothing else is assumed to have changed.';

  test('are taken as those of the current one', () => {
    // 150 ms less 60 ms of calls then, and 20 ms of calls now: 110 ms.
    expect(traced([20, 20], [20, 60])).toEqual({
      compared: [[512, 'hour-of-week', expect.closeTo(1.1, 9)]],
      exclusions: [],
      notes: [NOTE],
    });
  });

  test.each([
    ['too few now', [19, 20], [1000, 60]],
    ['too few then', [1000, 20], [19, 60]],
    ['none now', null, [1000, 60]],
    ['none then', [1000, 20], null],
  ] as [string, [number, number] | null, [number, number] | null][])('%s are not', (_, now, then) => {
    expect(traced(now, then)).toEqual({
      compared: [[512, 'hour-of-week', expect.closeTo(1.5, 9)]],
      exclusions: [],
      notes: [AT_OTHER_TIMES],
    });
  });
});
