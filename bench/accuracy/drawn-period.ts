/** Draws a period of invocations, the input of verdicts, from known distributions. */
import type { Random } from '../../ingest/records/random.ts';
import type { Period } from '../../server/analytics/compare/verdict.ts';
import { Sketch } from '../../server/analytics/sketch/sketch.ts';

/** Draws `n` invocations, 40 per environment; the speed of environments varies by 5 %. `factor` scales durations. */
export function drawnPeriod(random: Random, n: number, factor = 1, errorRate = 0.01): Period {
  const durationMs = new Sketch();
  const initMs = new Sketch();
  let [errors, coldStarts, billed] = [0, 0, 0];
  for (let at = 0, level = 1; at < n; at += 1) {
    if (at % 40 === 0) {
      level = random.logNormal(1, 0.05);
      coldStarts += 1;
      initMs.add(random.logNormal(300, 0.2));
    }
    const ms = random.logNormal(80, 0.5) * level * factor;
    durationMs.add(ms);
    billed += Math.ceil(ms);
    if (random.next() < errorRate) errors += 1;
  }
  return {
    n,
    errors,
    errorsUnknown: 0,
    coldStarts,
    durationMs: durationMs.histogram(),
    initMs: initMs.histogram(),
    costPer1kUsd: (billed / n) * 1e-5,
  };
}
