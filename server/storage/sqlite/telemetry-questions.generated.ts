// Written by `npm run lists`. Do not edit.
import { aggregate } from '../questions/aggregate/sqlite.ts';
import { initLoops, platformLatency } from '../questions/causes/sqlite.ts';
import { changeMarks, changes } from '../questions/changes/sqlite.ts';
import { coldStarts } from '../questions/cold-starts/sqlite.ts';
import { coverage } from '../questions/coverage/sqlite.ts';
import { deadLetterPayload, deadLetters } from '../questions/dead-letters/sqlite.ts';
import { declaredInstances } from '../questions/declared-instances/sqlite.ts';
import { deploys } from '../questions/deploys/sqlite.ts';
import { distribution } from '../questions/distribution/sqlite.ts';
import { durableExecutions, durableInvocation } from '../questions/durable/sqlite.ts';
import { environments, peakConcurrency } from '../questions/environments/sqlite.ts';
import { errorExamples, errorGroups } from '../questions/errors/sqlite.ts';
import { failures } from '../questions/failures/sqlite.ts';
import { features } from '../questions/features/sqlite.ts';
import { fleet } from '../questions/fleet/sqlite.ts';
import { configurations, functionIds, functions, functionsPage, knownFunctions, resolveFunction } from '../questions/functions/sqlite.ts';
import { imports } from '../questions/imports/sqlite.ts';
import { ingestStatus } from '../questions/ingest-status/sqlite.ts';
import { inventory } from '../questions/inventory/sqlite.ts';
import { invocation } from '../questions/invocation/sqlite.ts';
import { invocationColumns, invocations, invocationsByKey } from '../questions/invocations/sqlite.ts';
import { keepAlive } from '../questions/keep-alive/sqlite.ts';
import { loadTests } from '../questions/load-tests/sqlite.ts';
import { logHistogram } from '../questions/log-histogram/sqlite.ts';
import { logVolume } from '../questions/log-volume/sqlite.ts';
import { logs } from '../questions/logs/sqlite.ts';
import { memory } from '../questions/memory/sqlite.ts';
import { metricPoints, metricSeries } from '../questions/metrics/sqlite.ts';
import { fleetNetwork, functionNetwork } from '../questions/network/sqlite.ts';
import { preInits } from '../questions/pre-inits/sqlite.ts';
import { provisioned } from '../questions/provisioned/sqlite.ts';
import { pullCheckpoint, pullCheckpoints } from '../questions/pull-checkpoints/sqlite.ts';
import { responses } from '../questions/responses/sqlite.ts';
import { series } from '../questions/series/sqlite.ts';
import { tenants } from '../questions/tenants/sqlite.ts';
import { timeseries } from '../questions/timeseries/sqlite.ts';
import { serviceMap, trace, traceOfRequest } from '../questions/traces/sqlite.ts';
import { tracesToFetch } from '../questions/traces-to-fetch/sqlite.ts';
import { tuningRuns } from '../questions/tuning-runs/sqlite.ts';
import type { TelemetryReader } from '../questions/telemetry-reader.generated.ts';
import type { Databases } from './databases.ts';

/** Answers of this store, by question. */
export const telemetryQuestions: {
  readonly [K in keyof TelemetryReader]: (
    context: Databases,
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
