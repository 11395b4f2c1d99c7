/** A system clock that jumps: nothing is deleted by it, and what arrives afterwards is stored. Real servers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { pause } from '../support/drill.ts';
import { invocation } from '../support/firehose.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, runCli, startProduct, startServer } from '../support/product.ts';

const DAY = 86_400_000;
const SKEWED = ['--import', new URL('../support/skewed-clock.mjs', import.meta.url).pathname];
/** The writer deletes a slice each second; more when it is idle. */
const AHEAD_MS = 4000;

const running: RunningServer[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop('SIGKILL');
  for (const folder of folders.splice(0)) removeFolder(folder);
});

/** A data folder with a clock that can be set. */
class Machine {
  readonly folder = memoryFolder();
  readonly #skewFile = join(this.folder, 'skew');
  #n = 0;

  constructor() {
    folders.push(this.folder);
  }

  setClock(skewMs: number): void {
    writeFileSync(this.#skewFile, String(skewMs));
  }

  async start(): Promise<RunningServer> {
    const server = await startServer(this.folder, { SKEW_FILE: this.#skewFile }, { node: SKEWED });
    running.push(server);
    return server;
  }

  /** Sends invocations of one function that ended at a time, by the clock of AWS. */
  async send(server: RunningServer, count: number, name = 'edge', atMs = Date.now()) {
    const first = this.#n;
    this.#n += count;
    const events = Array.from({ length: count }, (_, at) => invocation(first + at, atMs - 1000)).flat();
    const response = await fetch(`${server.url}/ingest/logs?function=${name}&logStream=s-${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}` },
      body: JSON.stringify({ events }),
    });
    expect([response.status, response.status === 200 ? '' : await response.text()]).toEqual([200, '']);
    return (await response.json()) as Record<string, unknown>;
  }
}

async function ask<T>(server: RunningServer, path: string, init: RequestInit = {}): Promise<T> {
  const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };
  return (await (await fetch(`${server.url}${path}`, { ...init, headers })).json()) as T;
}

async function invocations(server: RunningServer): Promise<number> {
  return (await ask<{ invocations: number }>(server, '/api/v1/overview?from=now-30d&to=now')).invocations;
}

const warnings = async (server: RunningServer): Promise<readonly string[]> =>
  (await ask<{ warnings: string[] }>(server, '/readyz')).warnings;

test.each([40, 500])(
  'a clock %i days ahead for a while deletes nothing, and refuses nothing afterwards',
  async (days) => {
    const machine = new Machine();
    const server = await machine.start();
    expect(await machine.send(server, 200)).toMatchObject({ accepted: 400 });
    machine.setClock(days * DAY);
    // While it is wrong, an event arrives: without one, nothing would be noticed.
    await pause(200);
    expect(await machine.send(server, 1)).toMatchObject({ accepted: 2 });
    await pause(AHEAD_MS);
    await expect
      .poll(() => warnings(server))
      .toEqual([expect.stringMatching(/^The system clock says 20\d\d-.* was expected/)]);
    machine.setClock(0);
    await pause(200);
    expect(await machine.send(server, 100)).toMatchObject({ accepted: 200, ignored: 0 });
    expect(await invocations(server)).toBe(301);
    await expect.poll(() => warnings(server)).toEqual([]);
  },
);

test('a server that is started with a clock 40 days ahead deletes nothing', async () => {
  const machine = new Machine();
  const first = await machine.start();
  await machine.send(first, 200);
  await first.stop('SIGKILL');
  machine.setClock(40 * DAY);
  const second = await machine.start();
  await machine.send(second, 1);
  await pause(AHEAD_MS);
  await second.stop();
  machine.setClock(0);
  const third = await machine.start();
  expect(await machine.send(third, 100)).toMatchObject({ accepted: 200, ignored: 0 });
  expect(await invocations(third)).toBe(301);
});

