/** What is asked of telemetry: one entry for each method of the port. */
import type { TelemetryReader } from '../ports.ts';
import { aggregate } from '../questions/aggregate/clickhouse.ts';
import { loops, platformLatency } from '../questions/causes/clickhouse.ts';
import { changeMarks, changes } from '../questions/changes/clickhouse.ts';
import { coldStarts } from '../questions/cold-starts/clickhouse.ts';
import { loadTests, logVolume, pullCheckpoint, pullCheckpoints } from '../questions/collectors/clickhouse.ts';
import { coverage } from '../questions/coverage/clickhouse.ts';
import { environments, peakConcurrency } from '../questions/environments/clickhouse.ts';
import { failures } from '../questions/failures/clickhouse.ts';
import { fleet } from '../questions/fleet/clickhouse.ts';
import { functions } from '../questions/functions/clickhouse.ts';
import { ingestStatus, rejectPayload, rejects } from '../questions/ingest-status/clickhouse.ts';
import { inventory } from '../questions/inventory/clickhouse.ts';
import { invocation } from '../questions/invocation/clickhouse.ts';
import { invocations, invocationsByKey } from '../questions/invocations/clickhouse.ts';
import { memory } from '../questions/memory/clickhouse.ts';
import { fleetNetwork, functionNetwork } from '../questions/network/clickhouse.ts';
import { keepAlive, provisioned } from '../questions/newest-runs/clickhouse.ts';
import { distribution, timeseries } from '../questions/timeseries/clickhouse.ts';
import { preInits, serviceMap, trace, tracesWanted } from '../questions/traces/clickhouse.ts';
import { deriveSlots, pendingSlots } from './classify/hours.ts';
import { initGaps } from './classify/proactive-thresholds.ts';
import { idleTimes } from './classify/windows.ts';
import { configurations, resolveFunction } from './functions.ts';
import type { Source } from './query-context.ts';

/** What the control plane answers. */
type OfControl =
  | 'retention'
  | 'credentials'
  | 'passwordHash'
  | 'audit'
  | 'alertSnapshot'
  | 'alertEvents'
  | 'dueDeliveries'
  | 'alertDeliveries';

export function telemetry(source: Source): Omit<TelemetryReader, OfControl> {
  const over =
    <Query, Answer>(ask: (from: Source, query: Query) => Promise<Answer>) =>
    (query: Query): Promise<Answer> =>
      ask({ ...source, ask: source.ask.forOneAnswer() }, query);
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
    initLoops: over(loops),
    platformLatency: over(platformLatency),
    peakConcurrency: over(peakConcurrency),
    memory: over(memory),
    preInits: over(preInits),
    provisioned: over(provisioned),
    configurations: over(configurations),
    invocations: over(invocations),
    invocation: over(invocation),
    ingestStatus: () => ingestStatus(source),
    deadLetters: over(rejects),
    deadLetterPayload: over(rejectPayload),
    pullCheckpoint: over(pullCheckpoint),
    pullCheckpoints: () => pullCheckpoints(source),
    tracesToFetch: over(tracesWanted),
    trace: over(trace),
    serviceMap: over(serviceMap),
    inventory: over(inventory),
    coverage: over(coverage),
    invocationsByKey: over(invocationsByKey),
    staleHours: (query) => pendingSlots(source.ask, source.share(), query),
    attributeHours: (query) => deriveSlots(source.ask, query),
    idleTimes: () => idleTimes(source.ask),
    initGaps: (query) => initGaps(source.ask, query),
  };
}
