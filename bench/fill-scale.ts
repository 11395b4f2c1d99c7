/** Fills ClickHouse with generated invocations and everything derived from them. */

import { DAY_MS, HOUR_MS } from '../ingest/records/time.ts';
import { writeBuckets } from '../server/storage/clickhouse/classify/rollups.ts';
import { hashOf } from '../server/storage/clickhouse/hash-ids.ts';
import { ClickHouseQueryClient } from '../server/storage/clickhouse/query-client.ts';
import { encodeVersioned } from '../server/storage/clickhouse/versioned-value.ts';
import type { TestClickHouse } from '../test/support/clickhouse.ts';

/** Generates the invocations, and everything derived from them, inside the engine. */
export async function fill(
  engine: TestClickHouse,
  shape: { readonly invocations: number; readonly functions: number; readonly days: number; readonly toMs: number },
  say: (line: string) => void,
): Promise<void> {
  const client = new ClickHouseQueryClient(engine.client, { ...engine.options, requestTimeoutMs: 600_000 });
  const from = shape.toMs - shape.days * DAY_MS;
  const ids = Array.from({ length: shape.functions }, (_, at) => hashOf('123456789012', 'eu-west-1', `function-${at}`));
  const each = Math.ceil(shape.invocations / shape.functions);
  const gapMs = (shape.days * DAY_MS) / each;
  await client.insert(
    'lambda_function',
    ids.map((id, at) => ({
      function_id: id,
      account: '123456789012',
      region: 'eu-west-1',
      name: `function-${at}`,
      named: 1,
      first_seen_ms: from,
      last_seen_ms: shape.toMs,
      latest: encodeVersioned(shape.toMs, [512, '$LATEST']),
    })),
  );
  for (let at = 0; at < shape.functions; at += 25) {
    const some = ids.slice(at, at + 25);
    // One in a hundred is a cold start; an environment serves two hundred.
    await client.run(
      `INSERT INTO invocation_fact (function_id, end_ms, request_id, stream_id, start_ms, duration_us, billed_ms, memory_mb,
         max_memory_mb, init_us, status, version, received_ms, verdict)
       SELECT id, toInt64(${from} + n * ${gapMs} + rand(n) % 40) AS end, concat(substring(hash, 1, 8), '-', substring(hash, 9, 4), '-4', substring(hash, 14, 3), '-a', substring(hash, 18, 3), '-', substring(hash, 21, 12)), intDiv(n, 200) + 1,
         end - 5 - us / 1000, toUInt64(3000 + exp(randNormal(9.5, 0.8)) + cold * 100000) AS us, intDiv(us, 1000) + 1, 512,
         90 + rand(n + 1) % 40, if(cold, toUInt64(200000 + rand(n + 2) % 300000), NULL), if(rand(n + 3) % 500 = 0, 2, 0),
         '$LATEST', end + 5000, if(cold, '000000000001001', '')
       FROM (SELECT arrayJoin([${some.join(',')}]) AS id, number AS n, number % 100 = 0 AS cold, lower(hex(sipHash128(id, n))) AS hash FROM numbers(${each}))
       SETTINGS max_insert_threads = 2`,
    );
    for (const id of some) {
      const buckets = Array.from({ length: (shape.days * DAY_MS) / 300_000 }, (_, bucket) => from + bucket * 300_000);
      await writeBuckets(
        client,
        buckets.map((bucket) => [id, bucket] as const),
        0,
      );
    }
    say(`  ${at + 25} of ${shape.functions} functions`);
  }
  await client.run(
    `INSERT INTO environment (function_id, environment_id, account, region, function_name, log_group, log_stream, version,
       memory_mb, init_start_ms, init_us, first_seen_ms, last_seen_ms, first_end_ms, last_end_ms, last_status, invocations, known)
     SELECT function_id, stream_id, '123456789012', 'eu-west-1', 'f', '/aws/lambda/f', toString(stream_id), '$LATEST', 512,
       min(end_ms) - 600, max(f.init_us), min(end_ms), max(end_ms), min(end_ms), max(end_ms), 0, count(), 200
     FROM invocation_fact AS f GROUP BY function_id, stream_id`,
  );
  await client.run(
    `INSERT INTO derived_slot (function_id, slot_ms, runs, idle_times, closing, cold_starts, changes, written)
     SELECT function_id, intDiv(end_ms, ${HOUR_MS}) * ${HOUR_MS} AS slot, count(), '[]', '{}',
       concat('[', arrayStringConcat(groupArrayIf(format('{{"endMs":{},"requestId":"{}","environmentId":{},"seriesId":1,"atMs":{},"kind":"on-demand","userFelt":true,"initMs":{},"initBilled":false,"durationMs":{},"failed":false,"platformMs":50,"loop":0,"evidence":{{"kind":"on-demand","change":null,"firstOfChange":false,"replacedIdleMs":null,"previousFailed":false,"proactiveGapMs":null,"busy":2,"idle":0,"goneIdleMs":null,"goneFailed":false,"firstOnRecord":false}}}}',
         toString(end_ms), request_id, toString(stream_id), toString(end_ms - 500), toString(init_us / 1000), toString(duration_us / 1000)), init_us IS NOT NULL), ','), ']'), '[]', 1
     FROM invocation_fact GROUP BY function_id, slot`,
  );
}