test('a jump is followed once three functions confirm it, or an operator', async () => {
  const machine = new Machine();
  const server = await machine.start();
  await machine.send(server, 1);
  machine.setClock(3 * DAY);
  await pause(200);
  const aheadMs = Date.now() + 3 * DAY;
  const clock = () => ask<{ now: string; doubt: string | null }>(server, '/api/v1/clock');
  for (const name of ['one', 'two']) {
    await machine.send(server, 1, name, aheadMs);
    await pause(300);
  }
  expect((await clock()).doubt).not.toBeNull();
  await machine.send(server, 1, 'three', aheadMs);
  expect((await clock()).doubt).toBeNull();
  expect(Date.parse((await clock()).now)).toBeGreaterThan(aheadMs - 60_000);

  machine.setClock(0);
  await pause(200);
  expect((await clock()).doubt).toMatch(/was expected/);
  const { stdout, code } = await runCli(machine.folder, ['clock', '--accept']);
  expect([code, stdout.trim().slice(0, 10)]).toEqual([0, new Date().toISOString().slice(0, 10)]);
  expect((await clock()).doubt).toBeNull();
});

test('a clock that goes back an hour changes no quota, ends no session and delays no attribution', async () => {
  const at = { wallMs: Date.UTC(2026, 10, 20, 12, 30), monotonicMs: 0 };
  const product = await startProduct({
    clock: { wall: () => at.wallMs, monotonic: () => at.monotonicMs, uptime: () => at.monotonicMs, bootId: 'boot' },
    monotonicNow: () => at.monotonicMs,
    environment: { THERMOCLINE_INGEST_KEY_MB_PER_SECOND: '0.001', THERMOCLINE_ADMIN_TOKEN: ADMIN },
  });
  const send = async (n: number) => {
    const body = JSON.stringify({ events: invocation(n, at.wallMs - 2 * 3_600_000), padding: 'x'.repeat(30_000) });
    return (await product.fetch('/ingest/logs?function=edge&logStream=s', { method: 'POST', body })).status;
  };
  const signIn = await product.fetch('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: ADMIN }),
  });
  const cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const session = async () => (await product.app.request('/api/v1/session', { headers: { cookie } })).status;
  expect([await session(), await send(1), await send(2)]).toEqual([200, 200, 429]);

  at.wallMs -= 3_600_000;
  // 30 kB are paid back at 1 kB a second.
  at.monotonicMs += 40_000;
  expect([await session(), await send(3), await send(4)]).toEqual([200, 200, 429]);
  // That of invocation 1; the hour of invocation 3 has only just changed.
  expect((await product.attribution.round()).hours).toBe(1);
  expect((await product.json<{ doubt: unknown }>('/api/v1/clock')).doubt).toBeNull();
  await product.close();
  removeFolder(product.folder);
});

test('events of a day that retention has deleted are refused with a reason, in the answer and as dead letters', async () => {
  const clock = { nowMs: Date.UTC(2026, 10, 20, 12) };
  const product = await startProduct({ now: () => clock.nowMs });
  const send = async (first: number) => {
    const events = [first, first + 1].flatMap((n) => invocation(n, Date.UTC(2026, 10, 20, 11)));
    return product.json('/ingest/logs?function=edge&logStream=s', { method: 'POST', body: JSON.stringify({ events }) });
  };
  expect(await send(1)).toMatchObject({ accepted: 4 });
  clock.nowMs += 60 * DAY;
  await product.clock.round();
  await product.json('/ingest/logs?function=other&logStream=s', {
    method: 'POST',
    body: JSON.stringify({ events: invocation(99, clock.nowMs) }),
  });
  const since = async () =>
    (await product.json<{ retention: { detailSince: string } }>('/api/v1/settings')).retention.detailSince;
  await expect.poll(since, { interval: 200 }).toBe('2027-01-19T00:00:00.000Z');
  expect(await send(3)).toEqual({
    accepted: 0,
    duplicates: 0,
    ignored: 4,
    ignoredReasons: { 'day-expired': 4 },
    rejected: 0,
    expired: 4,
    expiredReason: expect.stringMatching(/^Retention has deleted the other events of their day/),
  });
  const { items } = await product.json<{ items: { reason: string; detail: string; seen: number }[] }>(
    '/api/v1/rejects',
  );
  expect(items).toEqual([
    expect.objectContaining({
      reason: 'day-expired',
      detail: expect.stringContaining('edge, 2026-11-20: retention has deleted the events of this day'),
    }),
  ]);
  await product.close();
  removeFolder(product.folder);
});
