/** Implementations of the reader port on SQLite: one entry per method. */
import type { StoreReader } from '../ports.ts';
import { alertDeliveries, alertEvents, alertSnapshot, dueDeliveries } from '../questions/alerts/sqlite.ts';
import { attributeHours, idleTimes, initGaps, staleHours } from '../questions/attribution/sqlite.ts';
import { audit, credentials, passwordHash } from '../questions/credentials/sqlite.ts';
import { errorStates } from '../questions/error-states/sqlite.ts';
import { deployMarkers } from '../questions/markers/sqlite.ts';
import { reportFiles, reportSchedules, reports } from '../questions/reports/sqlite.ts';
import { retention } from '../questions/retention/sqlite.ts';
import { functionTags } from '../questions/tags/sqlite.ts';
import { localUser, sessionIdToken, users } from '../questions/users/sqlite.ts';
import type { Databases } from './databases.ts';
import { cutLines } from './lines/delete-lines.ts';
import { packLines } from './lines/pack.ts';
import { telemetryQuestions } from './telemetry-questions.generated.ts';

type Queries = {
  readonly [K in keyof StoreReader]: (
    db: Databases,
    query: Parameters<StoreReader[K]>[0],
  ) => ReturnType<StoreReader[K]>;
};

const reads: Queries = {
  ...telemetryQuestions,
  staleHours,
  attributeHours,
  idleTimes,
  initGaps,
  credentials,
  passwordHash,
  audit,
  users,
  localUser,
  sessionIdToken,
  errorStates,
  deployMarkers,
  functionTags,
  reportSchedules,
  reports,
  reportFiles,
  retention,
  alertSnapshot,
  alertEvents,
  dueDeliveries,
  alertDeliveries,
};

/** What a reader thread is asked: the questions of the port, and the packing and deletion of log lines. */
export const queries = { ...reads, packLines, cutLines };
