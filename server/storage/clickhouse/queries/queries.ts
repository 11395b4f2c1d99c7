/** What is asked of telemetry: one entry for each method of the port. */
import type { Reader } from '../../store.ts';
import { initGaps } from '../derive/gaps.ts';
import { deriveSlots, pendingSlots } from '../derive/slots.ts';
import { idleTimes } from '../derive/windows.ts';
import { aggregate } from './aggregate.ts';
import { loops, platformLatency } from './causes.ts';
import { changeMarks, changes } from './changes.ts';
import { coldStarts } from './cold-starts.ts';
import { coverage } from './coverage.ts';
import { environments, peakConcurrency } from './environments.ts';
import { failures } from './failures.ts';
import { loadTests, logVolume, pullCheckpoint, pullCheckpoints } from './feeds.ts';
import { fleet } from './fleet.ts';
import { functions } from './functions.ts';
import { configurations, resolveFunction } from './identities.ts';
import { ingestStatus, rejectPayload, rejects } from './ingest-status.ts';
import { inventory } from './inventory.ts';
import { invocation } from './invocation.ts';
import { invocations, invocationsByKey } from './invocations.ts';
import { memory } from './memory.ts';
import { fleetNetwork, functionNetwork } from './network.ts';
import { keepAlive, provisioned } from './newest-runs.ts';
import type { Source } from './source.ts';
import { distribution, timeseries } from './timeseries.ts';
import { preInits, serviceMap, trace, tracesWanted } from './traces.ts';

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

export function telemetry(source: Source): Omit<Reader, OfControl> {
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
    loops: over(loops),
    platformLatency: over(platformLatency),
    peakConcurrency: over(peakConcurrency),
    memory: over(memory),
    preInits: over(preInits),
    provisioned: over(provisioned),
    configurations: over(configurations),
    invocations: over(invocations),
    invocation: over(invocation),
    ingestStatus: () => ingestStatus(source),
    rejects: over(rejects),
    rejectPayload: over(rejectPayload),
    pullCheckpoint: over(pullCheckpoint),
    pullCheckpoints: () => pullCheckpoints(source),
    tracesWanted: over(tracesWanted),
    trace: over(trace),
    serviceMap: over(serviceMap),
    inventory: over(inventory),
    coverage: over(coverage),
    invocationsByKey: over(invocationsByKey),
    pendingSlots: (query) => pendingSlots(source.ask, source.share(), query),
    deriveSlots: (query) => deriveSlots(source.ask, query),
    idleTimes: () => idleTimes(source.ask),
    initGaps: (query) => initGaps(source.ask, query),
  };
}
