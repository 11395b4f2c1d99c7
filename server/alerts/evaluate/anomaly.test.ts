/** Anomaly score on eight weeks of a simulated service with daily pattern, growth, holidays and planted spikes. */
import { expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { deviation } from './anomaly.ts';

const HOURS_OF_WEEK = 168;
const WEEKS = 8;
const LOOK_BACK = 4;
/** The threshold that docs/alerts.md recommends. */
const THRESHOLD = 6;

interface Service {
  readonly values: readonly number[];
  readonly spikes: ReadonlyMap<number, number>;
  readonly holidays: ReadonlySet<number>;
}

function service(seed: number, trend: number): Service {
  const source = new Random(seed);
  const random = (): number => source.next();
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const spikes = new Map<number, number>();
  while (spikes.size < 20) {
    const hour = 2 * HOURS_OF_WEEK + Math.floor(random() * (WEEKS - 2) * HOURS_OF_WEEK);
    spikes.set(hour, 3 + random() * 7);
  }
  const holidays = new Set<number>();
  for (const day of [24, 47]) for (let hour = day * 24; hour < day * 24 + 24; hour += 1) holidays.add(hour);
  const values = Array.from({ length: WEEKS * HOURS_OF_WEEK }, (_, hour) => {
    const ofDay = hour % 24;
    const weekend = Math.floor((hour % HOURS_OF_WEEK) / 24) >= 5 ? 0.5 : 1;
    const expected =
      (600 + 500 * Math.sin(((ofDay - 8) / 24) * 2 * Math.PI)) * weekend * (1 + (trend * hour) / HOURS_OF_WEEK);
    const mean = expected * (spikes.get(hour) ?? 1) * (holidays.has(hour) ? 0.2 : 1);
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  });
  return { values, spikes, holidays };
}

const baselineOf = (values: readonly number[], hour: number): number[] =>
  Array.from({ length: LOOK_BACK }, (_, week) => values[hour - (week + 1) * HOURS_OF_WEEK]).filter(
    (value) => value !== undefined,
  );

test('finds spikes of 5× and more, with few false alarms, and none in the first two weeks', () => {
  let planted = 0;
  let found = 0;
  let falseAlarms = 0;
  let ruleWeeks = 0;
  for (let seed = 1; seed <= 10; seed += 1) {
    const { values, spikes, holidays } = service(seed, seed % 2 === 0 ? 0.03 : 0);
    for (const [hour, value] of values.entries()) {
      const score = deviation(value, baselineOf(values, hour));
      if (hour < 2 * HOURS_OF_WEEK) {
        expect(score).toBeNull();
        continue;
      }
      const fires = (score ?? 0) > THRESHOLD;
      const spike = spikes.get(hour);
      if (spike !== undefined && spike >= 5) {
        planted += 1;
        if (fires) found += 1;
      }
      // A week after a holiday legitimately differs from it.
      if (spike === undefined && fires && !holidays.has(hour)) falseAlarms += 1;
    }
    ruleWeeks += WEEKS - 2;
  }
  process.stdout.write(
    `anomaly: ${found} of ${planted} spikes found, ${falseAlarms} false alarms in ${ruleWeeks} rule-weeks\n`,
  );
  expect(found / planted).toBeGreaterThanOrEqual(0.9);
  expect(falseAlarms / ruleWeeks).toBeLessThanOrEqual(1);
});

// By hand: (value - median) / (factor · MAD / 0.6745), with the factor for so many values of Croux and Rousseeuw (1992).
test.each([
  // Median 100, MAD 10, factor 1.196: 50 / 17.73.
  ['two weeks', 150, [90, 110], 2.8198],
  // Median 100, MAD 20, factor 1.495: 100 / 44.33.
  ['three weeks', 200, [80, 100, 120], 2.2558],
  // Median 100, MAD 10, factor 12 / 11.2: 100 / 15.885.
  ['twelve weeks', 200, [90, 110, 90, 110, 90, 110, 90, 110, 90, 110, 90, 110], 6.2953],
  // The spread is a twentieth of the median at least: 10 / 5.
  ['weeks without any spread', 110, [100, 100, 100, 100], 2],
  ['below them', 90, [100, 100, 100, 100], -2],
  // 1000 is far from 95 and 105, which remain: median 100, MAD 5, factor 1.196, 50 / 8.866.
  ['an outlier leaves two', 150, [95, 105, 1000], 5.6397],
  // Each is an outlier among the other three, so that none is: median 150.5, MAD 50, factor 1.363, 149.5 / 101.04.
  ['two levels', 300, [100, 101, 200, 201], 1.4796],
])('the score of %s', (_, value, weeks, expected) => {
  expect(deviation(value, weeks)).toBeCloseTo(expected, 3);
});

test('an outlier week does not become the baseline: the same spike a week later scores as high', () => {
  const weeks = [1000, 100, 102, 98];
  expect(deviation(1000, weeks)).toBeGreaterThan(50);
  // With two weeks, the outlier cannot be identified.
  expect(deviation(1000, [1000, 100])).toBeLessThan(2);
});

test('anomaly score: an outlier week does not change the baseline', () => {
  expect(deviation(100, [100])).toBeNull();
  expect(deviation(100, [98, 102, 100, 101])).toBeCloseTo(-0.1, 1);
  expect(deviation(500, [98, 102, 100, 101])).toBeGreaterThan(50);
  // One outlier among four weeks does not move the median.
  expect(deviation(500, [98, 2000, 100, 101])).toBeGreaterThan(50);
  expect(deviation(0, [0, 0, 0])).toBeNull();
});
