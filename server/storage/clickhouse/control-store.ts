/** The control plane of another store, with what of it concerns telemetry in ClickHouse. */

import type { ControlStore } from '../ports.ts';
import type { RetentionPolicy } from '../questions/retention/types.ts';
import { hashOf } from './hash-ids.ts';
import type { ClickHouseQueryClient } from './query-client.ts';

interface Concerned {
  readonly ask: ClickHouseQueryClient;
  readonly now: () => number;
  /** Hears of what is kept from now on; null: as the process was started. */
  readonly keep: (policy: RetentionPolicy | null) => Promise<void>;
}

export function controlStoreOver({ ask, now, keep }: Concerned, other: ControlStore): ControlStore {
  const own: Pick<ControlStore, 'setRetention' | 'markReplayed' | 'recordTraceAttempts'> = {
    setRetention: async (policy) => {
      await other.setRetention(policy);
      await keep(policy);
    },
    markReplayed: async (id, nowMs) => {
      const row = await ask.one<object>(
        `SELECT reject_id, source_kind, source_name, reason, size FROM reject WHERE reject_id = {id:UInt64} LIMIT 1`,
        { id },
      );
      if (row === undefined) return false;
      await ask.insert('reject', [{ ...row, seen: 0, replayed_ms: nowMs }]);
      return true;
    },
    recordTraceAttempts: (traceIds) =>
      ask.insert(
        'trace_attempt',
        traceIds.map((traceId) => ({ trace_key: hashOf(traceId), trace_id: traceId, tries: 1, last_ms: now() })),
      ),
  };
  // Everything else is the other's, refusals too.
  return new Proxy(own as ControlStore, {
    get: (target, name): unknown => Reflect.get(target, name) ?? Reflect.get(other, name),
  });
}
