/** The function `traced` for the contract tests: four invocations by hand, three of them warm, with the calls of two. */
import { renderReport, renderStart } from '../../ingest/lines/render.ts';
import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../../ingest/records/demo-scope.ts';
import { HOUR_MS } from '../../ingest/records/time.ts';
import type { TraceSegment } from '../../ingest/records/trace-segment.ts';
import type { Part } from './fleet-streams.ts';

const SCOPE = { account: SIMULATED_ACCOUNT, region: SIMULATED_REGION };
const FROM_MS = Date.UTC(2026, 10, 19, 8);

/** Range of `traced` alone. */
export const TRACED_RANGE = { fromMs: FROM_MS, toMs: FROM_MS + HOUR_MS };

interface TracedRun {
  readonly n: number;
  readonly durationMs: number;
  /** Time in calls; null if the trace is not stored. */
  readonly callMs: number | null;
}

/** The first invocation of an environment is not compared with others: 40 and 60 ms remain, of the second and third. */
const RUNS: readonly TracedRun[] = [
  { n: 1, durationMs: 100, callMs: 90 },
  { n: 2, durationMs: 100, callMs: 40 },
  { n: 3, durationMs: 120, callMs: 60 },
  { n: 4, durationMs: 140, callMs: null },
];

const startOf = (n: number): number => FROM_MS + n * 60_000;
const requestIdOf = (n: number): string => `00000000-0000-4000-8000-0000000001${n}0`;
const traceIdOf = (n: number): string => `1-691d7f0${n}-00000000000000000000000${n}`;

export const TRACED: readonly Part[] = [
  {
    identity: { ...SCOPE, logGroup: '/aws/lambda/traced', logStream: `2026/11/19/[$LATEST]${'d'.repeat(32)}` },
    events: RUNS.flatMap(({ n, durationMs }) => {
      const report = renderReport({
        requestId: requestIdOf(n),
        durationMs,
        billedDurationMs: durationMs,
        memorySizeMb: 512,
        maxMemoryUsedMb: 80,
        initDurationMs: null,
        restoreDurationMs: null,
        billedRestoreDurationMs: null,
        status: null,
        errorType: null,
        trace: { traceId: traceIdOf(n), segmentId: `000000000000000${n}`, sampled: true },
      });
      return [
        { timestampMs: startOf(n), message: renderStart(requestIdOf(n), '$LATEST'), id: `start${n}` },
        { timestampMs: startOf(n) + durationMs, message: report, id: `report${n}` },
      ];
    }),
  },
];

const ns = (ms: number): bigint => BigInt(ms) * 1_000_000n;

/** Two segments of each trace, as AWS writes them: only the service's carries the request id. */
export const TRACED_SEGMENTS: readonly TraceSegment[] = RUNS.flatMap(({ n, durationMs, callMs }) => {
  if (callMs === null) return [];
  const service: TraceSegment = {
    kind: 'trace-segment',
    traceId: traceIdOf(n),
    id: `aaaaaaaaaaaaaaa${n}`,
    parentId: null,
    name: 'traced',
    origin: 'AWS::Lambda',
    startNs: ns(startOf(n) - 10),
    endNs: ns(startOf(n) + durationMs + 1),
    requestId: requestIdOf(n),
    resourceArn: `arn:aws:lambda:${SCOPE.region}:${SCOPE.account}:function:traced`,
    httpStatus: 200,
    outcome: 'ok',
    annotations: {},
    subsegments: [],
    limitExceeded: null,
    notRead: null,
  };
  const startNs = ns(startOf(n) + 5);
  const call = {
    id: `c${n}`,
    parentId: `bbbbbbbbbbbbbbb${n}`,
    name: 'S3',
    namespace: 'aws',
    startNs,
    endNs: startNs + ns(callMs),
  };
  const run: TraceSegment = {
    ...service,
    id: `bbbbbbbbbbbbbbb${n}`,
    parentId: service.id,
    origin: 'AWS::Lambda::Function',
    requestId: null,
    startNs: ns(startOf(n)),
    endNs: ns(startOf(n) + durationMs),
    subsegments: [call],
  };
  return [service, run];
});
