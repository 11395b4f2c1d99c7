/**
 * `thermocline export parquet --to s3://…`: against a double that verifies signatures (which AWS's own client also passes), and against
 * the S3 server of npm `s3rver`. What is stored is what a folder has; runs that end early go on, on any machine.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fillStore } from '../../bench/fill-store.ts';
import { peerHome, requirePeer } from '../../bench/peer-packages.ts';
import { openS3 } from '../../ingest/aws/s3/s3-client.ts';
import { putFile } from '../../ingest/aws/s3/s3-upload.ts';
import { DAY_MS, HOUR_MS } from '../../ingest/records/time.ts';
import type { ExportSummary } from '../../server/cli/export/export-parquet.ts';
import { exportParquet } from '../../server/cli/export/export-parquet.ts';
import type { ExportTarget } from '../../server/cli/export/export-target.ts';
import { folderTarget } from '../../server/cli/export/export-target.ts';
import { s3Target } from '../../server/cli/export/s3-target.ts';
import { runCommand } from '../support/command.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, removeFolder, startProduct } from '../support/product.ts';
import { S3_KEYS, S3Server } from '../support/s3-server.ts';

/** A Monday, 00:00 UTC; the three days before it have invocations, and are settled. */
const NOW = Date.UTC(2026, 10, 23);
const DAYS = ['2026-11-20', '2026-11-21', '2026-11-22'];
const root = join(import.meta.dirname, '../..');
const folder = memoryFolder();
const data = join(folder, 'data');
const CREDENTIALS = { AWS_ACCESS_KEY_ID: S3_KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey };
const saved = { ...process.env };
const s3 = new S3Server();
let product: TestProduct;

/** A package of a peer; null where it cannot be installed. */
function peer<T>(versioned: string): T | null {
  try {
    return requirePeer(root, versioned) as T;
  } catch {
    return null;
  }
}

beforeAll(async () => {
  Object.assign(process.env, CREDENTIALS, {
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  });
  await s3.start();
  await fillStore(
    data,
    { size: 3000, functions: 5, days: 3, toMs: NOW },
    {
      migrations: new URL('../../migrations/sqlite', import.meta.url).pathname,
      workers: new URL('../../dist/workers/', import.meta.url),
    },
  );
  product = await startProduct({ folder: data, now: () => NOW + 7 * HOUR_MS });
  await toTarget(folderTarget(join(folder, 'reference')));
});
afterAll(async () => {
  process.env = saved;
  await product.close();
  await s3.stop();
  removeFolder(folder);
});
beforeEach(() => {
  s3.fault = () => null;
  s3.deniesMissing = false;
  s3.calls.length = 0;
  s3.objects.clear();
  s3.uploads.clear();
  s3.buckets.clear();
  s3.buckets.set('lake', 'eu-west-1');
});

async function toTarget(target: ExportTarget, signal = new AbortController().signal): Promise<ExportSummary> {
  return exportParquet({
    ...{ request: product.fetch, target, signal, version: 'test' },
    ...{ fromMs: NOW - 10 * DAY_MS, toMs: NOW + 7 * HOUR_MS },
    onStart: () => undefined,
    onRow: () => undefined,
  }).finally(() => target.close());
}

const toS3 = async (prefix = 'team/lambda/', endpoint = s3.url): Promise<ExportSummary> =>
  toTarget(
    await s3Target({
      address: { bucket: 'lake', prefix },
      scope: { region: 'eu-west-1', endpoint },
      signal: new AbortController().signal,
    }),
  );

const FILES = ['invocations', 'rollups'].flatMap((name) => DAYS.map((day) => `${name}/day=${day}/part-0.parquet`));

test('the objects are the files of a folder, and only what changed is written again', async () => {
  expect(await toS3()).toMatchObject({ written: DAYS, unchanged: 0 });
  expect(s3.keys('lake')).toEqual(['_thermocline/manifest.json', ...FILES].map((name) => `team/lambda/${name}`));
  for (const name of FILES)
    expect(
      s3.objects.get(`lake/team/lambda/${name}`)?.bytes.equals(readFileSync(join(folder, 'reference', name))),
      name,
    ).toBe(true);
  // Each digest was sent, and verified by the server.
  expect(
    s3.calls.filter(({ method, headers }) => method === 'PUT' && headers['x-amz-checksum-sha256'] === undefined),
  ).toEqual([]);
  // Another machine has the manifest and nothing else.
  s3.calls.length = 0;
  expect(await toS3()).toMatchObject({ written: [], unchanged: 3 });
  expect(s3.calls.map(({ method, key }) => `${method} ${key}`)).toEqual(['GET team/lambda/_thermocline/manifest.json']);
});

test('a run that is killed between two requests goes on, and no object is half', async () => {
  let puts = 0;
  s3.fault = ({ method }) => {
    if (method !== 'PUT') return null;
    puts += 1;
    // Both files of the first day and the manifest are stored; then the second day's first.
    return puts > 4 ? { status: 400, code: 'Killed' } : null;
  };
  await expect(toS3('')).rejects.toThrow('Killed');
  expect(s3.keys('lake')).toEqual(['_thermocline/manifest.json', ...FILES.slice(0, 2), FILES[3]].toSorted());
  s3.fault = () => null;
  expect(await toS3('')).toMatchObject({ written: DAYS.slice(1), unchanged: 1 });
  expect(s3.keys('lake')).toEqual(['_thermocline/manifest.json', ...FILES]);
});

