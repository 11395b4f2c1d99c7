/** Slow, broken and malicious senders against a real server. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { figure, pause, quantile } from '../support/drill.ts';
import { b64, invocation, message, record } from '../support/firehose.ts';
import { HEAP_PROBE, heapMb } from '../support/heap.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';
import { Senders, WHOLE } from '../support/senders.ts';

let folder: string;
let server: RunningServer;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  await server.stop('SIGKILL');
  removeFolder(folder);
});

const headers = { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': 'r' };
const post = (body: string | Uint8Array<ArrayBuffer>, more: Record<string, string> = {}) =>
  fetch(`${server.url}/ingest/firehose`, { method: 'POST', headers: { ...headers, ...more }, body });
const rssMb = async (): Promise<number> =>
  Number(/^process_resident_memory_bytes (\S+)/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]) / 1e6;
/** RSS when the threads of the start have their usual size. */
async function settledRssMb(): Promise<number> {
  let mb = await rssMb();
  for (let previous = 0; Math.abs(mb - previous) > 1; mb = await rssMb()) {
    previous = mb;
    await pause(500);
  }
  return mb;
}
/** Sockets that the server holds. Its other files vary: threads that start later open the databases. */
const openSockets = (): number => {
  const folder = `/proc/${server.process.pid}/fd`;
  return readdirSync(folder).filter((name) => linkOf(join(folder, name)).startsWith('socket:')).length;
};

/** Target of a link, or empty if it was closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** A raw connection that never throws. */
function raw(): Socket {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  return socket;
}

test('slow senders are cut off and hardly delay normal ones', async () => {
  server = await startServer(folder);
  const senders = new Senders(5);
  const measure = async (n: number): Promise<number[]> => {
    const acks: number[] = [];
    for (let at = 0; at < n; at += 1) {
      const began = performance.now();
      expect(await senders.send(server.url)).toBe(200);
      acks.push(performance.now() - began);
    }
    return acks;
  };
  await measure(50);
  const baseline = quantile(await measure(200), 0.99);
  const closedAfter: number[] = [];
  const sockets = Array.from({ length: 500 }, (_, at) => {
    const socket = raw();
    const began = performance.now();
    socket.once('close', () => closedAfter.push((performance.now() - began) / 1000));
    // Half never finish their headers, half trickle a body.
    if (at % 2 === 0) socket.write('POST /ingest/firehose HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    else
      socket.write(
        `POST /ingest/firehose HTTP/1.1\r\nHost: x\r\nX-Amz-Firehose-Access-Key: ${ADMIN}\r\nContent-Length: 100000\r\n\r\n`,
      );
    return socket;
  });
  const drip = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('x');
  }, 2000);
  const beside = quantile(await measure(400), 0.99);
  // As long as a hanging test may take: how late a busy machine closes them says nothing about the server.
  while (closedAfter.length < 500) await pause(200);
  clearInterval(drip);
  for (const socket of sockets) socket.destroy();
  figure(
    'slow senders',
    `500 slow connections: ack p99 ${beside.toFixed(0)} ms beside ${baseline.toFixed(0)} ms alone; ${closedAfter.length} cut, the last after ${Math.max(...closedAfter).toFixed(0)} s`,
  );
  // They never stopped sending, so the server closed every one of them.
  expect(closedAfter).toHaveLength(500);
});

