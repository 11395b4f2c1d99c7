/** Writes the log lines of one environment, as text or JSON records. */
import {
  renderEnd,
  renderExit,
  renderExtension,
  renderInitStart,
  renderReport,
  renderRestoreReport,
  renderRestoreStart,
  renderStart,
  renderTimeout,
} from '../lines/render.ts';
import type { LogEvent } from '../records/log-event.ts';
import type { Random } from '../records/random.ts';
import { appLines } from './app-lines.ts';
import { handlerErrorLine } from './handler-errors.ts';
import type { FunctionPlan, PlannedError } from './plan.ts';

/** Time between the runtime's response and the end of the invocation. */
const BARE_AFTER_MS = 0.4;
const EXTENSION_AFTER_MS = 3.1;

const TENANTS = ['blue', 'green', 'amber'] as const;
/** Share of an invocation that a backend takes. */
const BACKEND_SHARE = 0.6;
const MOST_ITEMS = 12;

export type Failure = 'timeout' | 'oom' | 'exit' | PlannedError;

export interface SimulatedStream {
  readonly logGroup: string;
  readonly logStream: string;
  readonly events: readonly LogEvent[];
  /** Number of events of the stream before these; none if absent. */
  readonly before?: number;
}

/** One invocation to write. */
export interface RunLines {
  readonly requestId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly durationMs: number;
  readonly billedMs: number;
  readonly memoryMb: number;
  readonly usedMb: number;
  readonly initMs: number | null;
  readonly restoreMs: number | null;
  readonly failure: Failure | null;
  /** Duration without a suppressed init. */
  readonly ranMs: number;
  readonly trace: { readonly traceId: string; readonly segmentId: string } | null;
}

export class StreamWriter {
  readonly logGroup: string;
  readonly logStream: string;
  readonly events: LogEvent[] = [];
  readonly #plan: FunctionPlan;
  readonly #version: string;
  #taken = 0;

  constructor(plan: FunctionPlan, version: string, random: Random, bornMs: number) {
    const day = new Date(bornMs).toISOString().slice(0, 10).replaceAll('-', '/');
    this.logGroup = `/aws/lambda/${plan.name}`;
    this.logStream = `${day}/[${version}]${random.hex(32)}`;
    this.#plan = plan;
    this.#version = version;
  }

