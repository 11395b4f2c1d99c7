/**
 * The figures of a page, the API, an export and plain SQL agree with the lines that were sent: random lines, each figure worked out
 * here from the lines alone, and the page's texts read as a user reads them. Prices: AWS's price list of 2026, x86, us-east-1.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../ingest/records/random.ts';
import { launch, settled, signedIn } from '../support/browser.ts';
import type { LogEventInput } from '../support/firehose.ts';
import { message, record } from '../support/firehose.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';

const SEED = Number(process.env['LAW_SEED'] ?? 28);
const FROM_MS = Date.UTC(2026, 10, 20);
const TO_MS = Date.UTC(2026, 10, 21);
const RANGE = `from=${new Date(FROM_MS).toISOString()}&to=${new Date(TO_MS).toISOString()}`;
const USD_PER_GB_SECOND = 0.0000166667;
const USD_PER_REQUEST = 0.2 / 1e6;

interface Run {
  readonly name: string;
  readonly durationMs: number;
  readonly billedMs: number;
  readonly memoryMb: number;
  readonly usedMb: number;
  readonly initMs: number | null;
  /** The environment was reset: Lambda runs a suppressed init after a timeout and after an exit of the runtime. */
  readonly isReset: boolean;
  readonly outcome: 'success' | 'error' | 'timeout';
}

/** From milliseconds to minutes, and from no cold start to a third: figures of every size. */
const KINDS = [
  { name: 'fast', n: 400, scaleMs: 4, memoryMb: 128, cold: 0.002, fails: 0 },
  { name: 'usual', n: 700, scaleMs: 300, memoryMb: 512, cold: 0.07, fails: 0.03 },
  { name: 'slow', n: 120, scaleMs: 20_000, memoryMb: 3008, cold: 0.3, fails: 0.4 },
  { name: 'dear', n: 90, scaleMs: 300_000, memoryMb: 10_240, cold: 0.1, fails: 0.01 },
] as const;

const hex = (random: Random, digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(random.next() * 16).toString(16)).join('');

/** Lines of a run as Lambda prints them, in a stream of its own if it begins an environment. */
function linesOf(random: Random, run: Run, endMs: number): LogEventInput[] {
  const id = `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`;
  const init = run.initMs === null ? '' : `\tInit Duration: ${run.initMs.toFixed(2)} ms`;
  const status = { success: '', error: '\tStatus: error\tError Type: Runtime.ExitError', timeout: '\tStatus: timeout' };
  return [
    {
      id: `${endMs}${id}s`,
      timestamp: Math.floor(endMs - run.durationMs),
      message: `START RequestId: ${id} Version: 7\n`,
    },
    { id: `${endMs}${id}e`, timestamp: endMs, message: `END RequestId: ${id}\n` },
    {
      id: `${endMs}${id}r`,
      timestamp: endMs,
      message: `REPORT RequestId: ${id}\tDuration: ${run.durationMs.toFixed(2)} ms\tBilled Duration: ${run.billedMs} ms\tMemory Size: ${run.memoryMb} MB\tMax Memory Used: ${run.usedMb} MB${init}${status[run.outcome]}\t\n`,
    },
  ];
}

const runs: Run[] = [];
const folder = temporaryFolder();
let server: RunningServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  server = await startServer(folder);
  const random = new Random(SEED);
  for (const { name, n, scaleMs, memoryMb, cold, fails } of KINDS) {
    let stream = '';
    let last: Run | undefined;
    const sent = new Map<string, LogEventInput[]>();
    for (let at = 0; at < n; at += 1) {
      const initMs = at === 0 || random.next() < cold ? 100 + Math.round(random.next() * 90_000) / 100 : null;
      if (initMs !== null) stream = `2026/11/20/[7]${hex(random, 32)}`;
      const isReset = initMs === null && last !== undefined && last.outcome !== 'success';
      const durationMs = Math.round(100 * scaleMs * (0.5 + random.next() ** 3 * 2)) / 100;
      const outcome = random.next() >= fails ? 'success' : random.next() < 0.5 ? 'error' : 'timeout';
      const billedMs = Math.ceil(durationMs + (initMs ?? 0));
      const usedMb = Math.round(memoryMb * (0.2 + 0.7 * random.next()));
      const run: Run = { name, durationMs, billedMs, memoryMb, usedMb, initMs, isReset, outcome };
      runs.push(run);
      last = run;
      const endMs = FROM_MS + 3_600_000 + Math.floor((at * 80_000_000) / n);
      sent.set(stream, [...(sent.get(stream) ?? []), ...linesOf(random, run, endMs)]);
    }
    const records = [...sent].map(([logStream, events]) =>
      record(message(events, { logGroup: `/aws/lambda/${name}`, logStream })),
    );
    const body = JSON.stringify({ requestId: name, timestamp: 1, records });
    const headers = { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': name };
    expect((await fetch(`${server.url}/ingest/firehose`, { method: 'POST', headers, body })).status).toBe(200);
  }
  browser = await launch();
  ({ page } = await signedIn(browser, server.url, { theme: 'light', width: 1440 }));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop('SIGKILL');
  removeFolder(folder);
});

