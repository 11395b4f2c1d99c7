/** Imported load tests. */
import type { LoadTest } from '../../../../ingest/records/load-test.ts';

export interface StoredLoadTest extends Omit<LoadTest, 'kind'> {
  readonly id: string;
  readonly importedMs: number;
}
