/** Hostile text in every text field. No page runs a script or sends a request to another origin. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, signedIn } from '../support/browser.ts';
import { message, record } from '../support/firehose.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';

/** Pages that are open at the same time. */
const TABS = 6;
const CANARY = 'http://canary.invalid';
const PAYLOADS = [
  '<script>window.pwned=1</script>',
  `<img src=x onerror="window.pwned=1;fetch('${CANARY}')">`,
  `<svg/onload=window.pwned=1>`,
  '"><script>window.pwned=1</script>',
  "'-window.pwned=1-'",
  '`$' + '{window.pwned=1}`',
  '{{constructor.constructor("window.pwned=1")()}}',
  'javascript:window.pwned=1',
  'data:text/html,<script>window.pwned=1</script>',
  '<a href="javascript:window.pwned=1">x</a>',
  `<iframe srcdoc="<script>parent.pwned=1</script>">`,
  `<link rel=stylesheet href=${CANARY}/x.css>`,
  `<style>@import '${CANARY}/y.css'</style>`,
  '<math><mtext></form><form><mglyph><style></math><img src onerror=window.pwned=1>',
  '</title><script>window.pwned=1</script>',
  '\u202egnp.exe \u200b\u200d zero width',
  '\u001b[31mred\u001b]8;;http://canary.invalid\u0007link',
  '%3Cscript%3Ewindow.pwned=1%3C/script%3E',
  '&lt;script&gt;window.pwned=1&lt;/script&gt;',
  `a${'\u0301'.repeat(2000)}`,
];

let browser: Browser;
let server: RunningServer;
const folder = temporaryFolder();
const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };
const nowMs = Date.now();
const ids = PAYLOADS.map((_, at) => `${String(at).padStart(8, '0')}-0000-4000-8000-0000000000ff`);

/** Names that people give may not hold characters that nobody sees. */
const nameOf = (payload: string): string => payload.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 90);

const put = async (path: string, body: object, method = 'PUT'): Promise<void> => {
  const answer = await fetch(`${server.url}/api/v1/${path}`, { method, headers, body: JSON.stringify(body) });
  expect(answer.status, `${path}: ${await answer.clone().text()}`).toBe(200);
};

