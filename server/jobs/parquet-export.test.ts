/** When the daily export runs, and what its process says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { nextRunMs, ParquetExport } from './parquet-export.ts';

const at = (text: string): number => Date.parse(`2026-11-${text}:00Z`);

test.each([
  ['never before', null, null, '20T12:00', '20T06:00'],
  ['the day before is not settled yet', '19T07:00', null, '20T05:59', '20T06:00'],
  ['it is', '19T07:00', null, '20T06:00', '20T06:00'],
  ['done for today', '20T06:01', null, '20T23:00', '21T06:00'],
  ['days were missed: one run', '10T06:01', null, '20T23:00', '20T06:00'],
  ['the clock was set back', '25T06:01', null, '20T23:00', '20T06:00'],
  ['after a failure, five minutes', '19T06:00', ['20T06:01', 1], '20T06:02', '20T06:06'],
  ['after four, forty', null, ['20T07:00', 4], '20T07:01', '20T07:40'],
  ['after very many, six hours', null, ['20T07:00', 1000], '20T07:01', '20T13:00'],
] as const)('%s', (_, last, failure, now, next) => {
  const found = nextRunMs(
    last === null ? null : { startedMs: at(last) },
    failure === null ? null : { atMs: at(failure[0]), attempts: failure[1] },
    at(now),
  );
  expect(new Date(found).toISOString()).toBe(new Date(at(next)).toISOString());
});

/** An export whose process runs `script`. */
function exportBy(script: string, stored: string | null = null) {
  const folder = mkdtempSync(join(tmpdir(), 'thermocline-job-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const entry = join(folder, 'entry.cjs');
  writeFileSync(entry, script);
  const troubles: (string | null)[] = [];
  const saved: string[] = [];
  let nowMs = at('20T12:00');
  const job = new ParquetExport({
    settings: { to: 's3://lake/x', days: 35 },
    entry,
    environment: { ...process.env, GREETING: 'hello' },
    load: async () => stored,
    save: async (text) => void saved.push(text),
    now: () => nowMs,
    onTrouble: (_, sentence) => troubles.push(sentence),
  });
  const stopping = new AbortController();
  return {
    job,
    troubles,
    saved,
    /** Lets a script that waits for it go on. */
    go: () => writeFileSync(`${entry}.go`, ''),
    stop: () => stopping.abort(),
    round: () => job.round(stopping.signal),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

const SUMMARY = { written: ['2026-11-18', '2026-11-19'], unchanged: 33, kept: [], rows: 12, bytes: 3456 };

test('a run is shown while it goes on and afterwards, once a day', async () => {
  const { job, round, saved, troubles, pass, go } = exportBy(`
    const [, , ...args] = process.argv;
    process.send({ rows: 5, invocations: 10, note: [...args, process.env.GREETING].join(' ') });
    const wait = setInterval(() => {
      if (!require('node:fs').existsSync(__filename + '.go')) return;
      clearInterval(wait);
      process.stdout.write(${JSON.stringify(JSON.stringify(SUMMARY))});
    }, 5);`);
  const running = round();
  await expect.poll(() => job.state().running?.progress ?? null).not.toBeNull();
  expect(job.state()).toMatchObject({
    running: { startedMs: at('20T12:00') },
    last: null,
    failure: null,
  });
  expect(job.state().running?.progress).toEqual({
    rows: 5,
    invocations: 10,
    note: 'export parquet --to s3://lake/x --since now-35d --json --of-server hello',
  });
  pass(MINUTE_MS);
  go();
  await running;
  const last = { to: 's3://lake/x', startedMs: at('20T12:00'), tookMs: MINUTE_MS, written: 2, unchanged: 33, kept: 0 };
  expect(job.state()).toEqual({
    to: 's3://lake/x',
    running: null,
    last: { ...last, lastDay: '2026-11-19', rows: 12, bytes: 3456 },
    failure: null,
    nextMs: at('21T06:00'),
  });
  expect(JSON.parse(saved[0] ?? '')).toEqual(job.state().last);
  expect(troubles).toEqual([null]);
  await round();
  expect(saved).toHaveLength(1);
});

test('a failure says why, and is tried again', async () => {
  const { job, round, troubles, pass } = exportBy(
    `process.stderr.write('first\\n--to s3://lake/x/: The bucket lake does not exist\\n'); process.exitCode = 1;`,
  );
  await round();
  expect(job.state().failure).toEqual({
    atMs: at('20T12:00'),
    message: '--to s3://lake/x/: The bucket lake does not exist.',
    attempts: 1,
  });
  expect(troubles).toEqual([
    'The export to Parquet failed: --to s3://lake/x/: The bucket lake does not exist. It is tried again at 2026-11-20T12:05:00.000Z.',
  ]);
  await round();
  expect(troubles).toHaveLength(1);
  pass(5 * MINUTE_MS);
  await round();
  expect(job.state()).toMatchObject({ failure: { attempts: 2 }, nextMs: at('20T12:15') });
});

test('an answer that is no summary is a failure', async () => {
  const { job, round } = exportBy(`process.stdout.write('{"written":1}')`);
  await round();
  expect(job.state().failure?.attempts).toBe(1);
  expect(job.state().last).toBeNull();
});

test('a restart repeats nothing, and another target begins', async () => {
  const last = { to: 's3://lake/x', startedMs: at('20T06:01'), tookMs: 1, written: 0, unchanged: 35, kept: 0 };
  const text = JSON.stringify({ ...last, lastDay: null, rows: 0, bytes: 0 });
  const fails = 'process.exitCode = 1';
  const same = exportBy(fails, text);
  await same.round();
  expect(same.job.state()).toMatchObject({ failure: null, last, nextMs: at('21T06:00') });
  for (const other of [
    text.replace('/x', '/y'),
    'damaged',
    '{}',
    text.replace(String(last.startedMs), String(at('20T12:00') + DAY_MS)),
  ]) {
    const changed = exportBy(fails, other);
    await changed.round();
    expect(changed.job.state(), other).toMatchObject({ last: null, failure: { attempts: 1 } });
  }
});

test('a stop ends the process and is no failure', async () => {
  const { job, round, stop, troubles } = exportBy(
    `process.send({ rows: 0, invocations: 0, note: 'x' }); setInterval(() => undefined, 1000);`,
  );
  const running = round();
  await expect.poll(() => job.state().running?.progress ?? null).not.toBeNull();
  stop();
  await running;
  expect(job.state()).toMatchObject({ running: null, failure: null });
  expect(troubles).toEqual([]);
});
