/** Ingest statistics, dead letters and pull checkpoints of a batch, as rows. */
import type { Batch } from '../../../ingest/records/batch.ts';
import { recordsIn } from '../../../ingest/records/dead-letter.ts';
import { ignoredCounters } from '../../../ingest/records/ignored.ts';
import { COLUMN, COLUMNS } from '../../../ingest/records/invocation-columns.ts';
import type { PullCheckpoint } from '../../../ingest/records/pull-checkpoint.ts';
import type { BatchSource } from '../../../ingest/records/sink.ts';
import { REDACTED } from '../../../ingest/redaction/rules.ts';
import { Sketch } from '../../analytics/sketch/sketch.ts';
import { hashOf } from './hash-ids.ts';
import type { Rows } from './insert/fact-table.ts';
import { tableOf } from './insert/fact-table.ts';

/** Returns counters and lag of a batch. Every delivery counts, duplicates too. */
export function accountOf(
  batch: Batch,
  source: BatchSource,
  { accepted, expired }: { readonly accepted: number; readonly expired: number },
  receivedMs: number,
): readonly Rows[] {
  const counters: Readonly<Record<string, number>> = {
    accepted,
    duplicates: 0,
    ignored: batch.counts.ignored,
    rejected: recordsIn(batch.deadLetters),
    expired,
    ...Object.fromEntries(ignoredCounters(batch.counts.ignoredBy ?? [])),
    ...Object.fromEntries((batch.counts.redacted ?? []).map(([rule, n]) => [`${REDACTED}${rule}`, n])),
    requests: 1,
    control_messages: batch.counts.controlMessages,
    clamped_timestamps: batch.counts.convertedTimestamps,
  };
  const counted = [
    ...Object.entries(counters).map(([name, n]) => ['counter', name, n] as const),
    ...batch.unknownKeys.map(([key, n]) => ['unknown-field', key.slice(0, 256), n] as const),
  ].filter(([, , n]) => n !== 0);
  return [
    tableOf(
      'ingest_counter',
      counted.map(([kind, name, n]) => ({ name_key: hashOf(kind, name), kind, name, n })),
    ),
    tableOf('source_account', [
      {
        name_key: hashOf(source.kind, source.name),
        kind: source.kind,
        name: source.name,
        first_seen_ms: receivedMs,
        last_seen_ms: receivedMs,
        last_data_ms: batch.counts.events > 0 ? receivedMs : null,
        requests: 1,
        events: batch.counts.events,
        rejected: recordsIn(batch.deadLetters),
        lag: lagOf(batch, source, receivedMs),
      },
    ]),
  ];
}

/** Returns the dead letters of a batch. They are stored before the batch is acknowledged. */
export function deadLetterRows(batch: Batch, source: BatchSource, receivedMs: number): readonly Rows[] {
  if (batch.deadLetters.length === 0) return [];
  return [
    tableOf(
      'reject',
      batch.deadLetters.map((letter) => {
        const payload = Buffer.from(letter.payload).toString('base64');
        return {
          reject_id: hashOf(letter.isExample === true ? `${letter.reason} example` : letter.reason, payload),
          received_ms: receivedMs,
          source_kind: source.kind,
          source_name: source.name,
          reason: letter.reason,
          detail: letter.detail,
          log_group: letter.logGroup,
          seen: letter.n,
          size: letter.payload.length,
          payload,
        };
      }),
    ),
  ];
}

/** Sources that deliver history: the age of their events says nothing about delivery lag. */
function lagOf(batch: Batch, source: BatchSource, nowMs: number): Readonly<Record<string, number>> {
  if (source.kind !== 'firehose' && source.kind !== 'lambda') return {};
  const { n, numbers } = batch.invocations;
  const lag = new Sketch();
  for (let row = 0; row < n; row += 1) lag.add(Math.max(0, nowMs - (numbers[row * COLUMNS + COLUMN.endMs] ?? nowMs)));
  return Object.fromEntries(lag.bins());
}

/** Returns the row of a pull checkpoint. It is written after the events it covers. */
export function checkpointOf(checkpoint: PullCheckpoint): Rows {
  const { account, region, logGroup, mode, updatedMs } = checkpoint;
  return tableOf('pull_checkpoint', [
    {
      name_key: hashOf(account, region, logGroup, mode),
      account,
      region,
      log_group: logGroup,
      mode,
      checkpoint: JSON.stringify(checkpoint),
      updated_ms: updatedMs,
    },
  ]);
}
