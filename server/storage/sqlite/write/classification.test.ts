/**
 * SQLite's writer classifies line by line, in order of arrival; classifyEnvironment classifies an environment as a whole.
 * Law: once every line has arrived, both give the same answer, whatever the order of arrival was.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Batch } from '../../../../ingest/records/batch.ts';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import type { InvocationStatus } from '../../../../ingest/records/invocation-columns.ts';
import { COLUMN, COLUMNS } from '../../../../ingest/records/invocation-columns.ts';
import type { FaultEvent, InitEvent, PendingStart } from '../../../../ingest/records/stream-events.ts';
import { MINUTE_MS } from '../../../../ingest/records/time.ts';
import { law } from '../../../../test/support/law.ts';
import { COLD_START_KINDS, MIN_PROACTIVE_THRESHOLD_MS } from '../../../analytics/cold-starts/classify.ts';
import type { FaultFact, InitFact, ReportFact, StartFact } from '../../../analytics/cold-starts/environment.ts';
import { classifyEnvironment } from '../../../analytics/cold-starts/environment.ts';
import { STATUS } from '../../enums.ts';
import { openWriter } from '../connection.ts';
import { migrate } from '../migrate.ts';
import { AttributionTables } from './attribution.ts';
import { BatchWriter } from './batch-writer.ts';

const T0 = Date.UTC(2026, 10, 20);
const MIGRATIONS = join(import.meta.dirname, '../../../../migrations/sqlite/telemetry');
const SOURCE = { kind: 'logs', name: 'classification' } as const;

let folder: string;
let db: Database.Database;
let writer: BatchWriter;
let attribution: AttributionTables;
let environments = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'thermocline-classification-'));
  const path = join(folder, 'telemetry.db');
  db = openWriter(path);
  db.pragma('synchronous = OFF');
  migrate(db, path, MIGRATIONS);
});
beforeEach(() => {
  writer = new BatchWriter(db);
  attribution = new AttributionTables(db, writer);
});
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

type Line =
  | { readonly line: 'report'; readonly report: ReportFact }
  /** `with`: the REPORT it is joined with if both are in one delivery. */
  | { readonly line: 'start'; readonly start: StartFact; readonly with: ReportFact }
  | { readonly line: 'init'; readonly init: InitFact }
  | { readonly line: 'fault'; readonly fault: FaultFact };

/** One invocation as the generator draws it. */
interface Drawn {
  readonly idleMs: number;
  readonly durationMs: number;
  /** Init that runs inside Duration before START. */
  readonly hiddenMs: number;
  readonly status: InvocationStatus;
  readonly initMs: number | null;
  readonly restoreMs: number | null;
  readonly isRetry: boolean;
  readonly fault: { readonly kind: FaultFact['kind']; readonly offset: number; readonly isNamed: boolean } | null;
  readonly initReport: {
    readonly phase: string | null;
    readonly status: string | null;
    readonly at: number;
    readonly durationMs: number | null;
  } | null;
  readonly isLost: { readonly start: boolean; readonly report: boolean };
}

const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 3 });

const drawn: fc.Arbitrary<Drawn> = fc.record({
  idleMs: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1000, max: 10 * MINUTE_MS })),
  durationMs: fc.integer({ min: 1, max: 30_000 }),
  hiddenMs: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 9000 })),
  status: fc.oneof(
    { weight: 3, arbitrary: fc.constant<InvocationStatus>('success') },
    { weight: 2, arbitrary: fc.constantFrom<InvocationStatus>('timeout', 'error', 'oom', 'exit') },
  ),
  initMs: fc.option(fc.integer({ min: 1, max: 9000 }), { freq: 2 }),
  restoreMs: fc.option(fc.integer({ min: 1, max: 900 }), { freq: 2 }),
  isRetry: fc.boolean(),
  fault: sometimes(
    fc.record({
      kind: fc.constantFrom<FaultFact['kind']>('timeout', 'error', 'oom', 'exit', 'network'),
      offset: fc.double({ min: -0.1, max: 1.2, noNaN: true }),
      isNamed: fc.boolean(),
    }),
  ),
  initReport: sometimes(
    fc.record({
      phase: fc.constantFrom(null, 'init', 'invoke'),
      status: fc.constantFrom(null, 'success', 'error', 'timeout'),
      at: fc.double({ min: -0.5, max: 1, noNaN: true }),
      durationMs: fc.option(fc.integer({ min: 1, max: 10_000 })),
    }),
  ),
  isLost: fc.record({
    start: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    report: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  }),
});

