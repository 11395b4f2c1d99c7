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
  /** Ids of traces that are not stored, in order of priority. */
  wanted(limit: number): Promise<readonly string[]>;
  /** Stores a response of BatchGetTraces. */
  store(document: string): Promise<WriteOutcome>;
  /** Marks traces that X-Ray did not return. */
  missed(traceIds: readonly string[]): Promise<void>;
}

export interface TraceResult {
  readonly requested: number;
  readonly found: number;
  readonly segments: number;
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
  for (let at = 0; at < ids.length && signal?.aborted !== true; at += IDS_PER_CALL) {
    const chunk = ids.slice(at, at + IDS_PER_CALL);
    let traces: readonly Trace[];
    try {
      traces = await fetchBatch(client, chunk);
    } catch (error) {
      return { requested, found, segments, problem: explainAws(error, 'xray:BatchGetTraces') };
    }
    requested += chunk.length;
    const whole = traces.filter((trace) => (trace.Segments?.length ?? 0) > 0);
    if (whole.length > 0) segments += (await sink.store(JSON.stringify({ Traces: whole }))).accepted;
    found += whole.length;
    const there = new Set(whole.map((trace) => trace.Id));
    const missing = chunk.filter((id) => !there.has(id));
    if (missing.length > 0) await sink.missed(missing);
    onProgress?.(requested, ids.length);
  }
  return { requested, found, segments, problem: requested >= IDS_PER_CALL && found === 0 ? NONE_FOUND : null };
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
        traces.set(trace.Id ?? '', { ...trace, Segments: joined });
      }
      unprocessed.push(...(answer.UnprocessedTraceIds ?? []));
      nextToken = answer.NextToken;
    } while (nextToken !== undefined);
    open = unprocessed;
  }
  return [...traces.values()];
}
