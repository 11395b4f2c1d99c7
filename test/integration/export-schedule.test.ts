/** The daily export of a running server, to an address in S3: what is stored, what it says of it, and that it begins once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillStore } from '../../bench/fill-store.ts';
import { DAY_MS } from '../../ingest/records/time.ts';
import type { IngestStatusAnswer } from '../../server/http/contract/ingest.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, startServer } from '../support/product.ts';
import { S3_KEYS, S3Server } from '../support/s3-server.ts';

const folder = memoryFolder();
const s3 = new S3Server();
/** The three days before this one have invocations. */
const MIDNIGHT = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const DAYS = [3, 2, 1].map((ago) => new Date(MIDNIGHT - ago * DAY_MS).toISOString().slice(0, 10));
let server: RunningServer;

const environment = (): Record<string, string> => ({
  THERMOCLINE_EXPORT_TO: 's3://lake/team',
  THERMOCLINE_EXPORT_DAYS: '20',
  AWS_ACCESS_KEY_ID: S3_KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey,
  AWS_REGION: 'eu-west-1',
  AWS_ENDPOINT_URL_S3: s3.url,
});

async function status(): Promise<NonNullable<IngestStatusAnswer['parquetExport']>> {
  const headers = { authorization: `Bearer ${ADMIN}` };
  const answer = (await (await fetch(`${server.url}/api/v1/ingest/status`, { headers })).json()) as IngestStatusAnswer;
  if (answer.parquetExport === null) throw new Error('no export is set');
  return answer.parquetExport;
}

beforeAll(async () => {
  await s3.start();
  await fillStore(
    folder,
    { size: 600, functions: 3, days: 3, toMs: MIDNIGHT },
    {
      migrations: new URL('../../migrations/sqlite', import.meta.url).pathname,
      workers: new URL('../../dist/workers/', import.meta.url),
    },
  );
});
afterAll(async () => {
  await server.stop();
  await s3.stop();
  removeFolder(folder);
});

test('a failure is shown with its reason and is an alert; the export after the next start is stored', async () => {
  server = await startServer(folder, environment());
  await expect.poll(async () => (await status()).failure).not.toBeNull();
  const { failure, nextAt, ...failed } = await status();
  expect(failed).toEqual({ to: 's3://lake/team', running: null, last: null });
  expect(failure).toMatchObject({
    message: `--to s3://lake/team/: The bucket lake does not exist at ${s3.url}. Create it, or correct its name.`,
    attempts: 1,
  });
  expect(Date.parse(nextAt)).toBeGreaterThan(Date.parse(failure?.at ?? ''));
  const headers = { authorization: `Bearer ${ADMIN}` };
  const alerts = async (): Promise<string> =>
    (await fetch(`${server.url}/api/v1/alerts/instances`, { headers })).text();
  await expect.poll(alerts).toContain('Export to Parquet failed');
  await server.stop();

  s3.buckets.set('lake', 'eu-west-1');
  server = await startServer(folder, environment());
  await expect.poll(async () => (await status()).last).not.toBeNull();
  const done = await status();
  expect(done).toMatchObject({ running: null, failure: null, last: { written: 3, unchanged: 0, lastDay: DAYS[2] } });
  expect(done.last?.rows).toBeGreaterThan(600);
  expect(s3.keys('lake')).toEqual([
    'team/_thermocline/manifest.json',
    ...['invocations', 'rollups'].flatMap((name) => DAYS.map((day) => `team/${name}/day=${day}/part-0.parquet`)),
  ]);
  expect(JSON.parse(readFileSync(join(folder, 'parquet-export.json'), 'utf8'))).toMatchObject({ written: 3 });
  await expect.poll(alerts).not.toContain('Export to Parquet failed');
});