const plan = fc.record({
  type: fc.constantFrom(null, 'on-demand', 'provisioned-concurrency', 'snap-start', 'lambda-managed-instances'),
  /** From the end of init to the first START, ms; null without INIT_START. */
  handoverMs: fc.option(fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 100, max: 5 * MINUTE_MS })), {
    freq: 4,
  }),
  runs: fc.array(drawn, { minLength: 1, maxLength: 8 }),
  /** Order of arrival, deliveries, repetitions. */
  order: fc.array(fc.record({ at: fc.nat(), again: fc.integer({ min: 0, max: 5 }), cut: fc.boolean() }), {
    minLength: 60,
    maxLength: 60,
  }),
  /** Thresholds that attribution sets meanwhile. */
  thresholds: fc.array(fc.record({ after: fc.nat(20), ms: fc.integer({ min: 1000, max: 3 * MINUTE_MS }) }), {
    maxLength: 3,
  }),
});
type Plan = typeof plan extends fc.Arbitrary<infer P> ? P : never;

const requestId = (n: number): string => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;

/** The lines an environment writes. */
function linesOf({ type, handoverMs, runs }: Plan): readonly Line[] {
  const lines: Line[] = [];
  let atMs = T0;
  let id = 0;
  let canInit = true;
  for (const [n, run] of runs.entries()) {
    // A retry keeps the request id; Lambda waits a minute or more.
    const isRetry = n > 0 && run.isRetry;
    if (!isRetry) id += 1;
    atMs += run.idleMs + (isRetry ? MINUTE_MS : 0);
    // An init is reported by the first invocation and by one that follows a failure. Moving the threshold looks for others
    // by the first row alone: a later init after a failure that is not on record keeps its classification.
    const initMs = canInit ? run.initMs : null;
    if (n === 0 && handoverMs !== null) {
      lines.push(initOf({ kind: 'init-start', atMs, initializationType: type }));
      atMs += (initMs ?? 0) + handoverMs;
    }
    const beganMs = atMs;
    const startMs = beganMs + run.hiddenMs;
    const endMs = startMs + run.durationMs;
    const within = (share: number): number => Math.round(beganMs + share * (endMs - beganMs));
    const report: ReportFact = {
      requestId: requestId(id),
      endMs,
      startMs: null,
      durationUs: (run.hiddenMs + run.durationMs) * 1000,
      memoryMb: 128,
      maxMemoryMb: 60,
      initUs: initMs === null ? null : initMs * 1000,
      restoreUs: n === 0 && run.restoreMs !== null ? run.restoreMs * 1000 : null,
      status: run.status,
      errorType: run.status === 'success' ? null : 'Runtime.ExitError',
      version: '$LATEST',
    };
    if (!run.isLost.start)
      lines.push({ line: 'start', start: { requestId: requestId(id), startMs, version: '$LATEST' }, with: report });
    if (!run.isLost.report) lines.push({ line: 'report', report });
    if (run.fault !== null) {
      const { kind, offset } = run.fault;
      // Managed instances name the request on every line.
      const isNamed = run.fault.isNamed || type === 'lambda-managed-instances';
      const fault = {
        atMs: within(offset),
        kind,
        requestId: isNamed ? requestId(id) : '',
        errorType: 'Runtime.ExitError',
      };
      lines.push({ line: 'fault', fault });
    }
    if (run.initReport !== null) {
      const { phase, status, at, durationMs } = run.initReport;
      const durationUs = durationMs === null ? null : durationMs * 1000;
      lines.push(
        initOf({ kind: 'init-report', atMs: within(at), phase, status, durationUs, initializationType: type }),
      );
    }
    canInit = run.status !== 'success' && !run.isLost.report;
    atMs = endMs;
  }
  return lines;
}

