/** Messages between the store and its writer thread. */
import type { PullCheckpoint } from '../../../../ingest/records/pull-checkpoint.ts';
import type { BatchSource } from '../../../../ingest/records/sink.ts';
import type { MetricOptions } from '../../metrics/quota.ts';
import type { ClockNote, CommittedRows, DeletionScope } from '../../ports.ts';
import type { RetentionPolicy } from '../../questions/retention/types.ts';
import type { AddedSums } from '../checkpoints.ts';
import type { CutLines } from '../lines/delete-lines.ts';
import type { AlertingCall } from '../write/alerting.ts';
import type { AttributionCall } from '../write/attribution.ts';
import type { ControlCall } from '../write/control.ts';

export interface WriterData {
  readonly folder: string;
  readonly migrations: string;
  /** Applies unless a policy is stored. */
  readonly retention: RetentionPolicy;
  /** Start of the thread, epoch ms, by the clock that times of receipt use. */
  readonly nowMs: number;
  /** Nothing is deleted before the first job `clock`. */
  readonly waitsForClock: boolean;
  readonly deadLetterBytes: number;
  /** Most bytes of log lines. */
  readonly lineBytes: number | null;
  readonly metrics: MetricOptions;
  readonly cacheMb: number;
  /** Free disk space below which ingest pauses; absent where nothing pauses. */
  readonly minFreeBytes?: number | undefined;
  /** An earlier thread of this process had the folder open: nothing is created. */
  readonly isReopened: boolean;
}

export type WriterJob =
  | {
      readonly id: number;
      readonly op: 'batch';
      /** A packed batch. */
      readonly packed: Uint8Array<ArrayBuffer>;
      readonly source: BatchSource;
      readonly nowMs: number;
      /** The time by which data may be deleted, epoch ms. */
      readonly settledMs: number;
      readonly checkpoint: PullCheckpoint | null;
    }
  | { readonly id: number; readonly op: 'control'; readonly call: ControlCall }
  | { readonly id: number; readonly op: 'alerting'; readonly call: AlertingCall }
  | { readonly id: number; readonly op: 'attribution'; readonly call: AttributionCall; readonly nowMs: number }
  | { readonly id: number; readonly op: 'delete'; readonly scope: DeletionScope }
  /** `packed`: packed {@link PackedLines}. */
  | { readonly id: number; readonly op: 'line-blocks'; readonly packed: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly op: 'cut-lines'; readonly cut: Pick<CutLines, 'chunks' | 'blocks'> }
  /** Empties the write-ahead log, which holds pages as they were. Answers false while a reader needs it. */
  | { readonly id: number; readonly op: 'empty-log' }
  | { readonly id: number; readonly op: 'undo-import'; readonly importId: string; readonly nowMs: number }
  | { readonly id: number; readonly op: 'clock'; readonly note: ClockNote }
  | { readonly id: number; readonly op: 'retention' }
  | { readonly id: number; readonly op: 'space' }
  | { readonly id: number; readonly op: 'measure' }
  | { readonly id: number; readonly op: 'add-sums'; readonly added: Readonly<Record<string, readonly AddedSums[]>> }
  | { readonly id: number; readonly op: 'probe' }
  | { readonly id: number; readonly op: 'watch'; readonly on: boolean }
  | { readonly id: number; readonly op: 'close' };

export type WriterReply =
  | { readonly id: 'news'; readonly news: CommittedRows }
  | { readonly id: 'files'; readonly detached: string | null }
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | {
      readonly id: number;
      readonly ok: false;
      readonly fatal: boolean;
      readonly error: { readonly name: string; readonly message: string };
    };

/** Jobs that write nothing: a writer at rest goes on resting. */
export const ASKING: ReadonlySet<WriterJob['op']> = new Set(['space', 'measure', 'probe', 'watch']);

/** Jobs that leave the control plane as it is. Any other counts as a write of it. */
export const NOT_CONTROL: ReadonlySet<WriterJob['op']> = new Set([
  ...ASKING,
  'batch',
  'line-blocks',
  'cut-lines',
  'empty-log',
  'add-sums',
  'clock',
]);
