/** Imported load tests. */
import type { LoadTest } from '../../../../ingest/records/load-test.ts';

export interface StoredLoadTest extends Omit<LoadTest, 'kind'> {
  readonly id: string;
  readonly importedMs: number;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface LoadTestsQuestions {
  /** Returns imported load tests, newest import first, of one function or with the given ids. */
  loadTests(query: {
    readonly functionId?: number | undefined;
    readonly ids?: readonly string[] | undefined;
    readonly limit: number;
  }): Promise<readonly StoredLoadTest[]>;
}