function initOf(init: Partial<InitFact> & Pick<InitFact, 'kind' | 'atMs'>): Line {
  const none = {
    phase: null,
    status: null,
    initializationType: null,
    runtimeVersion: null,
    runtimeVersionArn: null,
    durationUs: null,
  };
  return { line: 'init', init: { ...none, ...init } };
}

/** Shuffles the lines, repeats some, and cuts them into deliveries. */
function deliveriesOf({ order }: Plan, lines: readonly Line[]): readonly (readonly Line[])[] {
  const draws = (at: number) => order[at % order.length] ?? { at: 0, again: 0, cut: false };
  const shuffled = lines
    .flatMap((line, at) => (draws(at).again === 0 ? [line, line] : [line]))
    .map((line, at) => ({ line, key: draws(at).at }))
    .toSorted((a, b) => a.key - b.key);
  const deliveries: Line[][] = [[]];
  for (const [at, { line }] of shuffled.entries()) {
    if (draws(at).cut) deliveries.push([]);
    deliveries.at(-1)?.push(line);
  }
  return deliveries;
}

function batchOf(lines: readonly Line[], logStream: string): Batch {
  const reports = lines.flatMap((one) => (one.line === 'report' ? [one.report] : []));
  const starts: PendingStart[] = [];
  const startOf = new Map<ReportFact, number>();
  for (const one of lines) {
    if (one.line !== 'start') continue;
    if (reports.includes(one.with)) startOf.set(one.with, one.start.startMs);
    else starts.push({ stream: 0, tenant: null, ...one.start });
  }
  const strings = ['Runtime.ExitError', '$LATEST'];
  const numbers = new Float64Array(reports.length * COLUMNS).fill(Number.NaN);
  const requestIds = new Uint8Array(reports.length * 16);
  for (const [row, report] of reports.entries()) {
    requestIds.set(Buffer.from(report.requestId.replaceAll('-', ''), 'hex'), row * 16);
    const set = (column: number, value: number | null): void => {
      numbers[row * COLUMNS + column] = value ?? Number.NaN;
    };
    set(COLUMN.stream, 0);
    set(COLUMN.endMs, report.endMs);
    set(COLUMN.startMs, startOf.get(report) ?? null);
    set(COLUMN.durationMs, report.durationUs / 1000);
    set(COLUMN.billedMs, report.durationUs / 1000);
    set(COLUMN.memoryMb, report.memoryMb);
    set(COLUMN.maxMemoryMb, report.maxMemoryMb);
    set(COLUMN.initMs, report.initUs === null ? null : report.initUs / 1000);
    set(COLUMN.restoreMs, report.restoreUs === null ? null : report.restoreUs / 1000);
    set(COLUMN.status, STATUS[report.status]);
    set(COLUMN.errorType, report.errorType === null ? null : 0);
    set(COLUMN.version, 1);
    set(COLUMN.events, 1);
  }
  return {
    ...EMPTY_BATCH,
    streams: [
      {
        account: '111122223333',
        region: 'eu-west-1',
        logGroup: `/aws/lambda/${logStream}`,
        logStream,
        functionName: logStream,
        nameInferred: false,
        version: '$LATEST',
      },
    ],
    invocations: {
      ...EMPTY_BATCH.invocations,
      n: reports.length,
      numbers,
      requestIds,
      strings,
    },
    starts,
    inits: lines.flatMap((one): InitEvent[] =>
      one.line === 'init'
        ? [
            {
              stream: 0,
              errorType: null,
              ...one.init,
              durationMs: one.init.durationUs === null ? null : one.init.durationUs / 1000,
              kind: one.init.kind as InitEvent['kind'],
            },
          ]
        : [],
    ),
    faults: lines.flatMap((one): FaultEvent[] =>
      one.line === 'fault'
        ? [{ stream: 0, message: null, stack: null, ...one.fault, requestId: one.fault.requestId || null }]
        : [],
    ),
    counts: { ...EMPTY_BATCH.counts, events: lines.length },
  };
}

