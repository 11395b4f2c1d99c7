/** Measures how often unchanged periods, and periods a fifth slower, are reported as worse. */
import { Random } from '../../ingest/records/random.ts';
import { differencesOf, overall } from '../../server/analytics/compare/verdict.ts';
import { drawnPeriod } from './drawn-period.ts';
import type { Line } from './table.ts';
import { atLeast } from './table.ts';

const ROUNDS = 400;

export function verdicts(seed: number): readonly Line[] {
  const random = new Random(seed);
  const share = (n: number, factor: number, wanted: (verdict: string) => boolean): number => {
    let hits = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      if (wanted(overall(differencesOf(drawnPeriod(random, n, 1), drawnPeriod(random, n, factor))))) hits += 1;
    }
    return hits / ROUNDS;
  };
  const left = (verdict: string): boolean => verdict !== 'worse' && verdict !== 'improved';
  return [
    atLeast(
      'unchanged functions are not called changed, n = 500',
      `${ROUNDS} pairs`,
      share(500, 1, left),
      ROUNDS,
      0.95,
    ),
    atLeast(
      'unchanged functions are not called changed, n = 5,000',
      `${ROUNDS} pairs`,
      share(5000, 1, left),
      ROUNDS,
      0.95,
    ),
    atLeast(
      '20 % slower is found, n = 500',
      `${ROUNDS} pairs`,
      share(500, 1.2, (verdict) => verdict === 'worse'),
      ROUNDS,
      0.9,
    ),
  ];
}
