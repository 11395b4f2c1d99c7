/**
 * npm run simulate — how many ingesters and shards a load wants: queueing, back-pressure and the loss of a node, with service
 * times as bench:scale measured them (bench/baseline-scale.json, or those given by PARSE_US, INSERT_MS, INSERT_US).
 */
import { readFileSync } from 'node:fs';
import { Random } from '../ingest/random.ts';
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
const DAY_SECONDS = 86_400;
/** Of the mean rate of a day: what a busy hour brings. */
const PEAK = 3;
const SHAPE = { perRequest: 2000, bytesPerInvocation: 80, seconds: 300 };

process.stdout.write(`service times: ${JSON.stringify(SERVICE)}\n`);
process.stdout.write(
  '| invocations a day | peak a second | ingesters | shards | node lost | ingester busy | shard busy | p50 ms | p99 ms | longest s | refused | lost |\n',
);
process.stdout.write('|---|---|---|---|---|---|---|---|---|---|---|---|\n');
for (const perDay of [1e6, 1e7, 1e8, 1e9]) {
  const ratePerSecond = (PEAK * perDay) / DAY_SECONDS;
  for (const [ingesters, shards] of [
    [1, 1],
    [2, 1],
    [2, 2],
    [3, 2],
  ] as const) {
    for (const loss of ingesters > 1 ? [undefined, { atSecond: 100, forSeconds: 60 }] : [undefined]) {
      const perRequest = Math.min(SHAPE.perRequest, Math.max(20, Math.round(ratePerSecond / 2)));
      const plant = { ...SHAPE, ...SERVICE, perRequest, ratePerSecond, ingesters, shards, loss };
      const one = simulate(plant, new Random(1));
      const percent = (share: number): string => `${(share * 100).toPrecision(2)} %`;
      process.stdout.write(
        `| ${perDay.toExponential(0)} | ${ratePerSecond.toFixed(0)} | ${ingesters} | ${shards} | ${loss === undefined ? '–' : 'one, a minute'} | ${percent(one.ingesterBusy)} | ${percent(one.shardBusy)} | ${one.p50Ms.toFixed(0)} | ${one.p99Ms.toFixed(0)} | ${(one.longestMs / 1000).toFixed(1)} | ${percent(one.refusals / one.requests)} | ${one.lost} |\n`,
      );
    }
  }
}
