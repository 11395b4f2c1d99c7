/** Writes the X-Ray segments of one simulated request: the service's and the function's, with the init. */
import type { Random } from '../records/random.ts';
import type { PlannedCall } from './plan.ts';

export interface TracedRun {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly requestId: string;
  readonly arrivalMs: number;
  /** Null when warm. */
  readonly init: { readonly startMs: number; readonly endMs: number } | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly caller: string | null;
  readonly calls: readonly PlannedCall[];
}

/** Time of the API itself, before and after the function. */
const CALLER_MS = 4;

export interface TraceDocuments {
  readonly traceId: string;
  /** Id of the function's segment, as printed in REPORT. */
  readonly segmentId: string;
  readonly documents: readonly string[];
}

export function traceOf(random: Random, run: TracedRun): TraceDocuments {
  const traceId = `1-${Math.floor(run.arrivalMs / 1000).toString(16)}-${random.hex(24)}`;
  const arn = `arn:aws:lambda:${run.region}:${run.account}:function:${run.name}`;
  const service = random.hex(16);
  const segmentId = random.hex(16);
  const subsegments = [...initOf(random, run), ...callsOf(random, run)];
  const calling = run.caller === null ? null : callOf(random, run.caller, run);
  const documents = [
    ...(calling === null ? [] : [{ trace_id: traceId, ...calling.segment }]),
    {
      trace_id: traceId,
      id: service,
      ...(calling === null ? {} : { parent_id: calling.subsegmentId }),
      name: run.name,
      origin: 'AWS::Lambda',
      start_time: run.arrivalMs / 1000,
      end_time: run.endMs / 1000,
      resource_arn: arn,
      http: { response: { status: 200 } },
      aws: { request_id: run.requestId },
    },
    {
      trace_id: traceId,
      id: segmentId,
      parent_id: service,
      name: run.name,
      origin: 'AWS::Lambda::Function',
      start_time: run.startMs / 1000,
      end_time: run.endMs / 1000,
      resource_arn: arn,
      aws: { function_arn: arn },
      ...(subsegments.length === 0 ? {} : { subsegments }),
    },
  ];
  return { traceId, segmentId, documents: documents.map((document) => JSON.stringify(document)) };
}

function initOf(random: Random, { init }: TracedRun): readonly object[] {
  if (init === null) return [];
  return [
    {
      id: random.hex(16),
      name: 'Initialization',
      start_time: init.startMs / 1000,
      end_time: init.endMs / 1000,
    },
  ];
}

/** Calls in sequence from the start of the invocation, cut off at its end. */
function callsOf(random: Random, { calls, startMs, endMs }: TracedRun): readonly object[] {
  let atMs = startMs;
  return calls.flatMap(({ name, namespace, ms }) => {
    const fromMs = atMs;
    atMs = Math.min(endMs, atMs + random.logNormal(ms, 0.3));
    if (atMs <= fromMs) return [];
    return [{ id: random.hex(16), name, namespace, start_time: fromMs / 1000, end_time: atMs / 1000 }];
  });
}

/** The segment of the API in front of the function, with its call to the function. */
function callOf(random: Random, name: string, { arrivalMs, endMs }: TracedRun) {
  const subsegmentId = random.hex(16);
  const [start_time, end_time] = [(arrivalMs - CALLER_MS) / 1000, (endMs + CALLER_MS) / 1000];
  const segment = {
    id: random.hex(16),
    name,
    origin: 'AWS::ApiGateway::Stage',
    start_time,
    end_time,
    http: { response: { status: 200 } },
    subsegments: [{ id: subsegmentId, name: 'Lambda', namespace: 'aws', start_time, end_time }],
  };
  return { subsegmentId, segment };
}