test('senders that disconnect mid-request leave no resources behind', async () => {
  server = await startServer(folder, {}, { node: HEAP_PROBE });
  const body = JSON.stringify({ requestId: 'r', records: [record(message(invocation(1)))] });
  const abort = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = raw();
      socket.once('close', () => resolve());
      socket.write(
        `POST /ingest/firehose HTTP/1.1\r\nHost: x\r\nX-Amz-Firehose-Access-Key: ${ADMIN}\r\nContent-Length: ${body.length + 500}\r\n\r\n${body.slice(0, 200)}`,
        () => socket.destroy(),
      );
    });
  const readStatus = async (): Promise<unknown> =>
    (await fetch(`${server.url}/api/v1/ingest/status`, { headers: { authorization: `Bearer ${ADMIN}` } })).json();
  const n = 4000;
  const abortAll = async (): Promise<void> => {
    for (let at = 0; at < n; at += 50) await Promise.all(Array.from({ length: 50 }, abort));
  };
  await readStatus();
  // Threads start on first use, and tables grow to their usual size.
  await abortAll();
  await pause(500);
  const before = { sockets: openSockets(), heap: await heapMb(server) };
  await abortAll();
  // A busy machine closes them later; one that keeps them never does.
  await expect.poll(openSockets, { interval: 500 }).toBeLessThanOrEqual(before.sockets + 5);
  const heap = await heapMb(server);
  const status = await readStatus();
  figure(
    'aborted uploads',
    `${n} aborts: open sockets ${before.sockets} → ${openSockets()}, heap ${before.heap.toFixed(1)} → ${heap.toFixed(1)} MB, nothing stored`,
  );
  expect(status).toMatchObject({ accepted: 0, rejected: 0 });
  // 1 KB for each would be 4 MB.
  expect(heap).toBeLessThan(before.heap + 4);
  // The memory budget of aborted bodies is released.
  await expect
    .poll(async () => (await fetch(`${server.url}/metrics`)).text())
    .toMatch(/^thermocline_ingest_held_bytes 0$/m);
});

const LENGTHS = `Content-Length: 5\r\n`;
const MALFORMED: Readonly<Record<string, string>> = {
  'both lengths': `${LENGTHS}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'two different lengths': `${LENGTHS}Content-Length: 6\r\n\r\nhello`,
  'a bad chunk size': 'Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n',
  'a negative length': 'Content-Length: -1\r\n\r\n',
  'a header of 160 KiB': `X-Long: ${'x'.repeat(160 * 1024)}\r\n\r\n`,
  '3,000 headers': `${Array.from({ length: 3000 }, (_, at) => `X-${at}: ${'y'.repeat(50)}`).join('\r\n')}\r\n\r\n`,
  'a bare line feed in a name': 'X-\nBad: 1\r\n\r\n',
};
test('malformed requests are rejected, each closes its connection, and the server continues', async () => {
  server = await startServer(folder);
  for (const [name, rest] of Object.entries(MALFORMED)) {
    const answer = await new Promise<string>((resolve) => {
      const socket = raw();
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.once('close', () => resolve(text));
      socket.write(`POST /ingest/firehose HTTP/1.1\r\nHost: x\r\n${rest}`);
    });
    expect(answer, name).toMatch(/^HTTP\/1\.1 4(?:00|31) /);
    expect((await fetch(`${server.url}/healthz`)).status, name).toBe(200);
  }
});

test('64 MiB with a wrong key: rejected before the body is read', async () => {
  server = await startServer(folder);
  const before = await settledRssMb();
  const bytesRead = (): number =>
    Number(/rchar: (\d+)/.exec(readFileSync(`/proc/${server.process.pid}/io`, 'utf8'))?.[1]);
  const readBefore = bytesRead();
  const chunk = Buffer.alloc(65_536, 32);
  const written = await new Promise<number>((resolve) => {
    let bytes = 0;
    const upload = request(`${server.url}/ingest/firehose`, {
      method: 'POST',
      headers: { 'x-amz-firehose-access-key': 'x'.repeat(4097), 'content-length': 64 * 1_048_576 },
    });
    const more = (): void => {
      while (bytes < 64 * 1_048_576) {
        bytes += chunk.length;
        if (!upload.write(chunk)) return void upload.once('drain', more);
      }
    };
    upload.on('error', () => resolve(bytes));
    upload.on('response', (response) => {
      expect(response.statusCode).toBe(401);
      resolve(bytes);
      upload.destroy();
    });
    more();
  });
  const read = bytesRead() - readBefore;
  figure(
    'bad key',
    `64 MiB announced, ${(written / 1_048_576).toFixed(1)} MiB written: answered 401 after ${(read / 1024).toFixed(0)} KiB were read, RSS +${((await rssMb()) - before).toFixed(0)} MB`,
  );
  // At most what the socket buffers held when the response was sent.
  expect(read).toBeLessThan(4 * 1_048_576);
  expect((await rssMb()) - before).toBeLessThan(40);
});

test('ten thousand small gzip bombs in one request become dead letters within bounded memory', async () => {
  server = await startServer(folder);
  const bomb = b64(gzipSync(Buffer.alloc(4 * 1_048_576), { level: 9 }));
  const records = Array.from({ length: 10_000 }, (_, at) =>
    at === 50 ? record(message(invocation(1))) : { data: bomb },
  );
  const before = await rssMb();
  const began = performance.now();
  const response = await post(JSON.stringify({ requestId: 'r', records }));
  expect(response.status).toBe(200);
  const more = (await rssMb()) - before;
  figure(
    '10,000 bombs in one request',
    `40 GB if inflated: answered in ${((performance.now() - began) / 1000).toFixed(1)} s, RSS +${more.toFixed(0)} MB`,
  );
  const status = await (
    await fetch(`${server.url}/api/v1/ingest/status`, { headers: { authorization: `Bearer ${ADMIN}` } })
  ).json();
  expect(status).toMatchObject({ rejected: 9999 });
  expect(more).toBeLessThan(400);
});

test('a key over its quota gets 429, others do not', async () => {
  server = await startServer(folder, { THERMOCLINE_INGEST_KEY_MB_PER_SECOND: '0.01' });
  const made = await fetch(`${server.url}/api/v1/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'other', scope: 'ingest' }),
  });
  const { token } = (await made.json()) as { token: string };
  // The quota of half a minute: as long as the key stays refused, however slow the machine is.
  const body = JSON.stringify({ requestId: 'r', records: [{ data: b64(Buffer.alloc(300_000, 32)) }] });
  const codes: number[] = [];
  for (let at = 0; at < 3; at += 1) codes.push((await post(body)).status);
  expect(codes).toEqual([200, 429, 429]);
  const other = await post(body, { 'x-amz-firehose-access-key': token });
  expect(other.status).toBe(200);
  const refused = await post(body);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(refused.headers.get('content-type')).toBe('application/json');
  await expect.poll(async () => (await post(body)).status, { interval: 1000 }).toBe(200);
});

