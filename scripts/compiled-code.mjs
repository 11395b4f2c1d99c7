// Keeps what V8 has compiled of the bundles once the product has started and answered a few requests, for `loadBundle`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

const root = join(import.meta.dirname, '..');
const TOKEN = 'admin-of-the-build-0123456789';
const READY_MS = 60_000;
const WRITTEN_MS = 10_000;
const POLL_MS = 50;

/** Files, writer, reader, decode and analysis threads. */
const THREADS = 5;
const codeFiles = () => readdirSync(join(root, 'dist/workers')).filter((name) => name.endsWith('.code')).length;

/** Runs the product on an empty folder. `flags`: with the V8 flags that a server sets. */
async function record(flags) {
  const folder = mkdtempSync(join(tmpdir(), 'thermocline-build-'));
  const server = spawn(process.execPath, [join(root, 'dist/main.js'), 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      NODE_OPTIONS: `--import=${new URL('compiled-code-recorder.mjs', import.meta.url).href}`,
      RECORDED_FLAGS: flags ? '1' : '0',
      THERMOCLINE_DATA: folder,
      THERMOCLINE_PORT: '0',
      THERMOCLINE_ADMIN_TOKEN: TOKEN,
      THERMOCLINE_LOG_LEVEL: 'silent',
      THERMOCLINE_MIN_FREE_MB: '1',
      THERMOCLINE_READERS: '1',
    },
  });
  const ended = once(server, 'exit');
  try {
    await use(await Promise.race([address(server), setTimeout(READY_MS, null, { ref: false })]));
    const before = codeFiles();
    server.kill('SIGUSR2');
    for (let waited = 0; codeFiles() < before + THREADS && waited < WRITTEN_MS; waited += POLL_MS)
      await setTimeout(POLL_MS);
    server.kill('SIGTERM');
    await ended;
  } finally {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns {Promise<string | null>} where the server listens; null if it ended before */
async function address({ stdout }) {
  let text = '';
  for await (const chunk of stdout) {
    text += chunk;
    const url = /ready at (http\S+)/.exec(text)?.[1];
    if (url !== undefined) {
      stdout.resume();
      return url;
    }
  }
  return null;
}

const START = 'START RequestId: 8f5c1a52-3d5e-4a8b-9f0e-000000000001 Version: $LATEST\n';
const REPORT =
  'REPORT RequestId: 8f5c1a52-3d5e-4a8b-9f0e-000000000001\tDuration: 50.00 ms\tBilled Duration: 250 ms\tMemory Size: 128 MB\t' +
  'Max Memory Used: 60 MB\tInit Duration: 199.00 ms\t\n';

/** What senders send and pages ask. */
async function use(url) {
  if (url === null) throw new Error('the server was not ready');
  const authorization = `Bearer ${TOKEN}`;
  const now = Date.now();
  const message = {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/aws/lambda/built',
    logStream: '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef',
    subscriptionFilters: ['built'],
    logEvents: [START, REPORT].map((text, at) => ({ id: String(at), timestamp: now - 1000 + at, message: text })),
  };
  const body = JSON.stringify({
    requestId: 'built',
    timestamp: now,
    records: [{ data: gzipSync(JSON.stringify(message)).toString('base64') }],
  });
  const headers = {
    'content-type': 'application/json',
    'x-amz-firehose-request-id': 'built',
    'x-amz-firehose-access-key': TOKEN,
  };
  await answer(fetch(`${url}/ingest/firehose`, { method: 'POST', headers, body }));
  const ask = (path) => answer(fetch(`${url}/api/v1/${path}`, { headers: { authorization } }));
  const { items } = await ask('functions');
  for (const path of ['invocations', 'ingest/status', `functions/${items[0].id}/memory`]) await ask(path);
  const tools = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  const mcp = { authorization, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  await answer(fetch(`${url}/mcp`, { method: 'POST', headers: mcp, body: JSON.stringify(tools) }));
}

async function answer(response) {
  const { ok, url, status } = await response;
  if (!ok) throw new Error(`${url} answered with ${status}`);
  return (await response).json();
}

/** Fails softly: a product without compiled code only starts more slowly. */
export async function keepCompiledCode() {
  try {
    for (const flags of [false, true]) await record(flags);
  } catch (error) {
    process.stderr.write(`The product is built without compiled code, and starts more slowly: ${error.message}\n`);
  }
}
