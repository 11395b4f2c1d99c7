/** Clients without a credential, and with one that ends, at the sizes that once stopped the server. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { figure, pause, quantile } from '../../support/drill.ts';
import type { MemoryGroup } from '../../support/memory-group.ts';
import { memoryGroup, memoryGroupRefusal } from '../../support/memory-group.ts';
import type { RunningServer } from '../../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../../support/product.ts';

const PASSWORD = 'a long password of a drill';
const bearer = { authorization: `Bearer ${ADMIN}` };
const json = { ...bearer, 'content-type': 'application/json' };
const noGroups = memoryGroupRefusal();

let folder: string;
let server: RunningServer;
let sockets: Socket[] = [];

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await server.stop('SIGKILL');
  removeFolder(folder);
});

const rssMb = (): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))?.[1]) / 1024;

/** One of 200 loopback addresses. */
const address = (n: number): string => `127.0.${1 + Math.floor(n / 100)}.${1 + (n % 100)}`;

/** Opens a connection and sends the text. Resolves once it was sent or refused. */
function open(text: string, localAddress: string): Promise<Socket> {
  const { port } = new URL(server.url);
  return new Promise((resolve) => {
    const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress }, () => {
      socket.write(text, () => resolve(socket));
    });
    sockets.push(socket);
    socket.on('data', () => undefined);
    socket.on('error', () => resolve(socket));
    socket.on('close', () => resolve(socket));
  });
}

async function openMany(n: number, text: string): Promise<void> {
  for (let at = 0; at < n; at += 100)
    await Promise.all(Array.from({ length: Math.min(100, n - at) }, (_, k) => open(text, address((at + k) % 200))));
}

async function timed(ask: () => Promise<Response>): Promise<{ readonly ms: number; readonly status: number }> {
  const began = performance.now();
  const response = await ask();
  await response.arrayBuffer();
  return { ms: performance.now() - began, status: response.status };
}

/** Asks from an address of its own: the others use up the connections of theirs. */
function overview(): Promise<{ readonly ms: number; readonly status: number }> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const options = { headers: bearer, localAddress: '127.0.9.9', agent: false };
    request(`${server.url}/api/v1/overview`, options, (response) => {
      response.resume();
      response.on('end', () => resolve({ ms: performance.now() - began, status: response.statusCode ?? 0 }));
    })
      .on('error', reject)
      .end();
  });
}

