/**
 * npm run simulate — prints what a load requires: a cost model, then a simulation of queueing, back-pressure and the loss
 * of an ingest worker, using the figures of bench:scale (bench/baseline-scale.json, or the environment: PARSE_US,
 * INSERT_MS and others).
 */
import { readFileSync } from 'node:fs';
import { Random } from '../ingest/records/random.ts';
import { planOf } from './simulation/cost.ts';
import { simulate } from './simulation/ingesters.ts';

const baseline = JSON.parse(
  readFileSync(new URL('../../bench/baseline-scale.json', import.meta.url), 'utf8'),
) as Record<string, number>;
const measured = (name: string, key: string): number => {
  const value = Number(process.env[name] ?? baseline[key]);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${name}: expected a number, since bench/baseline-scale.json has no ${key}`);
};
const SERVICE = {
  parseUs: measured('PARSE_US', 'ingesterCpuMicrosecondsPerInvocation'),
  insertMs: measured('INSERT_MS', 'insertMilliseconds'),
  insertUs: measured('INSERT_US', 'insertMicrosecondsPerInvocation'),
};
const MEASURED = {
  ingesterUs: SERVICE.parseUs,
  classifyUs: measured('CLASSIFY_US', 'classifyCpuMicrosecondsPerInvocation'),
  engineIngestUs: measured('ENGINE_US', 'engineIngestCpuMicrosecondsPerInvocation'),
  engineClassifyUs: measured('ENGINE_CLASSIFY_US', 'engineClassifyCpuMicrosecondsPerInvocation'),
  bytes: measured('BYTES', 'bytesPerInvocation'),
  lineBytes: measured('LINE_BYTES', 'bytesOfLinesPerInvocation'),
};
const ORDERS = [1e6, 1e7, 1e8, 1e9];
const SHAPE = { perRequest: 2000, bytesPerInvocation: 80, seconds: 300 };

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const row = (...cells: readonly (string | number)[]): void => say(`| ${cells.join(' | ')} |`);

say(`measured: ${JSON.stringify({ ...SERVICE, ...MEASURED })}\n`);
row('invocations per day', ...ORDERS.map((one) => one.toExponential(0)));
row(...ORDERS.map(() => '---'), '---');
const plans = ORDERS.map((one) => planOf(one, MEASURED));
const forEachPlan = (name: string, of: (plan: (typeof plans)[number]) => string): void => row(name, ...plans.map(of));
const short = (value: number): string =>
  Number(value.toPrecision(2)).toLocaleString('en-US', { maximumSignificantDigits: 2 });
forEachPlan('invocations per second at the peak', (one) => short(one.peakPerSecond));
forEachPlan('cores of ingest workers, attribution workers, ClickHouse at the peak', (one) =>
  [one.ingesterCores, one.attributionCores, one.engineCores].map(short).join(', '),
);
forEachPlan('ingest workers, attribution workers, shards', (one) =>
  [one.ingesters, one.attributionWorkers, one.shards].join(', '),
);
forEachPlan('rows and lines on disk, GB per replica', (one) => `${short(one.rowsGb)} + ${short(one.linesGb)}`);
forEachPlan('on disk in SQLite, GB', (one) => short(one.sqliteGb));
forEachPlan('CloudWatch Logs per month', (one) => `$${short(one.cloudWatch)}`);
forEachPlan('Firehose per month', (one) => `$${short(one.firehose[0])} to $${short(one.firehose[1])}`);
forEachPlan('first bottleneck on SQLite', ({ onSqlite }) => `${onSqlite.of}, at ${short(onSqlite.share * 100)} %`);
forEachPlan(
  'first bottleneck on ClickHouse',
  (one) => `${one.onClickHouse.of}, at ${short(one.onClickHouse.share * 100)} %`,
);
say('');

row(
  'invocations per day',
  'ingest workers',
  'shards',
  'lost',
  'ingest worker busy',
  'shard busy',
  'p50 ms',
  'p99 ms',
  'longest s',
  'rejected',
  'dropped',
);
row(...Array.from({ length: 11 }, () => '---'));
// The last is more than one ingest worker can handle.
for (const perDay of [...ORDERS, 4e9]) {
  const ratePerSecond = planOf(perDay, MEASURED).peakPerSecond;
  for (const [ingesters, shards] of [
    [1, 1],
    [2, 1],
    [2, 2],
    [3, 2],
  ] as const) {
    for (const loss of ingesters > 1 ? [undefined, { atSecond: 100, forSeconds: 60 }] : [undefined]) {
      const perRequest = Math.min(SHAPE.perRequest, Math.max(20, Math.round(ratePerSecond / 2)));
      const system = { ...SHAPE, ...SERVICE, perRequest, ratePerSecond, ingesters, shards, loss };
      const one = simulate(system, new Random(1));
      const percent = (share: number): string => `${short(share * 100)} %`;
      row(
        perDay.toExponential(0),
        ingesters,
        shards,
        loss === undefined ? '–' : 'an ingest worker, a minute',
        percent(one.ingesterBusy),
        percent(one.shardBusy),
        one.p50Ms.toFixed(0),
        one.p99Ms.toFixed(0),
        (one.longestMs / 1000).toFixed(1),
        percent(one.rejections / one.requests),
        one.lost,
      );
    }
  }
}
