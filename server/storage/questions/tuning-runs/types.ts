/** Imported results of AWS Lambda Power Tuning. */
import type { TuningRun } from '../../../../ingest/records/tuning-run.ts';
import type { ImportedQuery } from '../shared-types.ts';

export interface StoredTuningRun extends Omit<TuningRun, 'kind' | 'account' | 'region' | 'functionName'> {
  readonly id: string;
  readonly importedMs: number;
  readonly functionId: number;
  readonly functionName: string | null;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface TuningRunsQuestions {
  /** Returns imported runs, newest import first, of one function or with the given ids. */
  tuningRuns(query: ImportedQuery): Promise<readonly StoredTuningRun[]>;
}