interface Figures {
  readonly invocations: number;
  readonly failures: number;
  readonly coldStarts: number;
  /** Billed milliseconds times gigabytes, which is what costs. */
  readonly gbMs: number;
  readonly costUsd: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const rank = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(q * values.length) - 1] ?? Number.NaN;

/** By the lines that were sent. */
function sentFigures(name: string): Figures {
  return figuresOf(
    runs
      .filter((run) => run.name === name)
      .map(({ durationMs, billedMs, memoryMb, initMs, isReset, outcome }) => ({
        durationMs,
        billedMs,
        memoryMb,
        isCold: initMs !== null || isReset,
        isFailure: outcome !== 'success',
      })),
  );
}

function figuresOf(
  rows: readonly {
    readonly durationMs: number;
    readonly billedMs: number;
    readonly memoryMb: number;
    readonly isCold: boolean;
    readonly isFailure: boolean;
  }[],
): Figures {
  const gbMs = sum(rows.map(({ billedMs, memoryMb }) => (billedMs * memoryMb) / 1024));
  const durations = rows.map(({ durationMs }) => durationMs);
  return {
    invocations: rows.length,
    failures: rows.filter(({ isFailure }) => isFailure).length,
    coldStarts: rows.filter(({ isCold }) => isCold).length,
    gbMs,
    costUsd: (gbMs / 1000) * USD_PER_GB_SECOND + rows.length * USD_PER_REQUEST,
    p50Ms: rank(durations, 0.5),
    p95Ms: rank(durations, 0.95),
  };
}

/** By plain SQL over the rows. Status 0 is success. */
function sqlFigures(name: string): Figures {
  const db = new Database(join(folder, 'telemetry.db'), { readonly: true });
  try {
    const rows = db
      .prepare(
        `SELECT i.duration_us, i.billed_ms, s.memory_mb, i.cold, i.status
         FROM invocation i JOIN series s ON s.id = i.series_id JOIN function f ON f.id = i.function_id
         WHERE f.name = ? AND i.end_ms >= ? AND i.end_ms < ?`,
      )
      .all(name, FROM_MS, TO_MS) as Record<
      'duration_us' | 'billed_ms' | 'memory_mb' | 'cold' | 'status',
      number | null
    >[];
    return figuresOf(
      rows.map((row) => ({
        durationMs: (row.duration_us ?? Number.NaN) / 1000,
        billedMs: row.billed_ms ?? Number.NaN,
        memoryMb: row.memory_mb ?? Number.NaN,
        isCold: row.cold !== null,
        isFailure: row.status !== 0,
      })),
    );
  } finally {
    db.close();
  }
}

