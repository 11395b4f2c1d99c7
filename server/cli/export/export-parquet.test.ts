/** How a day of very many invocations is divided, by answers of the API that say how many there are. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../ingest/records/time.ts';
import { exportParquet } from './export-parquet.ts';
import { folderTarget } from './export-target.ts';

const MIDNIGHT = Date.UTC(2026, 10, 20);

/** Exports a day; returns the ranges of invocations that were asked for, in hours after midnight. `count`: invocations of a range. */
async function rangesOf(count: (fromMs: number, toMs: number) => number): Promise<readonly [number, number][]> {
  const folder = mkdtempSync(join(tmpdir(), 'thermocline-export-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const asked: [number, number][] = [];
  const hours = (ms: number): number => (ms - MIDNIGHT) / HOUR_MS;
  await exportParquet({
    request: async (path, init) => {
      const url = new URL(path, 'http://localhost');
      if (url.pathname === '/api/v1/query') {
        const { from, to } = JSON.parse(String(init?.body)) as { from: string; to: string };
        return Response.json({ groups: [{ values: { sum: count(Date.parse(from), Date.parse(to)) } }] });
      }
      const [from, to] = [Number(url.searchParams.get('from')), Number(url.searchParams.get('to'))];
      if (url.pathname.endsWith('/invocations')) asked.push([hours(from), hours(to)]);
      const isDaily = url.searchParams.get('interval') === '1d';
      const row = { bucketAt: new Date(MIDNIGHT).toISOString(), invocations: count(MIDNIGHT, MIDNIGHT + DAY_MS) };
      return new Response(isDaily ? `${JSON.stringify(row)}\n` : '');
    },
    target: folderTarget(folder),
    fromMs: MIDNIGHT,
    toMs: MIDNIGHT + 2 * DAY_MS,
    version: 'test',
    signal: new AbortController().signal,
    onStart: () => undefined,
    onRow: () => undefined,
  });
  return asked;
}

test('a range longer than a request may have is asked for in parts, each day once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'thermocline-export-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const listed: (readonly [string | null, string | null])[] = [];
  const at = (days: number): string => String(MIDNIGHT - days * DAY_MS);
  await exportParquet({
    request: async (path) => {
      const { searchParams } = new URL(path, 'http://localhost');
      listed.push([searchParams.get('from'), searchParams.get('to')]);
      return new Response('');
    },
    target: folderTarget(folder),
    // now-800d, in the middle of a day.
    fromMs: MIDNIGHT + HOUR_MS - 800 * DAY_MS,
    toMs: MIDNIGHT + HOUR_MS,
    version: 'test',
    signal: new AbortController().signal,
    onStart: () => undefined,
    onRow: () => undefined,
  });
  expect(listed).toEqual([
    [at(800), at(435)],
    [at(435), at(70)],
    [at(70), String(MIDNIGHT + HOUR_MS + 1)],
  ]);
});

test('a day of few invocations is one request', async () => {
  expect(await rangesOf(() => 499_999)).toEqual([[0, 24]]);
});

test('a day of many is halved until each part has less than half of what a request returns', async () => {
  // 50,000 an hour: 1,200,000 of the day, 600,000 of a half, 300,000 of a quarter.
  expect(await rangesOf((fromMs, toMs) => (50_000 * (toMs - fromMs)) / HOUR_MS)).toEqual([
    [18, 24],
    [12, 18],
    [6, 12],
    [0, 6],
  ]);
});

test('five minutes of very many are asked for by the second', async () => {
  // A million in the first five minutes, and nothing else.
  const ranges = await rangesOf((fromMs) => (fromMs === MIDNIGHT ? 1_000_000 : 0));
  const seconds = ranges.filter(([from, to]) => Math.round((to - from) * HOUR_MS) === SECOND_MS);
  expect(seconds).toHaveLength(300);
  expect(seconds[0]?.[1]).toBeCloseTo(1 / 12, 9);
  expect(seconds.at(-1)?.[0]).toBe(0);
  // All of the day, once.
  expect(ranges.reduce((sum, [from, to]) => sum + to - from, 0)).toBeCloseTo(24, 9);
});