test('answers that are lost, connections that break and a service that is slow cost nothing', async () => {
  const seen = new Map<string, number>();
  s3.fault = ({ method, key }) => {
    const n = (seen.get(`${method} ${key}`) ?? 0) + 1;
    seen.set(`${method} ${key}`, n);
    if (n === 1) return 'lost';
    return n === 2 ? { status: 503, code: 'SlowDown' } : null;
  };
  expect(await toS3('')).toMatchObject({ written: DAYS });
  expect(s3.keys('lake')).toEqual(['_thermocline/manifest.json', ...FILES]);
});

test('two exports at once: the one that comes second stops, and the next run goes on', async () => {
  let isOther = false;
  s3.fault = ({ method, key }) => {
    if (method === 'PUT' && key === FILES[0] && !isOther) {
      isOther = true;
      s3.objects.set('lake/_thermocline/manifest.json', { bytes: Buffer.from('{}'), etag: '"other"', checksum: null });
    }
    return null;
  };
  await expect(toS3('')).rejects.toThrow(
    '--to s3://lake/: another export replaced _thermocline/manifest.json meanwhile. Run one at a time; the next run goes on.',
  );
  await expect(toS3('')).rejects.toThrow('expected the manifest of an export of this version');
  s3.objects.delete('lake/_thermocline/manifest.json');
  expect(await toS3('')).toMatchObject({ written: DAYS });
});

test('a service without conditional writes gets plain ones', async () => {
  s3.fault = ({ headers }) =>
    headers['if-match'] !== undefined || headers['if-none-match'] !== undefined
      ? { status: 501, code: 'NotImplemented' }
      : null;
  expect(await toS3('')).toMatchObject({ written: DAYS });
});

test('large files are stored in parts, and what a killed upload left is removed', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'thermocline-parts-')), 'file');
  const bytes = Buffer.alloc(11_000_000, 'abcdefghij');
  writeFileSync(path, bytes);
  const client = await openS3(
    { bucket: 'lake', prefix: 'p/' },
    { region: 'eu-west-1', endpoint: s3.url },
    new AbortController().signal,
  );
  s3.uploads.set('rest', { key: 'lake/p/big', parts: new Map() });
  s3.uploads.set('other', { key: 'lake/p/big2', parts: new Map() });
  let fails = 1;
  s3.fault = ({ query }) => (query.get('partNumber') === '2' && fails-- > 0 ? 'hangUp' : null);
  expect(await putFile(client, 'big', path, { partBytes: 5_242_880 })).toBe(11_000_000);
  expect(s3.objects.get('lake/p/big')?.bytes.equals(bytes)).toBe(true);
  expect(s3.objects.get('lake/p/big')?.etag).toMatch(/-3"$/);
  expect([...s3.uploads.keys()]).toEqual(['other']);
  // A part that is refused leaves neither an object nor parts.
  s3.fault = ({ query }) => (query.get('partNumber') === '3' ? { status: 400, code: 'BadDigest' } : null);
  await expect(putFile(client, 'refused', path, { partBytes: 5_242_880 })).rejects.toThrow();
  expect(s3.objects.has('lake/p/refused')).toBe(false);
  expect([...s3.uploads.keys()]).toEqual(['other']);
  client.close();
  rmSync(path);
});

test.each<[string, () => void, Record<string, string>, RegExp]>([
  [
    'no such bucket',
    () => s3.buckets.clear(),
    {},
    /^--to s3:\/\/lake\/x\/: The bucket lake does not exist at http:\S+\. Create it, or correct its name\.$/,
  ],
  [
    'a bucket elsewhere',
    () => s3.buckets.set('lake', 'us-west-2'),
    {},
    /The bucket lake is in the region us-west-2, and eu-west-1 was expected\. Set --region or AWS_REGION/,
  ],
  [
    'a wrong secret',
    () => undefined,
    { AWS_SECRET_ACCESS_KEY: 'other' },
    /The secret access key does not belong to the access key/,
  ],
  ['an unknown key', () => undefined, { AWS_ACCESS_KEY_ID: 'AKIAOTHER' }, /AWS does not know these credentials/],
  [
    'no permission to write',
    () => {
      s3.fault = ({ method }) => (method === 'PUT' ? { status: 403, code: 'AccessDenied' } : null);
    },
    {},
    /Allow s3:PutObject and s3:AbortMultipartUpload\..*for arn:aws:s3:::lake and arn:aws:s3:::lake\/x\/\*$/,
  ],
  [
    'no permission to list',
    () => {
      s3.deniesMissing = true;
    },
    {},
    /Allow s3:GetObject and s3:ListBucket\./,
  ],
])('%s is said with what is expected', async (_, make, env, message) => {
  make();
  const { code, stderr } = await runCommand(
    data,
    ['export', 'parquet', '--to', 's3://lake/x', '--url', 'http://127.0.0.1:9', '--token', 't'],
    {
      environment: { ...CREDENTIALS, AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_S3: s3.url, ...env },
    },
  );
  // Permissions to write are needed only once there is something to write.
  if (/write/.test(_)) await expect(toS3('x/')).rejects.toThrow(message);
  else expect(stderr.trim()).toMatch(message);
  expect(code).toBe(1);
});