  /** Writes INIT_START or RESTORE_START, and the line of the extension that starts. */
  init(atMs: number, tookMs: number, runtimeArn: string, initializationType: string): void {
    const { runtime, extension, snapStart, format, name } = this.#plan;
    if (format === 'json' && snapStart) {
      this.#record(atMs, 'restoreStart', {
        functionName: name,
        functionVersion: this.#version,
        runtimeVersion: runtime,
        runtimeVersionArn: runtimeArn,
      });
    } else if (format === 'json') {
      this.#record(atMs, 'initStart', {
        initializationType,
        phase: 'init',
        functionName: name,
        functionVersion: this.#version,
        runtimeVersion: runtime,
        runtimeVersionArn: runtimeArn,
      });
    } else if (snapStart) {
      this.#write(atMs, renderRestoreStart(runtime, runtimeArn));
      this.#write(atMs + tookMs, renderRestoreReport({ restoreDurationMs: tookMs, status: null, errorType: null }));
    } else this.#write(atMs, renderInitStart(runtime, runtimeArn));
    if (extension !== null) {
      this.#write(
        atMs + tookMs * 0.9,
        renderExtension({ name: extension, state: 'Ready', events: ['INVOKE', 'SHUTDOWN'], errorType: null }),
      );
    }
  }

  run(run: RunLines): void {
    if (this.#plan.format === 'json') this.#jsonRun(run);
    else this.#textRun(run);
  }

  /** Events that were written since the last call; null if there are none. */
  take(): SimulatedStream | null {
    if (this.#taken === this.events.length) return null;
    const { logGroup, logStream } = this;
    const before = this.#taken;
    this.#taken = this.events.length;
    return { logGroup, logStream, before, events: this.events.slice(before) };
  }

  #appLines(run: RunLines): void {
    for (const { atMs, text } of appLines(this.#plan, run)) this.#write(atMs, text);
    const { requestId, endMs, failure } = run;
    if (failure !== null && typeof failure === 'object')
      this.#write(endMs, handlerErrorLine(this.#plan.runtime, requestId, endMs, failure));
  }

  #textRun(run: RunLines): void {
    this.#write(run.startMs, renderStart(run.requestId, this.#version));
    this.#appLines(run);
    if (run.failure === 'exit') {
      this.#write(
        run.endMs,
        renderExit(run.requestId, 'Runtime exited with error: exit status 1', 'Runtime.ExitError'),
      );
    }
    this.#metrics(run);
    this.#write(run.endMs, renderEnd(run.requestId));
    const isKilled = run.failure === 'oom';
    this.#write(
      run.endMs,
      renderReport({
        requestId: run.requestId,
        durationMs: run.durationMs,
        billedDurationMs: run.billedMs,
        memorySizeMb: run.memoryMb,
        maxMemoryUsedMb: run.usedMb,
        initDurationMs: run.initMs,
        restoreDurationMs: run.restoreMs,
        billedRestoreDurationMs: run.restoreMs === null ? null : Math.ceil(run.restoreMs * 0.4),
        status: isKilled ? 'error' : null,
        errorType: isKilled ? 'Runtime.OutOfMemory' : null,
        trace: run.trace === null ? null : { ...run.trace, sampled: true },
      }),
    );
    if (run.failure === 'timeout') {
      this.#write(run.endMs, renderTimeout(new Date(run.endMs).toISOString(), run.requestId, run.ranMs / 1000));
    }
  }

  #jsonRun(run: RunLines): void {
    this.#record(run.startMs, 'start', { requestId: run.requestId, version: this.#version });
    this.#appLines(run);
    this.#metrics(run);
    if (run.failure === null) {
      const after = Math.min(run.ranMs * 0.2, this.#plan.extension === null ? BARE_AFTER_MS : EXTENSION_AFTER_MS);
      const durationMs = Number((run.durationMs - after).toFixed(3));
      this.#record(run.endMs, 'runtimeDone', { requestId: run.requestId, status: 'success', metrics: { durationMs } });
    }
    this.#record(run.endMs, 'report', {
      requestId: run.requestId,
      status: run.failure === null ? 'success' : run.failure === 'timeout' ? 'timeout' : 'error',
      ...(run.failure === 'oom' ? { errorType: 'Runtime.OutOfMemory' } : {}),
      ...(run.failure === 'exit' ? { errorType: 'Runtime.ExitError' } : {}),
      metrics: {
        durationMs: run.durationMs,
        billedDurationMs: run.billedMs,
        memorySizeMB: run.memoryMb,
        maxMemoryUsedMB: run.usedMb,
        ...(run.initMs === null ? {} : { initDurationMs: run.initMs }),
        ...(run.restoreMs === null
          ? {}
          : { restoreDurationMs: run.restoreMs, billedRestoreDurationMs: Math.ceil(run.restoreMs * 0.4) }),
      },
    });
  }

  /** As Powertools prints them at the end of an invocation. */
  #metrics({ requestId, endMs, ranMs, usedMb, failure }: RunLines): void {
    const { printsMetrics, name } = this.#plan;
    if (!printsMetrics || failure !== null) return;
    const atMs = Math.round(endMs);
    // Digits of the request id, so that nothing else of the simulation changes.
    const drawn = Number.parseInt(requestId.slice(0, 4), 16);
    const document = {
      _aws: {
        Timestamp: atMs,
        CloudWatchMetrics: [
          {
            Namespace: 'Shop',
            Dimensions: [['service'], ['service', 'tenant']],
            Metrics: [
              { Name: 'BackendLatency', Unit: 'Milliseconds' },
              { Name: 'Items', Unit: 'Count' },
            ],
          },
        ],
      },
      service: name,
      tenant: TENANTS[drawn % TENANTS.length],
      BackendLatency: Number((ranMs * BACKEND_SHARE).toFixed(2)),
      Items: 1 + (drawn % MOST_ITEMS),
      memoryUsedMb: usedMb,
    };
    this.#write(atMs, `${JSON.stringify(document)}\n`);
  }

  #record(atMs: number, type: string, record: object): void {
    const time = new Date(Math.round(atMs)).toISOString();
    this.#write(atMs, `${JSON.stringify({ time, type: `platform.${type}`, record })}\n`);
  }

  #write(timestampMs: number, message: string): void {
    this.events.push({ id: '', timestampMs: Math.round(timestampMs), message });
  }
}
