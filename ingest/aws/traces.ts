/** Fetches X-Ray traces of invocations that are stored: five ids a call, what was not processed asked again. */
import type { Trace, XRayClient } from '@aws-sdk/client-xray';
import { BatchGetTracesCommand } from '@aws-sdk/client-xray';
import type { WriteOutcome } from '../records/sink.ts';
import { explainAws } from './aws-errors.ts';

/** The service takes no more in one call. */
const IDS_PER_CALL = 5;
/** Rounds in which unprocessed ids are asked again. */
const ROUNDS = 4;

export interface TraceSink {
  /** Ids of traces that are not stored, the most wanted first. */
  wanted(limit: number): Promise<readonly string[]>;
  /** A BatchGetTraces answer. */
  store(document: string): Promise<WriteOutcome>;
  /** These were asked for and did not come. */
  missed(traceIds: readonly string[]): Promise<void>;
}

export interface TraceResult {
  readonly asked: number;
  readonly found: number;
  readonly segments: number;
  /** A sentence when something stands in the way. */
  readonly problem: string | null;
}

export interface TraceJob {
  readonly client: XRayClient;
  readonly sink: TraceSink;
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
  onProgress?(asked: number, of: number): void;
}

/** Fetches up to `limit` wanted traces. Never throws for what AWS says. */
export async function fetchTraces({ client, sink, limit, signal, onProgress }: TraceJob): Promise<TraceResult> {
  const ids = await sink.wanted(limit);
  let found = 0;
  let segments = 0;
  let asked = 0;
  for (let at = 0; at < ids.length && signal?.aborted !== true; at += IDS_PER_CALL) {
    const chunk = ids.slice(at, at + IDS_PER_CALL);
    let traces: readonly Trace[];
    try {
      traces = await askFor(client, chunk);
    } catch (error) {
      return { asked, found, segments, problem: explainAws(error, 'xray:BatchGetTraces') };
    }
    asked += chunk.length;
    const whole = traces.filter((trace) => (trace.Segments?.length ?? 0) > 0);
    if (whole.length > 0) segments += (await sink.store(JSON.stringify({ Traces: whole }))).accepted;
    found += whole.length;
    const there = new Set(whole.map((trace) => trace.Id));
    const missing = chunk.filter((id) => !there.has(id));
    if (missing.length > 0) await sink.missed(missing);
    onProgress?.(asked, ids.length);
  }
  return { asked, found, segments, problem: asked >= IDS_PER_CALL && found === 0 ? NONE_FOUND : null };
}

const NONE_FOUND =
  'None of these traces was found. With Transaction Search switched on, X-Ray does not index them: subscribe the log group aws/spans instead.';

/** Pages and unprocessed ids of one call's worth. */
async function askFor(client: XRayClient, traceIds: readonly string[]): Promise<readonly Trace[]> {
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