test('the command names settings that are missing', async () => {
  const run = (to: string, environment: Record<string, string>, ...more: string[]) =>
    runCommand(data, ['export', 'parquet', '--to', to, '--url', 'http://127.0.0.1:9', '--token', 't', ...more], {
      environment,
    });
  const none = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  };
  expect((await run('s3://lake', none)).stderr).toContain('No AWS region is set. Pass --region or set AWS_REGION.');
  expect((await run('s3://lake', none, '--endpoint', s3.url)).stderr).toContain('No credentials were found.');
  expect((await run('s3://lake', none, '--endpoint', 'minio:9000')).stderr).toContain(
    'expected a URL such as https://minio.example.com:9000',
  );
  expect((await run('gs://lake', none)).stderr).toContain(
    '--to: expected a folder or an address such as s3://bucket/prefix, got gs://lake',
  );
  expect((await run(join(folder, 'x'), none, '--region', 'eu-west-1')).stderr).toContain(
    'expected an address such as s3://bucket/prefix in --to',
  );
});

test('the region and the endpoint of a profile are used', async () => {
  const config = join(folder, 'aws-config');
  writeFileSync(
    config,
    `[profile lake]\nregion = eu-west-1\nservices = here\n[services here]\ns3 =\n  endpoint_url = ${s3.url}\n`,
  );
  const signal = new AbortController().signal;
  const { AWS_CONFIG_FILE: before } = process.env;
  process.env['AWS_CONFIG_FILE'] = config;
  try {
    const client = await openS3({ bucket: 'lake', prefix: '' }, { profile: 'lake' }, signal);
    expect(client.settings).toMatchObject({ region: 'eu-west-1', endpoint: s3.url });
  } finally {
    process.env['AWS_CONFIG_FILE'] = before;
  }
});

interface SdkClient {
  send(command: unknown): Promise<{ Body?: { transformToByteArray(): Promise<Uint8Array> } }>;
}
type Sdk = Record<'S3Client' | 'GetObjectCommand' | 'PutObjectCommand', new (options: object) => SdkClient>;
const sdk = peer<Sdk>('@aws-sdk/client-s3@3.1175.0');

test.skipIf(sdk === null)(
  "AWS's own client reads what was exported, and passes the double's verification",
  async () => {
    await toS3('');
    if (sdk === null) return;
    const client = new sdk.S3Client({
      region: 'eu-west-1',
      endpoint: s3.url,
      forcePathStyle: true,
      credentials: S3_KEYS,
    });
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: 'lake', Key: FILES[0] }));
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    expect(bytes.equals(readFileSync(join(folder, 'reference', FILES[0] ?? '')))).toBe(true);
  },
);

/** The command of s3rver; null where it cannot be installed. */
function s3rverCommand(): string | null {
  try {
    return join(peerHome(root, 's3rver@3.7.1'), 'node_modules/s3rver/bin/s3rver.js');
  } catch {
    return null;
  }
}
const s3rver = s3rverCommand();

test.skipIf(s3rver === null)('the server of npm s3rver takes an export', async () => {
  const directory = join(folder, 's3rver');
  const args = [s3rver ?? '', '--directory', directory, '--address', '127.0.0.1', '--port', '0'];
  const server = spawn(process.execPath, [...args, '--configure-bucket', 'lake'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const port = await new Promise<string>((resolve, reject) => {
      let text = '';
      server.once('exit', (code) => reject(new Error(`s3rver ended with ${code}: ${text}`)));
      server.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const found = /listening on 127\.0\.0\.1:(\d+)/.exec(text)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' });
    const endpoint = `http://127.0.0.1:${port}`;
    expect(await toS3('a/', endpoint)).toMatchObject({ written: DAYS });
    expect(await toS3('a/', endpoint)).toMatchObject({ written: [], unchanged: 3 });
    const signal = new AbortController().signal;
    const client = await openS3({ bucket: 'lake', prefix: 'a/' }, { region: 'us-east-1', endpoint }, signal);
    const path = join(folder, 'parts');
    writeFileSync(path, Buffer.alloc(11_000_000, 'x'));
    expect(await putFile(client, 'big', path, { partBytes: 5_242_880 })).toBe(11_000_000);
    const stored = await client.send({ method: 'GET', key: 'big' });
    expect(stored.body).toBe('x'.repeat(11_000_000));
    client.close();
  } finally {
    Object.assign(process.env, CREDENTIALS);
    server.removeAllListeners('exit');
    const ended = new Promise((resolve) => server.once('exit', resolve));
    if (server.exitCode === null && server.kill()) await ended;
  }
});