const ask = (path: string): Promise<Response> =>
  fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${ADMIN}` } });

/** By the rows of an export. */
async function exportFigures(name: string): Promise<Figures & { readonly exportedUsd: number }> {
  const text = await (await ask(`/api/v1/export/invocations?${RANGE}&function=${name}&format=ndjson`)).text();
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, string | number | boolean | null>);
  const exportedUsd = sum(rows.map((row) => Number(row['costUsd'])));
  const figures = figuresOf(
    rows.map((row) => ({
      durationMs: Number(row['durationMs']),
      billedMs: Number(row['billedDurationMs']),
      memoryMb: Number(row['memorySizeMb']),
      isCold: row['coldStart'] !== null,
      isFailure: row['status'] !== 'success',
    })),
  );
  return { ...figures, exportedUsd };
}

interface Summary {
  readonly name: string;
  readonly invocations: number;
  readonly errors: number;
  readonly errorRate: { readonly value: number };
  readonly coldStartRate: { readonly value: number };
  readonly durationMs: { readonly p50: number; readonly p95: number };
  readonly costUsd: number;
}

/** A figure as a user reads it: `1,234`, `12.3 k`, `7.1 %`, `$0.12`, `12.3 s`, `2.5 min`; times in ms, shares as ratios. */
function read(text: string): number {
  const [, dollar, digits, unit] = /^(\$?)([\d.,e-]+) ?(\S*)$/.exec(text.trim()) ?? [];
  const value = Number(digits?.replaceAll(',', ''));
  const units: Readonly<Record<string, number>> = {
    '': 1,
    k: 1e3,
    '%': 0.01,
    ms: 1,
    s: 1000,
    min: 60_000,
    h: 3_600_000,
  };
  const factor = units[unit ?? '?'];
  if (factor === undefined || Number.isNaN(value) || (dollar === '$' && unit !== ''))
    throw new Error(`not a figure: ${text}`);
  return value * factor;
}

/** What the page prints has two or three digits. */
const isShownAs = (text: string, value: number): void => {
  const tolerance = Math.abs(value) * 0.05 + (text.startsWith('$') ? 0.005 : 0);
  expect(Math.abs(read(text) - value), `${text} for ${value}`).toBeLessThanOrEqual(tolerance);
};

describe.each(KINDS)('$name', ({ name }) => {
  test('SQL and the export hold what was sent', async () => {
    const sent = sentFigures(name);
    const exported = await exportFigures(name);
    // Each row is rounded to seven decimals or more.
    expect(Math.abs(exported.exportedUsd - sent.costUsd)).toBeLessThan(1e-7 * sent.invocations);
    for (const found of [sqlFigures(name), exported]) {
      expect(found).toMatchObject({
        invocations: sent.invocations,
        failures: sent.failures,
        coldStarts: sent.coldStarts,
        p50Ms: sent.p50Ms,
        p95Ms: sent.p95Ms,
      });
      expect(found.gbMs).toBeCloseTo(sent.gbMs, 3);
    }
  });

  test('the API answers what was sent', async () => {
    const sent = sentFigures(name);
    const { items } = (await (await ask(`/api/v1/functions?${RANGE}`)).json()) as { items: Summary[] };
    const found = items.find((item) => item.name === name);
    expect(found).toMatchObject({ invocations: sent.invocations, errors: sent.failures });
    expect(found?.errorRate.value).toBeCloseTo(sent.failures / sent.invocations, 5);
    expect(found?.coldStartRate.value).toBeCloseTo(sent.coldStarts / sent.invocations, 5);
    // Quantiles are within 1 % of the exact value.
    expect(Math.abs((found?.durationMs.p50 ?? 0) / sent.p50Ms - 1)).toBeLessThan(0.0101);
    expect(Math.abs((found?.durationMs.p95 ?? 0) / sent.p95Ms - 1)).toBeLessThan(0.0101);
    expect((found?.costUsd ?? 0) / sent.costUsd).toBeCloseTo(1, 5);
  });

  test('the list of functions shows what was sent', async () => {
    const sent = sentFigures(name);
    await settled(page, `${server.url}/functions?${RANGE}`, 'dear');
    // Before the name is the button of favourites.
    const row = page.getByRole('row', { name: new RegExp(`^${name}: favourite ${name} `) });
    const cells = await row.locator('td').allInnerTexts();
    const titles = await page.locator('table[aria-label="Functions"] th').allInnerTexts();
    const cell = (title: string): string =>
      cells[titles.findIndex((text) => text.startsWith(title))]?.split('\n')[0]?.trim() ?? `no column ${title}`;
    isShownAs(cell('Invocations'), sent.invocations);
    isShownAs(cell('Errors'), sent.failures / sent.invocations);
    isShownAs(cell('Cold starts'), sent.coldStarts / sent.invocations);
    isShownAs(cell('Duration p50'), sent.p50Ms);
    isShownAs(cell('Duration p95'), sent.p95Ms);
    isShownAs(cell('Cost'), sent.costUsd);
  });
});

const tileOf = (label: string) =>
  page.locator('.tile').filter({ has: page.locator('.label', { hasText: new RegExp(`^${label}$`) }) });

test('the tiles of the overview show the totals', async () => {
  const all = KINDS.map(({ name }) => sentFigures(name));
  const total = (of: (figures: Figures) => number): number => sum(all.map(of));
  await settled(page, `${server.url}/?${RANGE}`, 'What needs attention');
  const tile = async (label: string): Promise<string> => (await tileOf(label).locator('.value').innerText()).trim();
  isShownAs(
    await tile('Invocations'),
    total(({ invocations }) => invocations),
  );
  isShownAs(await tile('Errors'), total(({ failures }) => failures) / total(({ invocations }) => invocations));
  isShownAs(
    await tile('Cost'),
    total(({ costUsd }) => costUsd),
  );
  // Lambda prints `Init Duration` for inits that a caller waited for.
  isShownAs(await tile('Cold-start time'), sum(runs.map(({ initMs }) => initMs ?? 0)));
});
