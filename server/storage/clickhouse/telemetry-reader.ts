/** The questions that ClickHouse answers: one entry per method of the port. */
import type { TelemetryReader } from '../ports.ts';
import { aggregate } from '../questions/aggregate/clickhouse.ts';
import { attributeHours, idleTimes, initGaps, staleHours } from '../questions/attribution/clickhouse.ts';
import type { AttributionReader } from '../questions/attribution/types.ts';
import { initLoops, platformLatency } from '../questions/causes/clickhouse.ts';
import { changeMarks, changes } from '../questions/changes/clickhouse.ts';
import { coldStarts } from '../questions/cold-starts/clickhouse.ts';
import { coverage } from '../questions/coverage/clickhouse.ts';
import { deadLetterPayload, deadLetters } from '../questions/dead-letters/clickhouse.ts';
import { distribution } from '../questions/distribution/clickhouse.ts';
import { environments, peakConcurrency } from '../questions/environments/clickhouse.ts';
import { failures } from '../questions/failures/clickhouse.ts';
import { fleet } from '../questions/fleet/clickhouse.ts';
import { configurations, functions, resolveFunction } from '../questions/functions/clickhouse.ts';
import { ingestStatus } from '../questions/ingest-status/clickhouse.ts';
import { inventory } from '../questions/inventory/clickhouse.ts';
import { invocation } from '../questions/invocation/clickhouse.ts';
import { invocations, invocationsByKey } from '../questions/invocations/clickhouse.ts';
import { keepAlive } from '../questions/keep-alive/clickhouse.ts';
import { loadTests } from '../questions/load-tests/clickhouse.ts';
import { logVolume } from '../questions/log-volume/clickhouse.ts';
import { memory } from '../questions/memory/clickhouse.ts';
import { fleetNetwork, functionNetwork } from '../questions/network/clickhouse.ts';
import { preInits } from '../questions/pre-inits/clickhouse.ts';
import { provisioned } from '../questions/provisioned/clickhouse.ts';
import { pullCheckpoint, pullCheckpoints } from '../questions/pull-checkpoints/clickhouse.ts';
import { timeseries } from '../questions/timeseries/clickhouse.ts';
import { serviceMap, trace } from '../questions/traces/clickhouse.ts';
import { tracesToFetch } from '../questions/traces-to-fetch/clickhouse.ts';
import type { QueryContext } from './query-context.ts';

/** Returns the reader of telemetry and attribution; the parts of one question share identical queries. */
export function telemetryReader(context: QueryContext): TelemetryReader & AttributionReader {
  const over =
    <Query, Answer>(question: (context: QueryContext, query: Query) => Promise<Answer>) =>
    (query: Query): Promise<Answer> =>
      question({ ...context, client: context.client.forOneQuestion() }, query);
  return {
    aggregate: over(aggregate),
    changes: over(changes),
    changeMarks: over(changeMarks),
    functionNetwork: over(functionNetwork),
    fleetNetwork: over(fleetNetwork),
    fleet: over(fleet),
    functions: over(functions),
    resolveFunction: over(resolveFunction),
    timeseries: over(timeseries),
    coldStarts: over(coldStarts),
    distribution: over(distribution),
    environments: over(environments),
    failures: over(failures),
    keepAlive: over(keepAlive),
    loadTests: over(loadTests),
    logVolume: over(logVolume),
    initLoops: over(initLoops),
    platformLatency: over(platformLatency),
    peakConcurrency: over(peakConcurrency),
    memory: over(memory),
    preInits: over(preInits),
    provisioned: over(provisioned),
    configurations: over(configurations),
    invocations: over(invocations),
    invocation: over(invocation),
    ingestStatus: () => ingestStatus(context),
    deadLetters: over(deadLetters),
    deadLetterPayload: over(deadLetterPayload),
    pullCheckpoint: over(pullCheckpoint),
    pullCheckpoints: () => pullCheckpoints(context),
    tracesToFetch: over(tracesToFetch),
    trace: over(trace),
    serviceMap: over(serviceMap),
    inventory: over(inventory),
    coverage: over(coverage),
    invocationsByKey: over(invocationsByKey),
    staleHours: (query) => staleHours(context.client, context.shard(), query),
    attributeHours: (query) => attributeHours(context.client, query),
    idleTimes: () => idleTimes(context.client),
    initGaps: (query) => initGaps(context.client, query),
  };
}
