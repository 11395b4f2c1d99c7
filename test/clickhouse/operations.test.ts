/** ClickHouse available, unavailable or unusable: each gives a clear error, and no acknowledged event is lost. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Server } from 'node:tls';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClickHouseQueryClient } from '../../server/storage/clickhouse/query-client.ts';
import { applyRetention } from '../../server/storage/clickhouse/retention.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import type { FaultProxy } from '../support/fault-proxy.ts';
import { refusalOf, rowOf, startFaultProxy } from '../support/fault-proxy.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, runCli, startServer, temporaryFolder } from '../support/product.ts';
import { Senders } from '../support/senders.ts';

const DAY = 86_400_000;
let engine: TestClickHouse;
let server: RunningServer;
const folder = temporaryFolder();
let environment: Record<string, string>;

beforeAll(async () => {
  engine = await startClickHouse();
  environment = { ...engine.settings };
  server = await startServer(folder, environment);
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
  await engine.close();
});

test('the doctor reports version, database and schema, and the required grants', async () => {
  const { stdout } = await runCli(folder, ['doctor'], { environment });
  expect(stdout).toMatch(
    /\[ ok \] ClickHouse: ClickHouse \d+\.\d+.*database thermocline at 127\.0\.0\.1:\d+: schema \d+/,
  );
  expect(stdout).toContain('GRANT SELECT, INSERT, CREATE TABLE, ALTER TABLE ON thermocline.* TO thermocline;');
});

test('doctor, worker and server report a wrong password without showing it', async () => {
  const wrong = { ...environment, THERMOCLINE_CLICKHOUSE_PASSWORD: 'not the password' };
  const sentence = 'ClickHouse rejected the password of user thermocline';
  const doctor = await runCli(folder, ['doctor'], { environment: wrong });
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toContain(`[FAIL] ClickHouse: ${sentence}`);
  const role = await runCli(temporaryFolder(), ['ingest'], { environment: wrong });
  expect(role.code).toBe(1);
  expect(role.stderr).toContain(sentence);
  expect(`${doctor.stdout}${role.stderr}`).not.toContain('not the password');
  // The server starts, is not ready, and says why.
  const waiting = await startServer(temporaryFolder(), wrong, { ready: /(http:\/\/\S+\d)/ });
  expect((await fetch(`${waiting.url}/readyz`)).status).toBe(503);
  await expect.poll(() => waiting.output()).toContain(sentence);
  await waiting.stop();
});

test('an ingest worker reports a database without the schema of a server', async () => {
  await engine.client.command({ query: 'CREATE DATABASE IF NOT EXISTS bare' });
  const role = await runCli(temporaryFolder(), ['ingest'], {
    environment: { ...environment, THERMOCLINE_CLICKHOUSE_DATABASE: 'bare' },
  });
  expect(role.code).toBe(1);
  expect(role.stderr).toMatch(/database bare lacks a table\. Start the server once/);
});

test('ClickHouse killed under load: 503 while it is down, nothing acknowledged is lost, automatic recovery', async () => {
  const senders = new Senders(20);
  expect(await senders.send(server.url)).toBe(200);
  const dead = engine.kill();
  await dead;
  expect(await senders.send(server.url)).toBe(503);
  const ready = await fetch(`${server.url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.text()).toMatch(/ClickHouse at 127\.0\.0\.1:\d+ cannot be reached/);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await engine.restart();
  await expect.poll(() => senders.send(server.url)).toBe(200);
  const range = `from=${Date.UTC(2026, 10, 19)}&to=${Date.UTC(2026, 10, 22)}`;
  const counted = async (): Promise<number> => {
    const answer = await fetch(`${server.url}/api/v1/functions?${range}`, {
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    const { items } = (await answer.json()) as { items: readonly { invocations: number }[] };
    return items.reduce((sum, item) => sum + item.invocations, 0);
  };
  await expect.poll(counted, { interval: 500 }).toBe(senders.acked.length * 20);
});

test('retention is a TTL of each table, which follows changes of the settings', async () => {
  const ask = new ClickHouseQueryClient(engine.client, engine.options);
  const ttlOf = async (table: string): Promise<string> => {
    const row = await ask.one<{ query: string }>(
      'SELECT create_table_query AS query FROM system.tables WHERE database = currentDatabase() AND name = {table:String}',
      { table },
    );
    return /TTL (.+?) SETTINGS/.exec(row?.query ?? '')?.[1] ?? '';
  };
  const receipt = 'if(received_ms = 0, end_ms, received_ms)';
  expect(await ttlOf('invocation_fact')).toBe(
    `toDateTime(intDiv(least(greatest(end_ms, ${receipt}), ${receipt} + 86400000), 1000)) + toIntervalSecond(${35 * 86_400})`,
  );
  await applyRetention(ask, engine.options, { rawMs: DAY, detailMs: 2 * DAY, historyMs: 90 * DAY, quarantineMs: DAY });
  expect(await ttlOf('invocation_fact')).toContain(`toIntervalSecond(${2 * 86_400})`);
  expect(await ttlOf('rollup_1h')).toContain(`toIntervalSecond(${90 * 86_400})`);
});

describe('over TLS', () => {
  const certificates = temporaryFolder();
  const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => join(certificates, name)) as [string, string];
  let secure: Record<string, string>;
  let tlsServer: Server;
  beforeAll(async () => {
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...name, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    });
    const target = Number(new URL(engine.options.url).port);
    tlsServer = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (near) => {
      const far = connect(target, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const)
        one.on('error', () => other.destroy()).pipe(other);
    });
    await new Promise<void>((resolve) => tlsServer.listen(0, '127.0.0.1', resolve));
    const { port } = tlsServer.address() as AddressInfo;
    secure = { ...environment, THERMOCLINE_CLICKHOUSE_URL: `https://localhost:${port}` };
  });
  afterAll(() => {
    tlsServer.close();
    removeFolder(certificates);
  });

  test('works with the CA that signed the certificate of ClickHouse', async () => {
    const one = await startServer(temporaryFolder(), { ...secure, THERMOCLINE_CLICKHOUSE_CA: certificate });
    expect(await new Senders(5).send(one.url)).toBe(200);
    expect((await fetch(`${one.url}/readyz`)).status).toBe(200);
    await one.stop();
  });

  test('an untrusted certificate and a missing CA file give an error that names the setting', async () => {
    const unknown = await runCli(temporaryFolder(), ['doctor'], { environment: secure });
    expect(unknown.code).toBe(1);
    expect(unknown.stdout).toMatch(
      /\[FAIL\] ClickHouse: The certificate of ClickHouse at localhost:\d+ is not trusted here \(self-signed certificate\): set THERMOCLINE_CLICKHOUSE_CA/,
    );
    const missing = { ...secure, THERMOCLINE_CLICKHOUSE_CA: join(certificates, 'nothing.pem') };
    for (const command of ['doctor', 'ingest', 'serve']) {
      const { code, stdout, stderr } = await runCli(temporaryFolder(), [command], { environment: missing });
      expect(code, command).toBe(1);
      expect(`${stdout}${stderr}`, command).toContain(
        'THERMOCLINE_CLICKHOUSE_CA: expected a PEM file that can be read',
      );
    }
  });
});

describe('errors of ClickHouse', () => {
  let proxy: FaultProxy;
  let behind: Record<string, string>;
  beforeAll(async () => {
    proxy = await startFaultProxy(Number(new URL(engine.options.url).port));
    behind = { ...environment, THERMOCLINE_CLICKHOUSE_URL: `http://127.0.0.1:${proxy.port}` };
  });
  afterAll(() => proxy.close());

  test.each([
    [
      'no space',
      500,
      243,
      'Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)',
      'The disk of ClickHouse is full',
    ],
    [
      'too many parts',
      500,
      252,
      'Too many parts (3000 with average size of 1.00 KiB) in table thermocline.invocation_fact. Merges are processing significantly slower than inserts. (TOO_MANY_PARTS)',
      'ClickHouse merges parts more slowly than data arrives',
    ],
    [
      'no memory',
      500,
      241,
      '(total) memory limit exceeded: would use 2.00 GiB. (MEMORY_LIMIT_EXCEEDED)',
      'ClickHouse exceeded its memory limit',
    ],
    [
      'a grant is missing',
      403,
      497,
      "thermocline: Not enough privileges. To execute this query, it's necessary to have the grant INSERT(function_id) ON thermocline.invocation_fact. (ACCESS_DENIED)",
      "ClickHouse's user thermocline lacks a grant: GRANT INSERT(function_id) ON thermocline.invocation_fact",
    ],
  ])(
    '%s: senders get 503, /readyz gives the reason, automatic recovery',
    async (name, status, code, text, sentence) => {
      const one = await startServer(temporaryFolder(), behind);
      const senders = new Senders(20, { fromMs: Date.UTC(2026, 9, 20) + code * 3_600_000 });
      const invocations = async (): Promise<number> => {
        const [row] = await engine.rows<{ n: string }>(
          'SELECT uniqExact(request_id, end_ms) AS n FROM invocation_fact',
        );
        return Number(row?.n);
      };
      const before = await invocations();
      expect(await senders.send(one.url)).toBe(200);
      proxy.instead = (request) =>
        /query=INSERT[^&]+invocation_fact/.test(request) ? refusalOf(status, code, text) : null;
      expect(await senders.send(one.url), name).toBe(503);
      const ready = await fetch(`${one.url}/readyz`);
      expect(ready.status).toBe(503);
      expect(((await ready.json()) as { reason: string }).reason).toContain(sentence);
      proxy.instead = () => null;
      expect(await senders.send(one.url)).toBe(200);
      expect((await fetch(`${one.url}/readyz`)).status).toBe(200);
      expect(senders.acked.length).toBe(2);
      expect(await invocations()).toBe(before + 40);
      await one.stop();
    },
  );

  test('clock skew and unmerged parts are reported at start and by the doctor', async () => {
    proxy.instead = (request) => {
      if (/toUnixTimestamp64Milli\(now64\(3\)\) AS ms/.test(request))
        return rowOf({ version: '25.8.1.1', ms: Date.now() + 90_000 });
      return /FROM system\.parts WHERE active/.test(request) ? rowOf({ table: 'invocation_fact', parts: 412 }) : null;
    };
    const ingester = await startServer(temporaryFolder(), behind, {
      command: 'ingest',
      ready: /listening on (http:\S+)/,
    });
    const parts = 'Table invocation_fact has 412 parts in one partition: merges do not keep up';
    await expect
      .poll(() => ingester.output())
      .toMatch(/The clock of ClickHouse is (?:89|90) s ahead of this machine's: run NTP/);
    await expect.poll(() => ingester.output()).toContain(parts);
    await ingester.stop();
    const doctor = await runCli(temporaryFolder(), ['doctor'], { environment: behind });
    expect(doctor.stdout).toContain(`[FAIL] ClickHouse: ${parts}`);
    expect(doctor.stdout).toMatch(/\[FAIL\] clock: The clock is (?:89|90) s behind others/);
    proxy.instead = () => null;
  });
});
