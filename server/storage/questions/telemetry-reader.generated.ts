// Written by `npm run lists`. Do not edit.
import type { AggregateQuestions } from './aggregate/types.ts';
import type { CausesQuestions } from './causes/types.ts';
import type { ChangesQuestions } from './changes/types.ts';
import type { ColdStartsQuestions } from './cold-starts/types.ts';
import type { CoverageQuestions } from './coverage/types.ts';
import type { DeadLettersQuestions } from './dead-letters/types.ts';
import type { DeclaredInstancesQuestions } from './declared-instances/types.ts';
import type { DeploysQuestions } from './deploys/types.ts';
import type { DistributionQuestions } from './distribution/types.ts';
import type { DurableQuestions } from './durable/types.ts';
import type { EnvironmentsQuestions } from './environments/types.ts';
import type { ErrorsQuestions } from './errors/types.ts';
import type { FailuresQuestions } from './failures/types.ts';
import type { FeaturesQuestions } from './features/types.ts';
import type { FleetQuestions } from './fleet/types.ts';
import type { FunctionsQuestions } from './functions/types.ts';
import type { ImportsQuestions } from './imports/types.ts';
import type { IngestStatusQuestions } from './ingest-status/types.ts';
import type { InventoryQuestions } from './inventory/types.ts';
import type { InvocationQuestions } from './invocation/types.ts';
import type { InvocationsQuestions } from './invocations/types.ts';
import type { KeepAliveQuestions } from './keep-alive/types.ts';
import type { LoadTestsQuestions } from './load-tests/types.ts';
import type { LogHistogramQuestions } from './log-histogram/types.ts';
import type { LogVolumeQuestions } from './log-volume/types.ts';
import type { LogQuestions } from './logs/types.ts';
import type { MemoryQuestions } from './memory/types.ts';
import type { MetricQuestions } from './metrics/types.ts';
import type { NetworkQuestions } from './network/types.ts';
import type { PreInitsQuestions } from './pre-inits/types.ts';
import type { ProvisionedQuestions } from './provisioned/types.ts';
import type { PullCheckpointsQuestions } from './pull-checkpoints/types.ts';
import type { ResponsesQuestions } from './responses/types.ts';
import type { SeriesQuestions } from './series/types.ts';
import type { TenantsQuestions } from './tenants/types.ts';
import type { TimeseriesQuestions } from './timeseries/types.ts';
import type { TracesQuestions } from './traces/types.ts';
import type { TracesToFetchQuestions } from './traces-to-fetch/types.ts';
import type { TuningRunsQuestions } from './tuning-runs/types.ts';

export type * from './aggregate/types.ts';
export type * from './causes/types.ts';
export type * from './changes/types.ts';
export type * from './cold-starts/types.ts';
export type * from './coverage/types.ts';
export type * from './dead-letters/types.ts';
export type * from './declared-instances/types.ts';
export type * from './deploys/types.ts';
export type * from './distribution/types.ts';
export type * from './durable/types.ts';
export type * from './environments/types.ts';
export type * from './errors/types.ts';
export type * from './failures/types.ts';
export type * from './features/types.ts';
export type * from './fleet/types.ts';
export type * from './functions/types.ts';
export type * from './imports/types.ts';
export type * from './ingest-status/types.ts';
export type * from './inventory/types.ts';
export type * from './invocation/types.ts';
export type * from './invocations/types.ts';
export type * from './keep-alive/types.ts';
export type * from './load-tests/types.ts';
export type * from './log-histogram/types.ts';
export type * from './log-volume/types.ts';
export type * from './logs/types.ts';
export type * from './memory/types.ts';
export type * from './metrics/types.ts';
export type * from './network/types.ts';
export type * from './pre-inits/types.ts';
export type * from './provisioned/types.ts';
export type * from './pull-checkpoints/types.ts';
export type * from './responses/types.ts';
export type * from './series/types.ts';
export type * from './tenants/types.ts';
export type * from './timeseries/types.ts';
export type * from './traces/types.ts';
export type * from './traces-to-fetch/types.ts';
export type * from './tuning-runs/types.ts';

