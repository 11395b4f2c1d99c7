import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LoopDelay } from './loop-delay.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function scraped(registry: Registry): Promise<Readonly<Record<string, number>>> {
  const samples = (await registry.metrics()).matchAll(/^nodejs_eventloop_lag_(\w+)_seconds (\S+)$/gm);
  return Object.fromEntries([...samples].map(([, name = '', value]) => [name, Number(value)]));
}

test('delays are measured from a request until five seconds after the last one', async () => {
  const [delay, registry] = [new LoopDelay(), new Registry()];
  delay.register(registry);
  expect(await scraped(registry)).toEqual({});
  expect(vi.getTimerCount()).toBe(0);
  delay.touch();
  await vi.advanceTimersByTimeAsync(4000);
  delay.touch();
  await vi.advanceTimersByTimeAsync(4900);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(vi.getTimerCount()).toBe(0);
  const found = await scraped(registry);
  // Timers that are advanced by hand are never late: each measurement is its interval of 10 ms.
  expect(found['p99']).toBeCloseTo(0.01, 4);
  expect(found['max']).toBeCloseTo(0.01, 4);
  expect(Object.keys(found).toSorted()).toEqual(['max', 'mean', 'min', 'p50', 'p90', 'p99', 'stddev']);
  // Each scrape starts again.
  expect(await scraped(registry)).toEqual({});
});

test('a blocked loop is seen', async () => {
  const [delay, registry] = [new LoopDelay(), new Registry()];
  delay.register(registry);
  delay.touch();
  await vi.advanceTimersByTimeAsync(100);
  // Time passes without a turn of the loop.
  const late = performance.now() + 300;
  vi.spyOn(performance, 'now').mockReturnValueOnce(late);
  await vi.advanceTimersByTimeAsync(10);
  vi.mocked(performance.now).mockRestore();
  expect((await scraped(registry))['max']).toBeGreaterThan(0.29);
});
