import { expect, test } from 'vitest';
import { CollectorRuns } from './collector-runs.ts';

const POLL = ['logs:FilterLogEvents', 'eu-west-1'] as const;

test('says once that runs outlast their interval, also while one runs, and again after a run in time', () => {
  let nowMs = 0;
  const runs = new CollectorRuns(
    () => nowMs,
    () => nowMs,
  );
  const run = (ms: number): string | null => {
    runs.begin(...POLL, 60_000);
    nowMs += ms;
    return runs.end(...POLL, null);
  };
  expect(run(60_000)).toBeNull();
  expect(runs.overdue()).toEqual([]);
  runs.begin(...POLL, 60_000);
  nowMs += 60_001;
  expect(runs.all()).toMatchObject([{ running: true, overdue: true, tookMs: 60_000 }]);
  expect(runs.overdue()[0]).toContain('takes longer than its interval of 60 s: data arrives late.');
  nowMs += 300_000;
  expect(runs.end(...POLL, null)).toContain('in eu-west-1 took 360 s, longer than its interval of 60 s');
  expect(run(90_000)).toBeNull();
  expect(runs.overdue()[0]).toContain('took 90 s');
  expect(run(1000)).toBeNull();
  expect(runs.overdue()).toEqual([]);
  expect(run(61_000)).toContain('took 61 s');
});

test('keeps collectors and regions apart, with the notice of the last run', () => {
  const runs = new CollectorRuns(
    () => 5,
    () => 5,
  );
  runs.begin('xray:BatchGetTraces', '', 60_000);
  runs.begin(...POLL, 60_000);
  runs.end('xray:BatchGetTraces', '', 'two traces exceed');
  expect(runs.end('none', '', null)).toBeNull();
  expect(runs.all()).toEqual([
    expect.objectContaining({ name: 'xray:BatchGetTraces', region: '', running: false, notice: 'two traces exceed' }),
    expect.objectContaining({ name: POLL[0], region: POLL[1], running: true, notice: null }),
  ]);
});
