/** Fetches X-Ray traces of stored invocations, five ids per call. Requests unprocessed ids again. */
import type { Trace, XRayClient } from '@aws-sdk/client-xray';
import { BatchGetTracesCommand } from '@aws-sdk/client-xray';
import type { WriteOutcome } from '../records/sink.ts';
import { explainAws } from './aws-errors.ts';

/** Maximum of the service. */
const IDS_PER_CALL = 5;
/** Number of requests for ids that were not processed. */
const ROUNDS = 4;

export interface TraceSink {
  /** Ids of traces that are not stored completely, in order of priority. */
  wanted(limit: number): Promise<readonly string[]>;
  /** Stores a response of BatchGetTraces. */
  store(document: string): Promise<WriteOutcome>;
  /** Marks traces that X-Ray did not return completely: they are requested again later. */
  missed(traceIds: readonly string[]): Promise<void>;
}

export interface TraceResult {
  readonly requested: number;
  readonly found: number;
  readonly segments: number;
  /** Found traces with segments in progress; they will be requested again. */
  readonly inProgress: number;
  /** Traces that exceed X-Ray's size limit: X-Ray does not return all of their segments. */
  readonly limitExceeded: number;
  /** An explanation if fetching failed, or null. */
  readonly problem: string | null;
}

export interface TraceJob {
  readonly client: XRayClient;
  readonly sink: TraceSink;
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
  onProgress?(requested: number, of: number): void;
}

/** Fetches up to `limit` missing traces. Errors of AWS are returned as `problem`, not thrown. */
export async function fetchTraces({ client, sink, limit, signal, onProgress }: TraceJob): Promise<TraceResult> {
  const ids = await sink.wanted(limit);
  let found = 0;
  let segments = 0;
  let requested = 0;
  let inProgress = 0;
  let limitExceeded = 0;
  for (let at = 0; at < ids.length && signal?.aborted !== true; at += IDS_PER_CALL) {
    const chunk = ids.slice(at, at + IDS_PER_CALL);
    let traces: readonly Trace[];
    try {
      traces = await fetchBatch(client, chunk);
    } catch (error) {
      return {
        requested,
        found,
        segments,
        inProgress,
        limitExceeded,
        problem: explainAws(error, 'xray:BatchGetTraces'),
      };
    }
    requested += chunk.length;
    const whole = traces.filter((trace) => (trace.Segments?.length ?? 0) > 0);
    if (whole.length > 0) segments += (await sink.store(JSON.stringify({ Traces: whole }))).accepted;
    found += whole.length;
    limitExceeded += traces.filter((trace) => trace.LimitExceeded === true).length;
    const complete = whole.filter(isComplete);
    inProgress += whole.length - complete.length;
    const there = new Set(complete.map((trace) => trace.Id));
    const missing = chunk.filter((id) => !there.has(id));
    if (missing.length > 0) await sink.missed(missing);
    onProgress?.(requested, ids.length);
  }
  const problem = requested >= IDS_PER_CALL && found === 0 ? NONE_FOUND : null;
  return { requested, found, segments, inProgress, limitExceeded, problem };
}

/** A sentence about traces that X-Ray cuts; null if there are none. */
export function limitSentence(limitExceeded: number): string | null {
  if (limitExceeded === 0) return null;
  const traces = limitExceeded === 1 ? 'trace exceeds' : 'traces exceed';
  return `${limitExceeded} ${traces} X-Ray's size limit (LimitExceeded): X-Ray does not return all of their segments.`;
}

/** Whether every segment has ended and, where the Lambda service reported the trace, the function did too. */
function isComplete(trace: Trace): boolean {
  const documents = (trace.Segments ?? []).map(({ Document }) => segmentState(Document));
  const origins = new Set(documents.map(({ origin }) => origin));
  return documents.every(({ ended }) => ended) && (!origins.has('AWS::Lambda') || origins.has('AWS::Lambda::Function'));
}

/** A document that cannot be read becomes a dead letter; requesting it again would not help. */
function segmentState(document: string | undefined): { readonly ended: boolean; readonly origin: unknown } {
  try {
    const value: unknown = JSON.parse(document ?? '');
    const segment: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
    return { ended: segment['in_progress'] !== true && segment['end_time'] !== undefined, origin: segment['origin'] };
  } catch {
    return { ended: true, origin: null };
  }
}

const NONE_FOUND =
  'None of these traces was found. If Transaction Search is on, X-Ray does not index them. Subscribe the log group aws/spans instead.';

/** Fetches the traces of one call, with all pages and retries of unprocessed ids. */
async function fetchBatch(client: XRayClient, traceIds: readonly string[]): Promise<readonly Trace[]> {
  const traces = new Map<string, Trace>();
  let open = [...traceIds];
  for (let round = 0; round < ROUNDS && open.length > 0; round += 1) {
    const unprocessed: string[] = [];
    let nextToken: string | undefined;
    do {
      const answer = await client.send(
        new BatchGetTracesCommand({ TraceIds: open, ...(nextToken === undefined ? {} : { NextToken: nextToken }) }),
      );
      for (const trace of answer.Traces ?? []) {
        const known = traces.get(trace.Id ?? '');
        const joined = [...(known?.Segments ?? []), ...(trace.Segments ?? [])];
        // A page that does not repeat the flag does not withdraw it.
        const limit = known?.LimitExceeded === true ? { LimitExceeded: true } : {};
        traces.set(trace.Id ?? '', { ...trace, ...limit, Segments: joined });
      }
      unprocessed.push(...(answer.UnprocessedTraceIds ?? []));
      nextToken = answer.NextToken;
    } while (nextToken !== undefined);
    open = unprocessed;
  }
  return [...traces.values()];
}
