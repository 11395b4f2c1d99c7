/** The ingest endpoints. All answer failures in the shape that Amazon Data Firehose requires, not as problem documents. */
import * as z from 'zod';
import {
  checkpointQuery,
  loadTestQuery,
  rawLogsQuery,
  tracesMissedBody,
  tracesWantedQuery,
  writeOutcome,
} from './ingest.ts';
import { declareRoutes } from './route.ts';

export const firehoseAnswer = z
  .object({
    requestId: z.string().describe('X-Amz-Firehose-Request-Id of the request; empty without one'),
    timestamp: z.number().int().describe('Epoch milliseconds'),
    errorMessage: z.string().optional(),
  })
  .meta({ id: 'FirehoseAnswer' });

const checkpointAnswer = z
  .object({ checkpoint: z.record(z.string(), z.unknown()).nullable() })
  .meta({ id: 'PullCheckpoint' });
const tracesWantedAnswer = z
  .object({ items: z.array(z.looseObject({ traceId: z.string() })) })
  .meta({ id: 'TracesToFetch' });
const tracesMissedAnswer = z.object({ noted: z.number().int() }).meta({ id: 'TracesNotFound' });

const LOG_TYPES = ['text/plain', 'application/x-ndjson', 'application/json'] as const;

export const ingestRoutes = declareRoutes({
  checkFirehose: {
    method: 'get',
    path: '/ingest/firehose',
    scope: 'public',
    tag: 'Ingest',
    summary: 'Check that the endpoint can be reached',
    answer: firehoseAnswer,
  },
  ingestFirehose: {
    method: 'post',
    path: '/ingest/firehose',
    scope: 'ingest',
    tag: 'Ingest',
    summary: 'Store a delivery of Amazon Data Firehose (HTTP endpoint, protocol 1.0)',
    bodyTypes: ['application/json'],
    answer: firehoseAnswer,
  },
  ingestLambda: {
    method: 'post',
    path: '/ingest/lambda',
    scope: 'ingest',
    tag: 'Ingest',
    summary: 'Store a Lambda destination event or a decoded subscription message',
    bodyTypes: ['application/json'],
    answer: writeOutcome,
  },
  ingestLogs: {
    method: 'post',
    path: '/ingest/logs',
    scope: 'ingest',
    tag: 'Ingest',
    summary: 'Store raw log text, NDJSON, AWS CLI output, X-Ray documents or spans',
    query: rawLogsQuery,
    bodyTypes: LOG_TYPES,
    answer: writeOutcome,
  },
  ingestLoadTest: {
    method: 'post',
    path: '/ingest/load-test',
    scope: 'ingest',
    tag: 'Ingest',
    summary: 'Store the output of a load generator: hey (summary or CSV) or Locust (statistics CSV)',
    query: loadTestQuery,
    bodyTypes: ['text/plain', 'text/csv'],
    answer: writeOutcome,
  },
  ingestPull: {
    method: 'post',
    path: '/ingest/pull',
    scope: 'admin',
    tag: 'Ingest',
    summary: 'Store a page of FilterLogEvents, or points of GetMetricData, and move the checkpoint of what was read',
    bodyTypes: ['application/json'],
    answer: writeOutcome,
  },
  getPullCheckpoint: {
    method: 'get',
    path: '/ingest/pull/checkpoint',
    scope: 'admin',
    tag: 'Ingest',
    summary: 'Get the checkpoint of a pulled log group, or of pulled metrics',
    query: checkpointQuery,
    answer: checkpointAnswer,
  },
  listTracesToFetch: {
    method: 'get',
    path: '/ingest/traces/wanted',
    scope: 'admin',
    tag: 'Ingest',
    summary: 'List ids of sampled traces that are not stored completely',
    query: tracesWantedQuery,
    answer: tracesWantedAnswer,
  },
  reportMissingTraces: {
    method: 'post',
    path: '/ingest/traces/missed',
    scope: 'admin',
    tag: 'Ingest',
    summary: 'Report traces that X-Ray did not return completely, so that they are retried later',
    body: tracesMissedBody,
    answer: tracesMissedAnswer,
  },
});
