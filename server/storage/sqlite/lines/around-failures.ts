/** Keeps platform lines, and application lines of failed attempts and of their environment just before. */
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { STATUS } from '../../enums.ts';
import type { FailureWindow } from '../../lines/failure-windows.ts';
import { linesWithin, windowAround } from '../../lines/failure-windows.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import type { Databases } from '../databases.ts';
import { idList } from '../read-connection.ts';

/** `lines` are in order, of one function. */
export function aroundFailures(db: Databases, functionId: number, lines: readonly KeptLine[]): readonly KeptLine[] {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return lines;
  const range = { fromMs: first.timestampMs - LONGEST_RUN_MS, toMs: last.timestampMs + LONGEST_RUN_MS };
  const windows = [
    ...failedAttempts(db, functionId, range),
    ...faults(db, functionId, [...new Set(lines.map(({ environmentId }) => environmentId))], range),
  ];
  // Lines without a log stream have the function's id, negated.
  return linesWithin(lines, windows, (environmentId) => environmentId >= 0);
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

function failedAttempts(db: Databases, functionId: number, { fromMs, toMs }: Range): readonly FailureWindow[] {
  const rows = db.telemetry.all(
    db.telemetry
      .selectFrom('invocation')
      .select(['environment_id as environmentId', 'end_ms as endMs', 'run_ms as runMs', 'duration_us as durationUs'])
      .where('function_id', '=', functionId)
      .where((eb) => eb.between('end_ms', fromMs, toMs))
      .where('status', '!=', STATUS.success),
  );
  return rows.map(({ environmentId, endMs, runMs, durationUs }) =>
    windowAround({
      environmentId: environmentId < 0 ? null : environmentId,
      fromMs: endMs - (runMs ?? Math.ceil(durationUs / 1000)),
      toMs: endMs,
    }),
  );
}

/** Faults also tell of failed inits, which are no attempts. */
function faults(
  db: Databases,
  functionId: number,
  environments: readonly number[],
  { fromMs, toMs }: Range,
): readonly FailureWindow[] {
  const rows = db.telemetry.all(
    db.telemetry
      .selectFrom('fault')
      .select(['environment_id as environmentId', 'at_ms as atMs'])
      .where('environment_id', 'in', idList([...environments, -functionId]))
      .where((eb) => eb.between('at_ms', fromMs, toMs)),
  );
  return rows.map(({ environmentId, atMs }) =>
    windowAround({ environmentId: environmentId < 0 ? null : environmentId, fromMs: atMs, toMs: atMs }),
  );
}
