/** Compares memory sizes at equal hours of the week, and by the self time of the function. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { pairedMeans, pairedResamples } from './pairing.ts';
import type { EnvironmentSample, SizeEvidence } from './samples.ts';
import { meanBilledMs } from './samples.ts';
import { fitTraced, remoteMs } from './self-time.ts';

/** Environments of which a share of `busyShare` ran in busy hours, where invocations take three times as long. */
function environments(random: Random, meanMs: number, busyShare: number): EnvironmentSample[] {
  return Array.from({ length: 200 }, (_, at): EnvironmentSample => {
    const busy = random.next() < busyShare;
    const ms = meanMs * (busy ? 3 : 1) * random.logNormal(1, 0.05);
    const durationsMs = Array.from({ length: 20 }, () => ms);
    return {
      n: 20,
      billedMs: 20 * ms,
      durationsMs,
      maxMemoryUsedMb: 80,
      hourOfWeek: (busy ? 100 : 0) + (at % 20),
    };
  });
}

describe('the same hours of the week', () => {
  const random = new Random(4);
  const one = environments(random, 100, 0.3);
  const other = environments(random, 80, 0.6);

  test('finds a ratio that the mix of hours hides', () => {
    // Without matching hours, the faster size looks slower.
    expect(meanBilledMs(other) / meanBilledMs(one)).toBeGreaterThan(1);
    const paired = pairedMeans(one, other);
    expect((paired?.other ?? 0) / (paired?.one ?? 1)).toBeCloseTo(0.8, 1);
    const size = (list: readonly EnvironmentSample[]) => ({ environments: list }) as unknown as SizeEvidence;
    const ratios = pairedResamples(size(one), size(other), () => random.next(), 200).map(
      (pair) => pair.other / pair.one,
    );
    expect(ratios.length).toBe(200);
    expect(ratios.filter((ratio) => Math.abs(ratio / 0.8 - 1) < 0.1).length).toBeGreaterThan(180);
  });

  test('does not compare if the common hours hold less than half of the invocations of either size', () => {
    const elsewhere = other.map((sample) => ({ ...sample, hourOfWeek: sample.hourOfWeek + 50 }));
    expect(pairedMeans(one, elsewhere)).toBeNull();
    expect(pairedMeans(one, [...elsewhere, ...other.slice(0, 60)])).toBeNull();
    expect(pairedMeans(one, [...elsewhere.slice(0, 60), ...other])).not.toBeNull();
  });
});

describe('self time', () => {
  test('subtracts concurrent calls once, and neither own subsegments nor unfinished calls', () => {
    const call = (fromMs: number, toMs: number | null, namespace: string | null = 'aws') => ({
      startNs: BigInt(fromMs * 1e6),
      endNs: toMs === null ? null : BigInt(toMs * 1e6),
      namespace,
    });
    expect(
      remoteMs([call(50, 60, 'remote'), call(0, 10), call(5, 20), call(6, 8), call(0, 100, null), call(70, null)]),
    ).toBe(30);
    expect(remoteMs([])).toBe(0);
  });

  test('a downstream service that was slower at one size does not distort the curve and is added back', () => {
    const ownMs = (memoryMb: number): number => 20 + 100 / Math.min(memoryMb / 1769, 1);
    const remote = [300, 40, 60, 40];
    const points = [256, 512, 1024, 2048].map((memoryMb, at) => ({
      memoryMb,
      durationMs: ownMs(memoryMb) + (remote[at] ?? 0),
      remote: { meanMs: remote[at] ?? 0, n: 50 },
    }));
    const model = fitTraced(points);
    expect(model).toMatchObject({ kind: 'capped' });
    expect(model?.remoteMs).toBeCloseTo(110, 6);
    expect(model?.fixedMs).toBeCloseTo(130, 3);
    expect(model?.cpuMs).toBeCloseTo(100, 3);
    const untraced = fitTraced(
      points.map((point, at) => (at === 2 ? { ...point, remote: { meanMs: 60, n: 19 } } : point)),
    );
    expect(untraced?.remoteMs).toBeNull();
    expect(Math.abs((untraced?.cpuMs ?? 0) / 100 - 1)).toBeGreaterThan(0.2);
  });
});