interface Answer {
  readonly endMs: number;
  readonly startMs: number | null;
  readonly status: number;
  readonly kind: number | null;
  readonly userFelt: number | null;
  readonly errorType: string | null;
  readonly hiddenInitUs: number | null;
  readonly initTimedOut: number | null;
}

/** Delivers the lines to the writer, and reads what it stored. */
function classifiedByWriter({ thresholds }: Plan, deliveries: readonly (readonly Line[])[]): readonly Answer[] {
  environments += 1;
  const logStream = `environment-${environments}`;
  const functionId = (): number =>
    Number(db.prepare('SELECT id FROM function WHERE name = ?').pluck().get(logStream) ?? 0);
  const commit = (write: () => void): void => {
    db.exec('BEGIN IMMEDIATE');
    write();
    writer.flush(T0);
    db.exec('COMMIT');
  };
  // A batch can come between the steps of a threshold that moves.
  let moving: Iterator<void> = [].values();
  const finishMove = (): void => {
    while (moving.next().done !== true);
  };
  for (const [at, lines] of deliveries.entries()) {
    commit(() => writer.apply(batchOf(lines, logStream), SOURCE, T0));
    for (const { after, ms } of thresholds) {
      if (after !== at) continue;
      finishMove();
      const args = [[{ functionId: functionId(), limitMs: ms }]] as const;
      moving = attribution.steps({ name: 'saveProactiveThresholds', args: [...args] }, T0);
      moving.next();
    }
  }
  finishMove();
  return db
    .prepare(
      `SELECT end_ms AS endMs, end_ms - run_ms AS startMs, status, cold AS kind, user_felt AS userFelt,
         label.text AS errorType, hidden_init_us AS hiddenInitUs, init_timed_out AS initTimedOut
       FROM invocation LEFT JOIN label ON label.id = error_type_id WHERE function_id = ? ORDER BY end_ms`,
    )
    .all(functionId()) as Answer[];
}

function classifiedAsAWhole({ thresholds }: Plan, deliveries: readonly (readonly Line[])[]): readonly Answer[] {
  const lines = [...new Set(deliveries.flat())];
  const applied = deliveries.flatMap((_, at) => thresholds.filter(({ after }) => after === at));
  const { invocations } = classifyEnvironment({
    version: '$LATEST',
    reports: lines.flatMap((one) => (one.line === 'report' ? [one.report] : [])),
    starts: lines.flatMap((one) => (one.line === 'start' ? [one.start] : [])),
    inits: lines.flatMap((one) => (one.line === 'init' ? [one.init] : [])),
    faults: lines.flatMap((one) => (one.line === 'fault' ? [one.fault] : [])),
    proactiveThresholdMs: applied.at(-1)?.ms ?? MIN_PROACTIVE_THRESHOLD_MS,
  });
  return invocations.map(({ report, startMs, status, cold, errorType }) => ({
    endMs: report.endMs,
    startMs,
    status: STATUS[status],
    kind: cold === null ? null : COLD_START_KINDS.indexOf(cold.kind),
    userFelt: cold === null ? null : Number(cold.userFelt),
    errorType,
    hiddenInitUs: cold?.hiddenInitUs ?? null,
    initTimedOut: cold?.initTimedOut === true ? 1 : null,
  }));
}

test('line-by-line classification in any order equals classification of the whole environment', () => {
  const kinds = new Map<string, number>();
  law(
    fc.property(plan, (one) => {
      const deliveries = deliveriesOf(one, linesOf(one));
      const expected = classifiedAsAWhole(one, deliveries);
      for (const { kind, userFelt } of expected) {
        const name = kind === null ? 'warm' : `${COLD_START_KINDS[kind]} ${userFelt === 1 ? 'felt' : 'not felt'}`;
        kinds.set(name, (kinds.get(name) ?? 0) + 1);
      }
      expect(classifiedByWriter(one, deliveries)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
  // The law says nothing about kinds that are never drawn.
  const all = ['on-demand felt', 'on-demand not felt', 'provisioned not felt', 'managed-instance not felt'];
  expect([...kinds.keys()]).toEqual(expect.arrayContaining([...all, 'snap-start felt', 'suppressed felt', 'warm']));
});
