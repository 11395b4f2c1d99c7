/** The reader's table of questions: one entry for each method of the port. */
import type { Reader } from '../../store.ts';
import { aggregate } from './aggregate.ts';
import { alertDeliveries, alertEvents, alertSnapshot, dueDeliveries } from './alerts.ts';
import { loops, platformLatency } from './causes.ts';
import { changeMarks, changes } from './changes.ts';
import { coldStarts } from './cold-starts.ts';
import { pullCheckpoint, pullCheckpoints, tracesWanted } from './collectors.ts';
import { coverage } from './coverage.ts';
import { audit, credentials, passwordHash } from './credentials.ts';
import type { Databases } from './databases.ts';
import { deriveSlots, idleTimes, initGaps, pendingSlots } from './derive.ts';
import { distribution } from './distribution.ts';
import { environments, peakConcurrency } from './environments.ts';
import { failures } from './failures.ts';
import { fleet } from './fleet.ts';
import { configurations, functions, resolveFunction } from './functions.ts';
import { ingestStatus } from './ingest-status.ts';
import { inventory } from './inventory.ts';
import { invocation } from './invocation.ts';
import { invocations, invocationsByKey } from './invocations.ts';
import { keepAlive } from './keep-alive.ts';
import { loadTests } from './load-tests.ts';
import { logVolume } from './log-volume.ts';
import { memory } from './memory.ts';
import { fleetNetwork, functionNetwork } from './network.ts';
import { preInits } from './pre-init.ts';
import { provisioned } from './provisioned.ts';
import { rejectPayload, rejects } from './rejects.ts';
import { retention } from './retention.ts';
import { timeseries } from './timeseries.ts';
import { serviceMap, trace } from './traces.ts';

type Queries = {
  readonly [K in keyof Reader]: (db: Databases, query: Parameters<Reader[K]>[0]) => ReturnType<Reader[K]>;
};

export const queries: Queries = {
  aggregate,
  changes,
  changeMarks,
  functionNetwork,
  fleetNetwork,
  fleet,
  functions,
  resolveFunction,
  timeseries,
  coldStarts,
  distribution,
  environments,
  failures,
  keepAlive,
  loadTests,
  logVolume,
  audit,
  retention,
  passwordHash,
  loops,
  platformLatency,
  peakConcurrency,
  memory,
  preInits,
  provisioned,
  configurations,
  invocations,
  invocation,
  ingestStatus,
  rejects,
  rejectPayload,
  pullCheckpoint,
  pullCheckpoints,
  tracesWanted,
  trace,
  serviceMap,
  inventory,
  coverage,
  invocationsByKey,
  credentials,
  pendingSlots,
  deriveSlots,
  alertSnapshot,
  alertEvents,
  dueDeliveries,
  alertDeliveries,
  idleTimes,
  initGaps,
};
