/** Implementations of the reader port on SQLite: one entry per method. */
import type { StoreReader } from '../ports.ts';
import { aggregate } from '../questions/aggregate/sqlite.ts';
import { alertDeliveries, alertEvents, alertSnapshot, dueDeliveries } from '../questions/alerts/sqlite.ts';
import { attributeHours, idleTimes, initGaps, staleHours } from '../questions/attribution/sqlite.ts';
import { initLoops, platformLatency } from '../questions/causes/sqlite.ts';
import { changeMarks, changes } from '../questions/changes/sqlite.ts';
import { coldStarts } from '../questions/cold-starts/sqlite.ts';
import { coverage } from '../questions/coverage/sqlite.ts';
import { audit, credentials, passwordHash } from '../questions/credentials/sqlite.ts';
import { deadLetterPayload, deadLetters } from '../questions/dead-letters/sqlite.ts';
import { distribution } from '../questions/distribution/sqlite.ts';
import { environments, peakConcurrency } from '../questions/environments/sqlite.ts';
import { failures } from '../questions/failures/sqlite.ts';
import { fleet } from '../questions/fleet/sqlite.ts';
import { configurations, functions, resolveFunction } from '../questions/functions/sqlite.ts';
import { ingestStatus } from '../questions/ingest-status/sqlite.ts';
import { inventory } from '../questions/inventory/sqlite.ts';
import { invocation } from '../questions/invocation/sqlite.ts';
import { invocations, invocationsByKey } from '../questions/invocations/sqlite.ts';
import { keepAlive } from '../questions/keep-alive/sqlite.ts';
import { loadTests } from '../questions/load-tests/sqlite.ts';
import { logVolume } from '../questions/log-volume/sqlite.ts';
import { memory } from '../questions/memory/sqlite.ts';
import { fleetNetwork, functionNetwork } from '../questions/network/sqlite.ts';
import { preInits } from '../questions/pre-inits/sqlite.ts';
import { provisioned } from '../questions/provisioned/sqlite.ts';
import { pullCheckpoint, pullCheckpoints } from '../questions/pull-checkpoints/sqlite.ts';
import { retention } from '../questions/retention/sqlite.ts';
import { timeseries } from '../questions/timeseries/sqlite.ts';
import { serviceMap, trace } from '../questions/traces/sqlite.ts';
import { tracesToFetch } from '../questions/traces-to-fetch/sqlite.ts';
import type { Databases } from './databases.ts';

type Queries = {
  readonly [K in keyof StoreReader]: (
    db: Databases,
    query: Parameters<StoreReader[K]>[0],
  ) => ReturnType<StoreReader[K]>;
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
  initLoops: initLoops,
  platformLatency,
  peakConcurrency,
  memory,
  preInits,
  provisioned,
  configurations,
  invocations,
  invocation,
  ingestStatus,
  deadLetters: deadLetters,
  deadLetterPayload: deadLetterPayload,
  pullCheckpoint,
  pullCheckpoints,
  tracesToFetch: tracesToFetch,
  trace,
  serviceMap,
  inventory,
  coverage,
  invocationsByKey,
  credentials,
  staleHours: staleHours,
  attributeHours: attributeHours,
  alertSnapshot,
  alertEvents,
  dueDeliveries,
  alertDeliveries,
  idleTimes,
  initGaps,
};
