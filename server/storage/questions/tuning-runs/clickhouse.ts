/** Imported results of AWS Lambda Power Tuning. */
import type { ImportedRow } from '../../clickhouse/imported-pages.ts';
import { importedPage } from '../../clickhouse/imported-pages.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { parseStored, tuningPoints } from '../../stored-json.ts';
import type { ImportedQuery } from '../shared-types.ts';
import type { StoredTuningRun } from './types.ts';

interface Row extends ImportedRow, Pick<StoredTuningRun, 'invocations' | 'chosenMb'> {
  readonly coldStarts: number | null;
  readonly points: string;
}

/** Newest import first. */
export function tuningRuns(context: QueryContext, query: ImportedQuery): Promise<readonly StoredTuningRun[]> {
  const source = {
    table: 'tuning_run',
    columns: 'invocations, cold_starts AS coldStarts, chosen_mb AS chosenMb, points',
  };
  return importedPage(context, source, query, ({ points: json, coldStarts: cold, ...row }: Row, functionName) => {
    const points = parseStored(tuningPoints, json, `tuning_run ${row.id}`);
    return points === null ? null : { ...row, functionName, coldStarts: cold === null ? null : cold === 1, points };
  });
}