beforeAll(async () => {
  browser = await launch();
  server = await startServer(folder, { THERMOCLINE_RAW_LINES: 'all' });
  for (const [at, payload] of PAYLOADS.entries()) {
    const id = ids[at] ?? '';
    const atMs = nowMs - 600_000 + at * 1000;
    const events = [
      { id: `${at}a`, timestamp: atMs, message: `START RequestId: ${id} Version: $LATEST\n` },
      { id: `${at}b`, timestamp: atMs + 1, message: `${id} ${payload} ${'x'.repeat(10)}\n` },
      {
        id: `${at}c`,
        timestamp: atMs + 50,
        message: `REPORT RequestId: ${id}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\tStatus: error\tError Type: ${payload.replaceAll(/\s/g, '_').slice(0, 200)}\n`,
      },
    ];
    const sent = await fetch(`${server.url}/ingest/firehose`, {
      method: 'POST',
      headers: { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': `h${at}` },
      body: JSON.stringify({
        requestId: `h${at}`,
        records: [
          record(message(events, { logGroup: `/custom/${payload}`.slice(0, 500), logStream: payload.slice(0, 500) })),
          { data: Buffer.from(payload).toString('base64') },
        ],
      }),
    });
    expect(sent.status).toBe(200);
    const traced = await fetch(`${server.url}/ingest/logs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}` },
      body: `${JSON.stringify(documentOf(payload, at))}\n`,
    });
    expect(traced.status).toBe(200);
    await put('tokens', { name: nameOf(payload), scope: 'read' }, 'POST');
    await put(`alerts/rules/h${at}`, {
      id: `h${at}`,
      name: nameOf(payload),
      signal: { kind: 'metric', metric: 'invocations', aggregation: 'sum' },
      threshold: 0,
      groupBy: ['function'],
      window: '1d',
      settle: '0s',
      evaluationInterval: '10s',
      annotations: { note: payload.slice(0, 900) },
    });
    await put(
      'alerts/silences',
      {
        matchers: [{ name: 'function', value: payload.slice(0, 900) }],
        endsAt: new Date(nowMs + 3_600_000).toISOString(),
        comment: payload.slice(0, 900),
        createdBy: payload.slice(0, 100),
      },
      'POST',
    );
    await put(`alerts/receivers/h${at}`, {
      id: `h${at}`,
      name: nameOf(payload),
      url: 'https://receiver.invalid/',
    });
  }
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

const traceIdOf = (at: number): string => `1-${Math.floor(nowMs / 1000).toString(16)}-${String(at).padStart(24, '0')}`;

/** A trace in which every name is the payload. */
function documentOf(payload: string, at: number): object {
  const name = payload.slice(0, 200);
  const [start_time, end_time] = [nowMs / 1000 - 60, nowMs / 1000 - 59];
  return {
    trace_id: traceIdOf(at),
    id: String(at).padStart(16, '0'),
    name,
    origin: payload.slice(0, 60),
    start_time,
    end_time,
    subsegments: [
      { id: String(at).padStart(16, 'a'), name: `${name} called`, namespace: 'remote', start_time, end_time },
    ],
  };
}

test('no page runs a script or sends a request to another origin', async () => {
  const { context, page: first, complaints } = await signedIn(browser, server.url, { theme: 'light', width: 1440 });
  const left: string[] = [];
  const watch = (page: Page): Page => {
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      left.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith('data:image/')) left.push(request.url());
    });
    return page;
  };
  const { items } = (await (await first.request.get(`${server.url}/api/v1/functions`)).json()) as {
    items: { id: string }[];
  };
  expect(items.length).toBeGreaterThan(PAYLOADS.length / 2);
  const tabs = ['cold-starts', 'environments', 'memory', 'network', 'failures', 'changes', 'invocations'];
  const paths = [
    '/',
    '/functions',
    '/errors',
    '/network',
    '/logs',
    ...PAYLOADS.slice(0, 6).map((payload) => `/logs?q=${encodeURIComponent(payload)}`),
    '/map',
    ...PAYLOADS.slice(0, 6).map((_, at) => `/traces/${traceIdOf(at)}`),
    '/ingest',
    '/connect',
    '/settings',
    ...['firing', 'rules', 'silences', 'receivers', 'routes', 'deliveries'].map((tab) => `/alerts?tab=${tab}`),
    ...items.map(({ id }, at) => `/functions/${encodeURIComponent(id)}?tab=${tabs[at % tabs.length]}`),
    ...items.slice(0, 3).map(({ id }) => `/compare?function=${encodeURIComponent(id)}`),
    ...ids.map((id) => `/invocations/${id}`),
    ...PAYLOADS.map((payload) => `/functions?q=${encodeURIComponent(payload)}`),
    ...PAYLOADS.slice(0, 6).map((payload) => `/invocations/${encodeURIComponent(payload)}`),
  ];
  expect(paths.length).toBeGreaterThan(80);
  // A page is quiet after half a second without a request: several tabs wait at the same time.
  const tabsAtOnce = Array.from({ length: TABS }, async () => {
    const page = watch(await context.newPage());
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
      await page.goto(server.url + path);
      await page.waitForLoadState('networkidle');
      expect(await page.evaluate('window.pwned'), path).toBeUndefined();
      const inserted = await page.evaluate(
        'document.querySelectorAll("main iframe, main script, main style, main link, main img[src=x], main [onerror], main [onload], main a[href^=javascript], main a[href^=data]:not([download])").length',
      );
      expect(inserted, path).toBe(0);
    }
  });
  await Promise.all(tabsAtOnce);
  expect(left).toEqual([]);
  // Chromium logs each 404, the response for unknown request ids.
  expect(complaints.filter((text) => !/status of 40[04]/.test(text))).toEqual([]);
  await context.close();
});
