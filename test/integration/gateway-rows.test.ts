/** Routes of sampled invocations come from at most 5,000 lines of an access log in an hour, and that is stated. */
import { afterEach, expect, test } from 'vitest';
import { MINUTE_MS } from '../../ingest/records/time.ts';
import { invocation, message, record, requestId, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const HOUR = Date.UTC(2026, 10, 20, 10);
const ARN = { 'x-amz-firehose-source-arn': 'arn:aws:firehose:eu-west-1:111122223333:deliverystream/s' };
/** Ten runs in the first minutes of the hour, and ten in the last. */
const RUNS = Array.from({ length: 20 }, (_, n) => HOUR + (n < 10 ? n : 40 + n) * MINUTE_MS);

let product: TestProduct | undefined;

afterEach(async () => {
  await product?.close();
  if (product !== undefined) removeFolder(product.folder);
});

/** A line of the access log for a run, or for another function. */
const line = (id: string, atMs: number, lambdaId: string, path: string) => ({
  id: '',
  timestamp: atMs,
  message: JSON.stringify({
    requestId: id,
    requestTimeEpoch: atMs,
    httpMethod: 'GET',
    resourcePath: path,
    integrationRequestId: lambdaId,
    status: '200',
    responseLatency: '60',
  }),
});

test.each([
  ['as many lines as are read', 5000, 19, null],
  ['more lines than are read', 5001, 18, 5000],
])('%s', async (_, lines, routed, readPerHour) => {
  product = await startProduct({ now: () => HOUR + 90 * MINUTE_MS });
  const own = RUNS.map((atMs, n) => line(`own-${n}`, atMs, requestId(n), '/own'));
  const others = Array.from({ length: lines - own.length }, (__, at) =>
    line(`other-${at}`, HOUR + 20 * MINUTE_MS + at, `other-${at}`, '/other'),
  );
  const access = message([...own, ...others], { logGroup: '/aws/apigateway/api', logStream: 'any' });
  const runs = message(RUNS.flatMap((atMs, n) => invocation(n, atMs)));
  expect((await send(product, [record(runs), record(access)], { headers: ARN })).status).toBe(200);
  const [found] = await product.store.read.resolveFunction({ name: 'edge' });
  const { sizes } = await product.store.read.memory({
    functionId: found?.functionId ?? -1,
    fromMs: HOUR,
    toMs: HOUR + 60 * MINUTE_MS,
    outOfMemorySinceMs: HOUR,
  });
  // The first run of the environment is not sampled. Of 5,001 lines in the order of time, that of the last run is not read.
  expect(sizes.map(({ evidence }) => evidence.routes)).toEqual([Array.from({ length: routed }, () => '/own')]);
  expect(sizes.map(({ evidence }) => evidence.routesReadPerHour)).toEqual([readPerHour]);
});