const signIn = (password: string) =>
  timed(() =>
    fetch(`${server.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password }),
    }),
  );
const setPassword = () =>
  fetch(`${server.url}/api/v1/password`, {
    method: 'PUT',
    headers: json,
    body: JSON.stringify({ password: PASSWORD }),
  });

/** The address has no more connections. */
const CLOSED = { ms: 0, status: 0 } as const;

test('3,500 half-sent sign-ins from 200 addresses take little memory', async () => {
  server = await startServer(folder);
  await overview();
  const beforeMb = rssMb();
  const headers = `Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n`;
  await openMany(3500, `POST /api/v1/session HTTP/1.1\r\n${headers}${'{"secret":"'.padEnd(60_000, 'x')}`);
  const rise = rssMb() - beforeMb;
  const { status, ms } = await overview();
  figure(
    '3,500 half-sent sign-ins',
    `RSS +${rise.toFixed(0)} MB, an overview meanwhile ${status} in ${ms.toFixed(0)} ms`,
    {
      worstRssRiseMb: Math.round(rise),
    },
  );
  expect(status).toBe(200);
  expect(rise).toBeLessThan(200);
});

test('4,200 connections that trickle shut out nobody', async () => {
  server = await startServer(folder);
  await openMany(4200, 'GET /api/v1/overview HTTP/1.1\r\nHost: local');
  const trickle = setInterval(() => {
    for (const socket of sockets) if (!socket.destroyed) socket.write('h');
  }, 1000);
  const answers: { ms: number; status: number }[] = [];
  for (let at = 0; at < 20; at += 1) {
    answers.push(await overview());
    await pause(100);
  }
  clearInterval(trickle);
  const open_ = sockets.filter((socket) => !socket.destroyed).length;
  const p99 = quantile(
    answers.map(({ ms }) => ms),
    0.99,
  );
  figure('4,200 trickling connections', `${open_} stay open; 20 of 20 overviews answered, p99 ${p99.toFixed(0)} ms`, {
    worstOverviewMs: Math.round(p99),
  });
  expect(answers.every(({ status }) => status === 200)).toBe(true);
});

/** Asks for an overview every 20 ms from a process and an address of its own: this one is busy with its sign-ins. */
const ASKING = `
const [url, authorization] = process.argv.slice(1);
const { request } = require('node:http');
const ask = () => {
  const began = performance.now();
  const again = (status) => {
    process.stdout.write(JSON.stringify([performance.now() - began, status]) + '\\n');
    setTimeout(ask, 20);
  };
  request(url + '/api/v1/overview', { headers: { authorization }, localAddress: '127.0.9.9', agent: false }, (response) => {
    response.resume();
    response.on('end', () => again(response.statusCode));
  }).on('error', () => again(0)).end();
};
ask();
`;

test('2,000 sign-ins at once do not delay an overview', async () => {
  server = await startServer(folder);
  expect((await setPassword()).status).toBe(200);
  await overview();
  const asked: (readonly [ms: number, status: number])[] = [];
  const asking = spawn(process.execPath, ['-e', ASKING, server.url, bearer.authorization]);
  createInterface(asking.stdout).on('line', (line) => asked.push(JSON.parse(line) as readonly [number, number]));
  await expect.poll(() => asked.length).toBeGreaterThan(5);
  asked.length = 0;
  const guesses = await Promise.all(
    Array.from({ length: 2000 }, (_, n) => signIn(`a wrong password ${n}`).catch(() => CLOSED)),
  );
  await pause(500);
  asking.kill('SIGKILL');
  const looked = guesses.filter(({ status }) => status === 401).length;
  const times = asked.map(([ms]) => ms);
  figure(
    '2,000 sign-ins at once',
    `${looked} looked at; ${times.length} overviews meanwhile p50 ${quantile(times, 0.5).toFixed(0)} ms, longest ${Math.max(...times).toFixed(0)} ms`,
    { looked, worstOverviewMs: Math.round(Math.max(...times)) },
  );
  expect(asked.every(([, status]) => status === 200)).toBe(true);
  expect(looked).toBeLessThanOrEqual(10);
  expect(quantile(times, 0.5)).toBeLessThan(1000);
  // A packet that the queue of new connections has no room for is sent again after 1, 3 and 7 s.
  expect(Math.max(...times)).toBeLessThan(3000);
});

test.skipIf(noGroups !== null)('12 sign-ins at once within 256 MB', async () => {
  const group: MemoryGroup = memoryGroup(256 * 1_048_576);
  try {
    server = await startServer(folder, {}, { wrapper: group.wrapper });
    expect((await setPassword()).status).toBe(200);
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn(PASSWORD)));
    const right = answers.filter(({ status }) => status < 300).length;
    figure('12 sign-ins within 256 MB', `${right} signed in, ${12 - right} refused, ${group.oomKills()} OOM kills`);
    expect(group.oomKills()).toBe(0);
    expect(right).toBeGreaterThan(0);
    expect((await overview()).status).toBe(200);
    await server.stop('SIGKILL');
  } finally {
    await server.stop('SIGKILL');
    await pause(200);
    group.remove();
  }
});

test('100 streams of one token leave room for others, and rotation ends the open ones', async () => {
  server = await startServer(folder);
  const created = await fetch(`${server.url}/api/v1/tokens`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ name: 'reader', scope: 'read' }),
  });
  expect(created.status).toBe(200);
  const { id, token } = (await created.json()) as { id: string; token: string };
  const streams = await Promise.all(
    Array.from({ length: 100 }, () =>
      fetch(`${server.url}/api/v1/live`, { headers: { authorization: `Bearer ${token}` } }),
    ),
  );
  const opened = streams.filter(({ status }) => status === 200);
  const other = await fetch(`${server.url}/api/v1/live`, { headers: bearer });
  expect(other.status).toBe(200);
  const ended = Promise.all(opened.map((stream) => stream.text().catch(() => '')));
  const began = performance.now();
  const rotated = await fetch(`${server.url}/api/v1/tokens/${id}/rotate`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ graceHours: 0 }),
  });
  expect(rotated.status).toBeLessThan(300);
  await ended;
  const ms = performance.now() - began;
  await other.body?.cancel();
  figure('100 streams of one token', `${opened.length} opened, ended ${ms.toFixed(0)} ms after the rotation`, {
    opened: opened.length,
  });
  expect(opened.length).toBe(30);
  expect(ms).toBeLessThan(5000);
});
