/** The disk fills up during ingest. The data folder is a small tmpfs; the server recovers without intervention. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { figure, pause, refusal, run } from '../../support/drill.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../../support/product.ts';
import { Senders, WHOLE } from '../../support/senders.ts';

const refused = refusal('full disks', [['unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt']]]);
const environment = { THERMOCLINE_MIN_FREE_MB: '8', THERMOCLINE_RAW_LINES: 'off' };

test.skipIf(refused !== null)(
  'on a full disk, senders get 503, reads continue, and ingest resumes automatically',
  async () => {
    const work = temporaryFolder();
    const disk = join(work, 'disk');
    mkdirSync(disk);
    run('mount', '-t', 'tmpfs', '-o', 'size=30m', 'tmpfs', disk);
    const data = join(disk, 'data');
    const senders = new Senders(200);
    try {
      let server = await startServer(data, environment);
      const rssMb = (): number =>
        Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))?.[1]) / 1024;
      await untilPaused(senders, server.url);
      const beforeMb = rssMb();
      const answer = await fetch(`${server.url}/ingest/firehose`, {
        method: 'POST',
        headers: { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': 'r' },
        body: '{"requestId":"r","records":[]}',
      });
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).not.toBeNull();
      expect(Object.keys((await answer.json()) as object)).toEqual(['requestId', 'timestamp', 'errorMessage']);
      // Reads, sign-in and alerts still work.
      const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
        fetch(`${server.url}${path}`, {
          ...init,
          headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
        });
      expect((await ask('/api/v1/overview?from=2026-11-19T00:00:00Z&to=2026-11-25T00:00:00Z')).status).toBe(200);
      expect((await ask('/api/v1/session', { method: 'POST', body: JSON.stringify({ token: ADMIN }) })).status).toBe(
        200,
      );
      expect((await ask('/readyz')).status).toBe(503);
      const { items } = (await (await ask('/api/v1/alerts/instances')).json()) as { items: { summary: string }[] };
      expect(items.map((item) => item.summary).join()).toContain('of disk space are free');
      expect(rssMb()).toBeLessThan(beforeMb + 40);

      // What was acknowledged moves from the log into the database, which takes space as well.
      await pause(6000);
      expect((await ask('/api/v1/session', { method: 'POST', body: JSON.stringify({ token: ADMIN }) })).status).toBe(
        200,
      );

      // Another process fills the rest of the disk. After a kill and a restart the server runs and reports why it does not store.
      const rest = join(disk, 'rest');
      fill(rest);
      await server.stop('SIGKILL');
      server = await startServer(data, environment);
      await pause(1500);
      expect((await ask('/readyz')).status).toBe(503);
      expect((await ask('/api/v1/functions')).status).toBe(200);
      expect(await senders.send(server.url)).toBe(503);

      // Space is freed by another process.
      rmSync(rest);
      run('mount', '-o', 'remount,size=80m', disk);
      const freed = performance.now();
      while ((await senders.send(server.url)) !== 200) await pause(100);
      const resumedMs = performance.now() - freed;
      expect(resumedMs).toBeLessThan(10_000);
      await server.stop();
      const verdict = senders.check(data);
      expect(verdict).toMatchObject(WHOLE);
      figure(
        'full disk',
        `paused at 8 MB free, RSS flat, reading and alerts went on; started on a full disk; storing again ${(resumedMs / 1000).toFixed(1)} s after there was room; ${verdict.acknowledged} invocations acknowledged, ${verdict.lost} lost, integrity ${verdict.integrity}`,
      );
    } finally {
      run('umount', '-l', disk);
      removeFolder(work);
    }
  },
);

test.skipIf(refused !== null)('on a full disk, a shorter retention frees space within the files', async () => {
  const work = temporaryFolder();
  const disk = join(work, 'disk');
  mkdirSync(disk);
  run('mount', '-t', 'tmpfs', '-o', 'size=30m', 'tmpfs', disk);
  const data = join(disk, 'data');
  const old = new Senders(200, { fromMs: Date.UTC(2026, 7, 1) });
  const forLong = { THERMOCLINE_DETAIL_RETENTION_DAYS: '3000', THERMOCLINE_HISTORY_RETENTION_DAYS: '3000' };
  try {
    const filling = await startServer(data, { ...environment, ...forLong });
    await untilPaused(old, filling.url);
    await filling.stop();
    // Pretend that the data was received long ago.
    const db = new Database(join(data, 'telemetry.db'));
    db.exec('UPDATE kept_day SET received_ms = 0');
    db.close();
    rmSync(join(data, 'telemetry.db-sums'));
    const server = await startServer(data, { ...environment, ...forLong });
    fill(join(disk, 'rest'));
    await pause(1800);
    const fresh = new Senders(50);
    expect(await fresh.send(server.url)).toBe(503);
    const retention = { rawDays: 0, detailDays: 35, historyDays: 400, quarantineDays: 1 };
    const answer = await fetch(`${server.url}/api/v1/settings`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ retention }),
    });
    expect(answer.status).toBe(200);
    const asked = performance.now();
    while ((await fresh.send(server.url)) !== 200) {
      expect(performance.now() - asked).toBeLessThan(60_000);
      await pause(200);
    }
    const seconds = (performance.now() - asked) / 1000;
    await server.stop();
    const after = new Database(join(data, 'telemetry.db'), { readonly: true });
    expect(after.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(after.prepare('SELECT count(*) FROM invocation').pluck().get()).toBe(fresh.acked.length * 50);
    after.close();
    figure(
      'full disk, retention',
      `not a byte free: ballast given up, ${old.acked.length * 200} old invocations deleted, storing again after ${seconds.toFixed(1)} s without a restart`,
    );
  } finally {
    run('umount', '-l', disk);
    removeFolder(work);
  }
});

test.skipIf(refused !== null)(
  'a disk that fills a second time, when the reserve is gone, loses nothing either',
  async () => {
    const work = temporaryFolder();
    const disk = join(work, 'disk');
    mkdirSync(disk);
    run('mount', '-t', 'tmpfs', '-o', 'size=60m', 'tmpfs', disk);
    const data = join(disk, 'data');
    const senders = new Senders(200);
    try {
      const server = await startServer(data, environment);
      const ask = (path: string, method: string, body?: object): Promise<Response> =>
        fetch(`${server.url}${path}`, {
          method,
          headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      expect(await senders.send(server.url)).toBe(200);
      const rest = join(disk, 'rest');
      // The reserve is given up within a second.
      for (let n = 0; existsSync(join(data, 'ballast')); n++) {
        expect(n).toBeLessThan(1000);
        fill(rest);
        const { status } = await ask('/api/v1/tokens', 'POST', { name: `first ${n}`, scope: 'read' });
        expect([201, 503]).toContain(status);
      }
      // The disk fills again before there is room for another reserve.
      const statuses: number[] = [];
      while (statuses.at(-1) !== 503) {
        expect(statuses.length).toBeLessThan(1000);
        fill(rest);
        statuses.push(
          (await ask('/api/v1/tokens', 'POST', { name: `second ${statuses.length}`, scope: 'read' })).status,
        );
      }
      expect(new Set(statuses.slice(0, -1))).toEqual(statuses.length > 1 ? new Set([201]) : new Set());
      expect((await ask('/api/v1/session', 'POST', { token: ADMIN })).status).toBe(503);
      expect(await senders.send(server.url)).toBe(503);
      expect((await ask('/readyz', 'GET')).status).toBe(503);
      expect((await ask('/api/v1/functions', 'GET')).status).toBe(200);
      rmSync(rest);
      while ((await ask('/api/v1/session', 'POST', { token: ADMIN })).status !== 200) await pause(100);
      while ((await senders.send(server.url)) !== 200) await pause(100);
      const { items } = (await (await ask('/api/v1/tokens', 'GET')).json()) as { items: { name: string }[] };
      const second = items.filter(({ name }) => name.startsWith('second '));
      expect(second).toHaveLength(statuses.length - 1);
      await server.stop();
      const verdict = senders.check(data);
      expect(verdict).toMatchObject(WHOLE);
      figure(
        'full disk, twice',
        `reserve given up, then full again: reads 200, sign-in, tokens and ingest 503; all three again after room was made; ${verdict.acknowledged} invocations acknowledged, ${verdict.lost} lost`,
      );
    } finally {
      run('umount', '-l', disk);
      removeFolder(work);
    }
  },
);

/** Sends until writes stay paused; idle checkpoints can still free space in the write-ahead log. */
async function untilPaused(senders: Senders, url: string): Promise<void> {
  let refusals = 0;
  while (refusals < 3) {
    const status = await senders.send(url);
    expect([200, 503]).toContain(status);
    refusals = status === 503 ? refusals + 1 : 0;
    if (status === 503) await pause(1800);
  }
}

/** Fills the remaining space of the disk. */
function fill(path: string): void {
  const chunk = Buffer.alloc(262_144, 1);
  try {
    for (;;) writeFileSync(path, chunk, { flag: 'a' });
  } catch {
    // The disk is full.
  }
}
