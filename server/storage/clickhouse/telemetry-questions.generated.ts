// Written by `npm run lists`. Do not edit.
import { aggregate } from '../questions/aggregate/clickhouse.ts';
import { initLoops, platformLatency } from '../questions/causes/clickhouse.ts';
import { changeMarks, changes } from '../questions/changes/clickhouse.ts';
import { coldStarts } from '../questions/cold-starts/clickhouse.ts';
import { coverage } from '../questions/coverage/clickhouse.ts';
import { deadLetterPayload, deadLetters } from '../questions/dead-letters/clickhouse.ts';
import { declaredInstances } from '../questions/declared-instances/clickhouse.ts';
import { deploys } from '../questions/deploys/clickhouse.ts';
import { distribution } from '../questions/distribution/clickhouse.ts';
import { durableExecutions, durableInvocation } from '../questions/durable/clickhouse.ts';
import { environments, peakConcurrency } from '../questions/environments/clickhouse.ts';
import { errorExamples, errorGroups } from '../questions/errors/clickhouse.ts';
import { failures } from '../questions/failures/clickhouse.ts';
import { features } from '../questions/features/clickhouse.ts';
import { fleet } from '../questions/fleet/clickhouse.ts';
import { configurations, functionIds, functions, functionsPage, knownFunctions, resolveFunction } from '../questions/functions/clickhouse.ts';
import { imports } from '../questions/imports/clickhouse.ts';
import { ingestStatus } from '../questions/ingest-status/clickhouse.ts';
import { inventory } from '../questions/inventory/clickhouse.ts';
import { invocation } from '../questions/invocation/clickhouse.ts';
import { invocationColumns, invocations, invocationsByKey } from '../questions/invocations/clickhouse.ts';
import { keepAlive } from '../questions/keep-alive/clickhouse.ts';
import { loadTests } from '../questions/load-tests/clickhouse.ts';
import { logHistogram } from '../questions/log-histogram/clickhouse.ts';
import { logVolume } from '../questions/log-volume/clickhouse.ts';
import { logs } from '../questions/logs/clickhouse.ts';
import { memory } from '../questions/memory/clickhouse.ts';
import { metricPoints, metricSeries } from '../questions/metrics/clickhouse.ts';
import { fleetNetwork, functionNetwork } from '../questions/network/clickhouse.ts';
import { preInits } from '../questions/pre-inits/clickhouse.ts';
import { provisioned } from '../questions/provisioned/clickhouse.ts';
import { pullCheckpoint, pullCheckpoints } from '../questions/pull-checkpoints/clickhouse.ts';
import { responses } from '../questions/responses/clickhouse.ts';
import { series } from '../questions/series/clickhouse.ts';
import { tenants } from '../questions/tenants/clickhouse.ts';
import { timeseries } from '../questions/timeseries/clickhouse.ts';
import { serviceMap, trace, traceOfRequest } from '../questions/traces/clickhouse.ts';
import { tracesToFetch } from '../questions/traces-to-fetch/clickhouse.ts';
import { tuningRuns } from '../questions/tuning-runs/clickhouse.ts';
import type { TelemetryReader } from '../questions/telemetry-reader.generated.ts';
import type { QueryContext } from './query-context.ts';

/** Answers of this store, by question. */
export const telemetryQuestions: {
  readonly [K in keyof TelemetryReader]: (
    context: QueryContext,
    query: Parameters<TelemetryReader[K]>[0],
  ) => ReturnType<TelemetryReader[K]>;
} = {
  aggregate,
  initLoops,
  platformLatency,
  changes,
  changeMarks,
  coldStarts,
  coverage,
  deadLetters,
  deadLetterPayload,
  declaredInstances,
  deploys,
  distribution,
  durableExecutions,
  durableInvocation,
  peakConcurrency,
  environments,
  errorGroups,
  errorExamples,
  failures,
  features,
  fleet,
  functions,
  functionIds,
  functionsPage,
  knownFunctions,
  resolveFunction,
  configurations,
  imports,
  ingestStatus,
  inventory,
  invocation,
  invocations,
  invocationColumns,
  invocationsByKey,
  keepAlive,
  loadTests,
  logHistogram,
  logVolume,
  logs,
  memory,
  metricSeries,
  metricPoints,
  functionNetwork,
  fleetNetwork,
  preInits,
  provisioned,
  pullCheckpoint,
  pullCheckpoints,
  responses,
  series,
  tenants,
  timeseries,
  serviceMap,
  traceOfRequest,
  trace,
  tracesToFetch,
  tuningRuns,
};
