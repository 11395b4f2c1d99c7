/** Imported load tests. */
import type { LoadTest } from '../../../../ingest/records/load-test.ts';
import type { ImportedQuery } from '../shared-types.ts';

export interface StoredLoadTest extends Omit<LoadTest, 'kind'> {
  readonly id: string;
  readonly importedMs: number;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface LoadTestsQuestions {
  /** Returns imported load tests, newest import first, of one function or with the given ids. */
  loadTests(query: ImportedQuery): Promise<readonly StoredLoadTest[]>;
}
