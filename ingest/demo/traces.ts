/** X-Ray's account of one simulated request: the service's segment and the function's, with the init before it. */
import type { Random } from '../random.ts';

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
}

export interface TraceDocuments {
  readonly traceId: string;
  /** Of the function's segment, as REPORT prints it. */
  readonly segmentId: string;
  readonly documents: readonly string[];
}

export function traceOf(random: Random, run: TracedRun): TraceDocuments {
  const traceId = `1-${Math.floor(run.arrivalMs / 1000).toString(16)}-${random.hex(24)}`;
  const arn = `arn:aws:lambda:${run.region}:${run.account}:function:${run.name}`;
  const service = random.hex(16);
  const segmentId = random.hex(16);
  const subsegments =
    run.init === null
      ? []
      : [
          {
            id: random.hex(16),
            name: 'Initialization',
            start_time: run.init.startMs / 1000,
            end_time: run.init.endMs / 1000,
          },
        ];
  const documents = [
    {
      trace_id: traceId,
      id: service,
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
      aws: { function_arn: arn, request_id: run.requestId },
      ...(subsegments.length === 0 ? {} : { subsegments }),
    },
  ];
  return { traceId, segmentId, documents: documents.map((document) => JSON.stringify(document)) };
}
