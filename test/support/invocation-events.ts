/** Draws invocations of a function, and renders the events that CloudWatch Logs would hold of them. */
import fc from 'fast-check';
import {
  renderEnd,
  renderExit,
  renderExtension,
  renderInitReport,
  renderInitStart,
  renderReport,
  renderStart,
  renderTimeout,
} from '../../ingest/lines/render.ts';
import type { StreamEvent } from './ways.ts';

const T0 = Date.UTC(2026, 10, 20, 9, 58, 0, 123);
const ARN = 'arn:aws:lambda:eu-west-1::runtime:be6b7a67cb4533b2e602f284c4e41058155b081b5879c71929b33e71c124b81d';

/** One invocation as the generator draws it. */
export const run = fc.record({
  environment: fc.nat(2),
  gapMs: fc.integer({ min: 5, max: 90_000 }),
  durationMs: fc.integer({ min: 1, max: 300_000 }).map((n) => n / 100),
  cold: fc.boolean(),
  ends: fc.constantFrom('success', 'success', 'timeout', 'exit', 'error', 'raised'),
  /** Tried again with the same request id in the next environment. */
  retries: fc.integer({ min: 0, max: 4 }).map((n) => (n === 4 ? 1 : 0)),
  failedInit: fc.integer({ min: 0, max: 7 }).map((n) => n === 7),
  extension: fc.boolean(),
  reported: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
});
export type Run = typeof run extends fc.Arbitrary<infer R> ? R : never;

/** Log streams of three places. A cold start replaces the environment of its place: an environment has one init. */
function environments(): (place: number, isCold: boolean) => string {
  const inits = [0, 0, 0];
  return (place, isCold) => {
    inits[place] = (inits[place] ?? 0) + (isCold ? 1 : 0);
    return `2026/11/20/[7]${`${place}${String(inits[place]).padStart(2, '0')}`.padStart(32, 'a')}`;
  };
}

/** The events of a function whose invocations follow each other, in up to three environments. */
export function textEvents(runs: readonly Run[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  let nowMs = T0;
  const streamOf = environments();
  const add = (stream: string, atMs: number, message: string): void => {
    events.push({ stream, id: String(events.length).padStart(56, '3'), atMs, message });
  };
  for (const [at, drawn] of runs.entries()) {
    const requestId = `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
    for (let attempt = 0; attempt <= drawn.retries; attempt += 1) {
      const stream = streamOf((drawn.environment + attempt) % 3, drawn.cold);
      nowMs += drawn.gapMs + (attempt > 0 ? 60_000 : 0);
      const initMs = drawn.cold ? 160.53 : null;
      if (initMs !== null) add(stream, nowMs, renderInitStart('nodejs:22.v31', ARN));
      if (drawn.extension)
        add(stream, nowMs + 2, renderExtension({ name: 'agent', state: 'Ready', events: ['INVOKE'], errorType: null }));
      if (drawn.failedInit)
        add(
          stream,
          nowMs + 1,
          renderInitReport({ initDurationMs: 150.25, phase: 'init', status: 'error', errorType: 'Runtime.ExitError' }),
        );
      const startMs = nowMs + (initMs === null ? 0 : 162);
      const endMs = startMs + Math.ceil(drawn.durationMs);
      add(stream, startMs, renderStart(requestId, '7'));
      if (drawn.ends === 'timeout') add(stream, endMs, renderTimeout(iso(endMs), requestId, 3));
      if (drawn.ends === 'exit') add(stream, endMs, renderExit(requestId, 'Runtime exited', 'Runtime.ExitError'));
      if (drawn.ends === 'error')
        add(
          stream,
          endMs - 1,
          `${iso(endMs - 1)}\t${requestId}\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"x","stack":["TypeError: x"]}\n`,
        );
      if (drawn.ends === 'raised')
        add(stream, endMs - 1, "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n");
      add(stream, endMs, renderEnd(requestId));
      if (drawn.reported)
        add(
          stream,
          endMs,
          renderReport({
            requestId,
            durationMs: drawn.durationMs,
            billedDurationMs: Math.ceil(drawn.durationMs),
            memorySizeMb: 128,
            maxMemoryUsedMb: 57,
            initDurationMs: initMs,
            restoreDurationMs: null,
            billedRestoreDurationMs: null,
            status: null,
            errorType: null,
            trace: null,
          }),
        );
      nowMs = endMs;
    }
  }
  return events;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** The same invocations as a function with the JSON log format writes them. */
export function jsonEvents(runs: readonly Run[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  let nowMs = T0;
  const streamOf = environments();
  const add = (stream: string, atMs: number, type: string, record: object): void => {
    const message = `${JSON.stringify({ time: iso(atMs), type, record })}\n`;
    events.push({ stream, id: String(events.length).padStart(56, '3'), atMs, message });
  };
  for (const [at, drawn] of runs.entries()) {
    const requestId = `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
    for (let attempt = 0; attempt <= drawn.retries; attempt += 1) {
      const stream = streamOf((drawn.environment + attempt) % 3, drawn.cold);
      nowMs += drawn.gapMs + (attempt > 0 ? 60_000 : 0);
      const init = { initializationType: 'on-demand', phase: 'init' };
      if (drawn.cold)
        add(stream, nowMs, 'platform.initStart', {
          ...init,
          runtimeVersion: 'nodejs:22.v31',
          runtimeVersionArn: ARN,
          functionName: 'f',
          functionVersion: '7',
        });
      if (drawn.failedInit)
        add(stream, nowMs + 1, 'platform.initReport', {
          ...init,
          status: 'error',
          errorType: 'Runtime.ExitError',
          metrics: { durationMs: 150.25 },
        });
      const startMs = nowMs + (drawn.cold ? 162 : 0);
      const endMs = startMs + Math.ceil(drawn.durationMs);
      if (drawn.extension)
        add(stream, nowMs + 2, 'platform.extension', { name: 'agent', state: 'Ready', events: ['INVOKE'] });
      add(stream, startMs, 'platform.start', { requestId, version: '7' });
      const status = { success: 'success', timeout: 'timeout', exit: 'failure', error: 'error', raised: 'error' }[
        drawn.ends
      ];
      const errorType = {
        success: null,
        timeout: null,
        exit: 'Runtime.ExitError',
        error: 'TypeError',
        raised: 'KeyError',
      }[drawn.ends];
      const outcome = { requestId, status, ...(errorType === null ? {} : { errorType }) };
      const metrics = { durationMs: drawn.durationMs };
      add(stream, endMs, 'platform.runtimeDone', { ...outcome, metrics: { ...metrics, producedBytes: 26 } });
      const measured = {
        ...metrics,
        billedDurationMs: Math.ceil(drawn.durationMs),
        memorySizeMB: 128,
        maxMemoryUsedMB: 57,
        ...(drawn.cold ? { initDurationMs: 160.53 } : {}),
      };
      if (drawn.reported) add(stream, endMs, 'platform.report', { ...outcome, metrics: measured });
      nowMs = endMs;
    }
  }
  return events;
}
