/** Adds the ingest statistics of another store. They are sums, so only increases since the last transfer are added. */
import { randomUUID } from 'node:crypto';
import type { MovedAccount } from '../../transfer/history.ts';
import { hashOf } from '../hash-ids.ts';
import { checkpointOf } from '../ingest-stats.ts';
import type { FactTable, Rows } from '../insert/fact-table.ts';
import { factTable, tableOf } from '../insert/fact-table.ts';

/** Value of each sum at the last transfer, by name. */
export type TransferredSums = Readonly<Record<string, number>>;

/**
 * Returns rows with the increase of each sum, and the sums to record once they are stored.
 * @param before the recorded sums; null if they cannot be read. Nothing is added then, since adding twice would be wrong.
 */
export function accountTables(
  account: MovedAccount,
  before: TransferredSums | null,
): { readonly tables: readonly FactTable[]; readonly transferred: TransferredSums } {
  const transferred: Record<string, number> = { ...before };
  const more = (name: string, n: number): number => {
    transferred[name] = n;
    return before === null ? 0 : n - (before[name] ?? 0);
  };
  const tables: readonly Rows[] = [
    tableOf('ingest_counter', countersOf(account, more)),
    tableOf('source_account', sourcesOf(account, more)),
    tableOf('reject', deadLetterRows(account, more)),
  ];
  return {
    tables: [
      ...tables
        .filter(({ rows }) => rows.length > 0)
        .map(factTable)
        // Gives the rows a unique token, since equal statistics are not duplicates.
        .map((table) => ({ ...table, token: randomUUID() })),
      ...account.checkpoints.map(checkpointOf).map(factTable),
    ],
    transferred: transferred,
  };
}

type More = (name: string, n: number) => number;

function countersOf({ counters, unknownFields }: MovedAccount, more: More) {
  return [
    ...counters.map(({ name, n }) => ['counter', name, n] as const),
    ...unknownFields.map(({ key, n }) => ['unknown-field', key, n] as const),
  ]
    .map(([kind, name, n]) => ({ name_key: hashOf(kind, name), kind, name, n: more(`${kind} ${name}`, n) }))
    .filter(({ n }) => n !== 0);
}

function sourcesOf({ sources }: MovedAccount, more: More) {
  return sources
    .map(({ kind, name, lag, ...source }) => {
      const part = (what: string, n: number): number => more(`source ${what} ${kind} ${name}`, n);
      return {
        name_key: hashOf(kind, name),
        kind,
        name,
        first_seen_ms: source.firstSeenMs,
        last_seen_ms: source.lastSeenMs,
        last_data_ms: source.lastDataMs,
        requests: part('requests', source.requests),
        events: part('events', source.events),
        rejected: part('rejected', source.rejected),
        lag: Object.fromEntries(lag.map(([bin, n]) => [bin, part(`lag ${bin}`, n)] as const).filter(([, n]) => n > 0)),
      };
    })
    .filter(({ requests }) => requests !== 0);
}

function deadLetterRows({ rejects }: MovedAccount, more: More) {
  return rejects.map((reject) => {
    const payload = Buffer.from(reject.payload).toString('base64');
    const id = hashOf(reject.reason, payload);
    return {
      reject_id: id,
      received_ms: reject.receivedMs,
      source_kind: reject.sourceKind,
      source_name: reject.sourceName,
      reason: reject.reason,
      detail: reject.detail,
      log_group: reject.logGroup,
      seen: more(`reject ${id}`, reject.seen),
      size: reject.payload.length,
      payload,
      replayed_ms: reject.replayedMs ?? 0,
    };
  });
}
