/** Control-plane writes of a ClickHouse store: delegated to SQLite, except what is stored beside the telemetry. */
import { sumTroubles } from '../key-troubles.ts';
import type { ControlStore } from '../ports.ts';
import type { RetentionPolicy } from '../questions/retention/types.ts';
import { hashOf } from './hash-ids.ts';
import type { ClickHouseQueryClient } from './query-client.ts';
import { sharedKeyTroubles } from './shared-config.ts';

interface Dependencies {
  readonly client: ClickHouseQueryClient;
  readonly now: () => number;
  /** Applies a new retention policy to ClickHouse's tables. Null: the policy of the process's settings. */
  readonly applyRetention: (policy: RetentionPolicy | null) => Promise<void>;
}

/** Returns a control store that writes dead letters and trace attempts to ClickHouse and everything else to `control`. */
export function controlStoreOver({ client, now, applyRetention }: Dependencies, control: ControlStore): ControlStore {
  return {
    addToken: (token) => control.addToken(token),
    revokeToken: (id, nowMs) => control.revokeToken(id, nowMs),
    rotateToken: (token, old) => control.rotateToken(token, old),
    setPassword: (hash, owner) => control.setPassword(hash, owner),
    rehashPassword: (hash) => control.rehashPassword(hash),
    touchSession: (sha256, nowMs) => control.touchSession(sha256, nowMs),
    addAudit: (entry) => control.addAudit(entry),
    recordTokenUse: (uses) => control.recordTokenUse(uses),
    addSession: (session) => control.addSession(session),
    endSession: (sha256) => control.endSession(sha256),
    saveUser: (signIn) => control.saveUser(signIn),
    addLocalUser: (user) => control.addLocalUser(user),
    inviteUser: (invited) => control.inviteUser(invited),
    setUserPassword: (change) => control.setUserPassword(change),
    changeUser: (change) => control.changeUser(change),
    endSessions: (which) => control.endSessions(which),
    setRetention: async (policy) => {
      await control.setRetention(policy);
      await applyRetention(policy);
    },
    saveErrorState: (decision) => control.saveErrorState(decision),
    mergeErrors: (merge) => control.mergeErrors(merge),
    addMarker: (marker, receipt) => control.addMarker(marker, receipt),
    deleteMarker: (id) => control.deleteMarker(id),
    saveTags: (source, functions, nowMs) => control.saveTags(source, functions, nowMs),
    saveReportSchedule: (schedule, sinceMs) => control.saveReportSchedule(schedule, sinceMs),
    deleteReportSchedule: (id) => control.deleteReportSchedule(id),
    addReport: (report, deliveries, keep) => control.addReport(report, deliveries, keep),
    markReplayed: async (id, nowMs) => {
      const row = await client.one<object>(
        `SELECT reject_id, source_kind, source_name, reason, size FROM reject WHERE reject_id = {id:UInt64} LIMIT 1`,
        { id },
      );
      if (row === undefined) return false;
      await client.insert('reject', [{ ...row, seen: 0, replayed_ms: nowMs }]);
      return true;
    },
    noteKeyTroubles: async (added, nowMs) => {
      // ClickHouse first, because it may be unavailable: counts that were added must not be added twice.
      const ofWorkers = await sharedKeyTroubles(client);
      return sumTroubles([await control.noteKeyTroubles(added, nowMs), ...ofWorkers], nowMs);
    },
    recordTraceAttempts: (traceIds) =>
      client.insert(
        'trace_attempt',
        traceIds.map((traceId) => ({ trace_key: hashOf(traceId), trace_id: traceId, tries: 1, last_ms: now() })),
      ),
  };
}