/**
 * Reads of telemetry. Every method answers within the reader's deadline or rejects with a StoreError: `deadline` if it takes
 * longer, `unavailable` if the store cannot answer now. Times are epoch ms; ranges are half-open.
 */
export interface TelemetryReader
  extends AggregateQuestions,
    CausesQuestions,
    ChangesQuestions,
    ColdStartsQuestions,
    CoverageQuestions,
    DeadLettersQuestions,
    DeclaredInstancesQuestions,
    DeploysQuestions,
    DistributionQuestions,
    DurableQuestions,
    EnvironmentsQuestions,
    ErrorsQuestions,
    FailuresQuestions,
    FeaturesQuestions,
    FleetQuestions,
    FunctionsQuestions,
    ImportsQuestions,
    IngestStatusQuestions,
    InventoryQuestions,
    InvocationQuestions,
    InvocationsQuestions,
    KeepAliveQuestions,
    LoadTestsQuestions,
    LogHistogramQuestions,
    LogQuestions,
    LogVolumeQuestions,
    MemoryQuestions,
    MetricQuestions,
    NetworkQuestions,
    PreInitsQuestions,
    ProvisionedQuestions,
    PullCheckpointsQuestions,
    ResponsesQuestions,
    SeriesQuestions,
    TenantsQuestions,
    TimeseriesQuestions,
    TracesQuestions,
    TracesToFetchQuestions,
    TuningRunsQuestions {}

/** Builds a reader from a function that answers each question by its name. */
export function telemetryReaderOf(
  call: <K extends keyof TelemetryReader>(
    name: K,
  ) => (query: Parameters<TelemetryReader[K]>[0]) => ReturnType<TelemetryReader[K]>,
): TelemetryReader {
  return {
    aggregate: call('aggregate'),
    initLoops: call('initLoops'),
    platformLatency: call('platformLatency'),
    changes: call('changes'),
    changeMarks: call('changeMarks'),
    coldStarts: call('coldStarts'),
    coverage: call('coverage'),
    deadLetters: call('deadLetters'),
    deadLetterPayload: call('deadLetterPayload'),
    declaredInstances: call('declaredInstances'),
    deploys: call('deploys'),
    distribution: call('distribution'),
    durableExecutions: call('durableExecutions'),
    durableInvocation: call('durableInvocation'),
    peakConcurrency: call('peakConcurrency'),
    environments: call('environments'),
    errorGroups: call('errorGroups'),
    errorExamples: call('errorExamples'),
    failures: call('failures'),
    features: call('features'),
    fleet: call('fleet'),
    functions: call('functions'),
    functionIds: call('functionIds'),
    functionsPage: call('functionsPage'),
    knownFunctions: call('knownFunctions'),
    resolveFunction: call('resolveFunction'),
    configurations: call('configurations'),
    imports: call('imports'),
    ingestStatus: call('ingestStatus'),
    inventory: call('inventory'),
    invocation: call('invocation'),
    invocations: call('invocations'),
    invocationColumns: call('invocationColumns'),
    invocationsByKey: call('invocationsByKey'),
    keepAlive: call('keepAlive'),
    loadTests: call('loadTests'),
    logHistogram: call('logHistogram'),
    logVolume: call('logVolume'),
    logs: call('logs'),
    memory: call('memory'),
    metricSeries: call('metricSeries'),
    metricPoints: call('metricPoints'),
    functionNetwork: call('functionNetwork'),
    fleetNetwork: call('fleetNetwork'),
    preInits: call('preInits'),
    provisioned: call('provisioned'),
    pullCheckpoint: call('pullCheckpoint'),
    pullCheckpoints: call('pullCheckpoints'),
    responses: call('responses'),
    series: call('series'),
    tenants: call('tenants'),
    timeseries: call('timeseries'),
    serviceMap: call('serviceMap'),
    traceOfRequest: call('traceOfRequest'),
    trace: call('trace'),
    tracesToFetch: call('tracesToFetch'),
    tuningRuns: call('tuningRuns'),
  };
}
