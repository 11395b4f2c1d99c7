/** Draws a period of invocations, the input of verdicts, from known distributions. */
import type { Random } from '../../ingest/records/random.ts';
import { HOUR_MS } from '../../ingest/records/time.ts';
import { sumOfBlocks } from '../../server/analytics/compare/histogram.ts';
import type { Block, Period } from '../../server/analytics/compare/period.ts';
import { columnsOfSketch } from '../../server/analytics/sketch/columns.ts';
import { Sketch } from '../../server/analytics/sketch/sketch.ts';

/** A day, whose hours have the same number of invocations. */
const HOURS = 24;

/** Draws about `n` invocations of one day, 40 per environment; the speed of environments varies by 5 %. `factor` scales durations. */
export function drawnPeriod(random: Random, n: number, factor = 1, errorRate = 0.01): Period {
  let level = 1;
  let at = 0;
  const blocks = Array.from({ length: HOURS }, (_, hour): Block => {
    const durationMs = new Sketch();
    const initMs = new Sketch();
    let [errors, coldStarts, billedMs] = [0, 0, 0];
    const first = at;
    for (; at < Math.round(((hour + 1) * n) / HOURS); at += 1) {
      if (at % 40 === 0) {
        level = random.logNormal(1, 0.05);
        coldStarts += 1;
        initMs.add(random.logNormal(300, 0.2));
      }
      const ms = random.logNormal(80, 0.5) * level * factor;
      durationMs.add(ms);
      billedMs += Math.ceil(ms);
      if (random.next() < errorRate) errors += 1;
    }
    const values = { durationMs: columnsOfSketch(durationMs), initMs: columnsOfSketch(initMs) };
    return { atMs: hour * HOUR_MS, n: at - first, errors, coldStarts, billedMs, ...values };
  });
  const ones = blocks.map(() => 1);
  const sum = (of: (block: Block) => number): number => blocks.reduce((total, block) => total + of(block), 0);
  return {
    n,
    errors: sum((block) => block.errors),
    errorsUnknown: 0,
    coldStarts: sum((block) => block.coldStarts),
    durationMs: sumOfBlocks(
      blocks.map((block) => block.durationMs),
      ones,
    ),
    initMs: sumOfBlocks(
      blocks.map((block) => block.initMs),
      ones,
    ),
    costPer1kUsd: (sum((block) => block.billedMs) / n) * 1e-5,
    blocks,
    blockMs: HOUR_MS,
  };
}
