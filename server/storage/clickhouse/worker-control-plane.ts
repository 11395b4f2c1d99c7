/** The control plane of a worker process: reads published tokens, records bodies over a limit, and rejects everything else. */
import { sumTroubles } from '../key-troubles.ts';
import type { ControlPlane, KeyTrouble } from '../ports.ts';
import { StoreError } from '../ports.ts';
import type { ClickHouseQueryClient } from './query-client.ts';
import { publishKeyTroubles, sharedCredentials } from './shared-config.ts';

function unavailable(): StoreError {
  return new StoreError('unavailable', 'This worker has no control plane. Send the request to the server.');
}

const reject = (): Promise<never> => Promise.reject(unavailable());

/** Returns a control plane that authenticates ingest tokens and records bodies over a limit; every other read and write rejects with a StoreError. */
export function workerControlPlane(client: ClickHouseQueryClient, processName: string): ControlPlane {
  let troubles: readonly KeyTrouble[] = [];
  // The server adds up what its workers publish.
  const noteKeyTroubles = async (added: readonly KeyTrouble[], nowMs: number): Promise<readonly KeyTrouble[]> => {
    if (added.length === 0) return troubles;
    const sums = sumTroubles([troubles, added], nowMs);
    await publishKeyTroubles(client, processName, sums, nowMs);
    troubles = sums;
    return troubles;
  };
  return {
    read: {
      credentials: () => sharedCredentials(client),
      retention: async () => ({ policy: null, rawSinceMs: null, detailSinceMs: null, historySinceMs: null }),
      passwordHash: reject,
      audit: reject,
      users: reject,
      localUser: reject,
      sessionIdToken: reject,
      errorStates: reject,
      deployMarkers: reject,
      functionTags: reject,
      reportSchedules: reject,
      reports: reject,
      reportFiles: reject,
      alertSnapshot: reject,
      alertEvents: reject,
      dueDeliveries: reject,
      alertDeliveries: reject,
    },
    control: {
      // The server cannot see uses on workers; not recording them is no error of the request.
      recordTokenUse: async () => undefined,
      addToken: reject,
      revokeToken: reject,
      rotateToken: reject,
      setPassword: reject,
      rehashPassword: reject,
      touchSession: reject,
      addAudit: reject,
      addSession: reject,
      endSession: reject,
      saveUser: reject,
      addLocalUser: reject,
      inviteUser: reject,
      setUserPassword: reject,
      changeUser: reject,
      endSessions: reject,
      setRetention: reject,
      markReplayed: reject,
      noteKeyTroubles,
      saveErrorState: reject,
      mergeErrors: reject,
      addMarker: reject,
      deleteMarker: reject,
      saveTags: reject,
      saveReportSchedule: reject,
      deleteReportSchedule: reject,
      addReport: reject,
      recordTraceAttempts: reject,
    },
    alerts: {
      saveRule: reject,
      saveEvaluations: reject,
      saveDispatch: reject,
      saveAttempt: reject,
      redeliver: reject,
      saveReceiver: reject,
      removeReceiver: reject,
      saveSilence: reject,
      saveRouting: reject,
      saveConfiguration: reject,
      onClockRewind: reject,
      deleteBefore: reject,
    },
    maintenance: {
      check: reject,
      backup: reject,
      reusableBytes: reject,
      measure: reject,
      detached: () => null,
    },
    controlRevision: () => 0,
    // A worker stores no time: it uses the clock of ClickHouse (roles/worker-clock.ts).
    noteClock: async () => ({ mark: null, lastReceiptMs: null }),
    probe: async () => undefined,
    close: async () => undefined,
  };
}