test('a full dead-letter store drops and counts its oldest entries; ingest continues', async () => {
  server = await startServer(folder, { THERMOCLINE_QUARANTINE_MB: '1' });
  for (let at = 0; at < 20; at += 1) {
    const rubbish = `${at}`.padEnd(60_000, 'rubbish ');
    expect(
      (
        await post(
          JSON.stringify({
            requestId: 'r',
            records: [{ data: b64(gzipSync(rubbish)) }, record(message(invocation(at + 1)))],
          }),
        )
      ).status,
    ).toBe(200);
  }
  const read = async (path: string) =>
    (await (await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${ADMIN}` } })).json()) as Record<
      string,
      never
    >;
  const { items } = (await read('/api/v1/rejects?limit=500')) as unknown as {
    items: { sizeBytes: number; preview: string }[];
  };
  expect(items.reduce((sum, item) => sum + item.sizeBytes, 0)).toBeLessThanOrEqual(1_048_576);
  expect(items[0]?.preview).toMatch(/^19/);
  expect(items.some((item) => item.preview.startsWith('0rub'))).toBe(false);
  expect(await read('/api/v1/ingest/status')).toMatchObject({ accepted: 40, rejected: 20 });
});

test('one request id with two bodies: both are stored and counted', async () => {
  server = await startServer(folder);
  for (const n of [1, 1, 2])
    expect((await post(JSON.stringify({ requestId: 'r', records: [record(message(invocation(n)))] }))).status).toBe(
      200,
    );
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/^thermocline_firehose_request_id_reuse_total 1$/m);
  await server.stop();
  expect(new Senders(1).check(folder)).toMatchObject(WHOLE);
});
