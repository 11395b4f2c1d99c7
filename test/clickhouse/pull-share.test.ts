/** Each log group is polled by one process, and by another one after that process has ended. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assignShard } from '../../server/storage/clickhouse/shard-assignment.ts';
import { AwsDouble, pulledInvocation } from '../support/aws.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import type { RunningServer } from '../support/product.ts';
import { removeFolder, startServer, temporaryFolder } from '../support/product.ts';

const GROUPS = 24;
let engine: TestClickHouse;
let server: RunningServer;
const doubles: AwsDouble[] = [];
const running: RunningServer[] = [];
const folder = temporaryFolder();

beforeAll(async () => {
  engine = await startClickHouse();
  server = await startServer(folder, engine.settings);
});
afterAll(async () => {
  for (const one of [...running, server]) await one.stop('SIGKILL');
  for (const aws of doubles) await aws.stop();
  removeFolder(folder);
  await engine.close();
});

/** Ingest worker with its own AWS double, which records its requests. */
async function ingester(): Promise<AwsDouble> {
  const aws = await AwsDouble.start();
  for (let n = 0; n < GROUPS; n += 1) {
    const atMs = Date.now() - 60_000;
    aws.group(`/aws/lambda/function-${n}`, pulledInvocation(n, atMs));
  }
  doubles.push(aws);
  const one = await startServer(
    temporaryFolder(),
    {
      ...engine.settings,
      ...aws.environment,
      THERMOCLINE_PULL_LOG_GROUPS: '/aws/lambda/*',
      THERMOCLINE_PULL_INTERVAL_SECONDS: '5',
    },
    { command: 'ingest', ready: /listening on (http:\S+)/ },
  );
  running.push(one);
  return aws;
}

/** Log groups requested after the first `from` calls. */
function asked(aws: AwsDouble, from: number): readonly string[] {
  return [
    ...new Set(
      aws
        .of('FilterLogEvents')
        .slice(from)
        .map((call) => String(call['logGroupName'])),
    ),
  ].toSorted();
}

test('two workers share the log groups; the remaining one takes over all of them', async () => {
  const [one, other] = [await ingester(), await ingester()];
  const count = async (): Promise<number> =>
    Number((await engine.rows<{ n: string }>('SELECT uniq(function_id) AS n FROM invocation_fact'))[0]?.n);
  await expect.poll(count, { interval: 500 }).toBe(GROUPS);
  // Wait until both know each other.
  await new Promise((resolve) => setTimeout(resolve, 8000));
  const from = [one.of('FilterLogEvents').length, other.of('FilterLogEvents').length] as const;
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  const [mine, its] = [asked(one, from[0]), asked(other, from[1])];
  expect(mine.length).toBeGreaterThan(0);
  expect(its.length).toBeGreaterThan(0);
  expect([...mine, ...its].toSorted()).toEqual([...new Set([...mine, ...its])].toSorted());
  expect(mine.length + its.length).toBe(GROUPS);
  await running[0]?.stop('SIGKILL');
  const since = other.of('FilterLogEvents').length;
  await expect.poll(() => asked(other, since).length, { interval: 1000 }).toBe(GROUPS);
});

test('every shard has exactly one owner, and only shards of an ended process move', () => {
  const names = ['collect a/1', 'collect b/2', 'collect c/3'];
  const owners = (alive: readonly string[]): readonly (readonly string[])[] =>
    Array.from({ length: 64 }, (_, part) =>
      alive.filter((name) => {
        const { of, remainders } = assignShard(name, alive);
        return remainders.includes(part % of);
      }),
    );
  const before = owners(names);
  expect(before.every((mine) => mine.length === 1)).toBe(true);
  const after = owners(names.slice(1));
  for (const [part, [owner]] of before.entries()) {
    if (owner !== names[0]) expect(after[part]).toEqual([owner]);
    expect(after[part]).toHaveLength(1);
  }
  expect(assignShard('collect a/1', ['collect a/1'])).toEqual({ of: 1, remainders: [0] });
});
