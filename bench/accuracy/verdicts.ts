/** Periods drawn alike, and periods a fifth slower: how often is either called worse? */
import { Random } from '../../ingest/random.ts';
import type { Period } from '../../server/analytics/compare/verdict.ts';
import { differencesOf, overall } from '../../server/analytics/compare/verdict.ts';
import { Sketch } from '../../server/analytics/sketch.ts';
import type { Line } from './table.ts';
import { atLeast } from './table.ts';

const ROUNDS = 400;

/** Invocations come in environments that are each a little faster or slower than the others. */
function period(random: Random, n: number, factor: number): Period {
  const durationMs = new Sketch();
  let [errors, billed, level] = [0, 0, 1];
  for (let at = 0; at < n; at += 1) {
    if (at % 40 === 0) level = random.logNormal(1, 0.05);
    const ms = random.logNormal(80, 0.5) * level * factor;
    durationMs.add(ms);
    billed += Math.ceil(ms);
    if (random.next() < 0.01) errors += 1;
  }
  const costPer1kUsd = (billed / n) * 1e-5;
  return { n, errors, coldStarts: 0, durationMs: durationMs.histogram(), initMs: [], costPer1kUsd };
}

export function verdicts(seed: number): readonly Line[] {
  const random = new Random(seed);
  const share = (n: number, factor: number, wanted: (verdict: string) => boolean): number => {
    let hits = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      if (wanted(overall(differencesOf(period(random, n, 1), period(random, n, factor))))) hits += 1;
    }
    return hits / ROUNDS;
  };
  const left = (verdict: string): boolean => verdict !== 'worse' && verdict !== 'improved';
  return [
    atLeast('unchanged functions are left alone, n = 500', `${ROUNDS} pairs`, share(500, 1, left), ROUNDS, 0.95),
    atLeast('unchanged functions are left alone, n = 5,000', `${ROUNDS} pairs`, share(5000, 1, left), ROUNDS, 0.95),
    atLeast(
      '20 % slower is found, n = 500',
      `${ROUNDS} pairs`,
      share(500, 1.2, (verdict) => verdict === 'worse'),
      ROUNDS,
      0.9,
    ),
  ];
}
