/** Keeps platform lines, and application lines of failed attempts and of their environment just before. */
import { isPlatformLine } from '../../../../ingest/lines/platform-line.ts';
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { MINUTE_MS, SECOND_MS } from '../../../../ingest/records/time.ts';
import { STATUS } from '../../enums.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import type { Databases } from '../databases.ts';
import { idList } from '../read-connection.ts';

const BEFORE_MS = MINUTE_MS;
const AFTER_MS = 5 * SECOND_MS;

interface Window {
  /** Null: the lines name no environment. */
  readonly environmentId: number | null;
  readonly fromMs: number;
  readonly toMs: number;
}

/** `lines` are in order, of one function. */
export function aroundFailures(db: Databases, functionId: number, lines: readonly KeptLine[]): readonly KeptLine[] {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return lines;
  const range = { fromMs: first.timestampMs - LONGEST_RUN_MS, toMs: last.timestampMs + LONGEST_RUN_MS };
  const byEnvironment = new Map<number | null, Window[]>();
  for (const window of [
    ...failedAttempts(db, functionId, range),
    ...faults(db, functionId, [...new Set(lines.map(({ environmentId }) => environmentId))], range),
  ]) {
    const mine = byEnvironment.get(window.environmentId) ?? [];
    byEnvironment.set(window.environmentId, mine);
    mine.push(window);
  }
  const all = [...byEnvironment.values()].flat();
  return lines.filter(({ environmentId, timestampMs, message }) => {
    const near =
      environmentId < 0 ? all : [...(byEnvironment.get(environmentId) ?? []), ...(byEnvironment.get(null) ?? [])];
    return near.some(({ fromMs, toMs }) => timestampMs >= fromMs && timestampMs <= toMs) || isPlatformLine(message);
  });
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

function failedAttempts(db: Databases, functionId: number, { fromMs, toMs }: Range): readonly Window[] {
  const rows = db.telemetry.all(
    db.telemetry
      .selectFrom('invocation')
      .select(['environment_id as environmentId', 'end_ms as endMs', 'run_ms as runMs', 'duration_us as durationUs'])
      .where('function_id', '=', functionId)
      .where((eb) => eb.between('end_ms', fromMs, toMs))
      .where('status', '!=', STATUS.success),
  );
  return rows.map(({ environmentId, endMs, runMs, durationUs }) => ({
    environmentId: environmentId < 0 ? null : environmentId,
    fromMs: endMs - (runMs ?? Math.ceil(durationUs / 1000)) - BEFORE_MS,
    toMs: endMs + AFTER_MS,
  }));
}

/** Faults also tell of failed inits, which are no attempts. */
function faults(
  db: Databases,
  functionId: number,
  environments: readonly number[],
  { fromMs, toMs }: Range,
): readonly Window[] {
  const rows = db.telemetry.all(
    db.telemetry
      .selectFrom('fault')
      .select(['environment_id as environmentId', 'at_ms as atMs'])
      .where('environment_id', 'in', idList([...environments, -functionId]))
      .where((eb) => eb.between('at_ms', fromMs, toMs)),
  );
  return rows.map(({ environmentId, atMs }) => ({
    environmentId: environmentId < 0 ? null : environmentId,
    fromMs: atMs - BEFORE_MS,
    toMs: atMs + AFTER_MS,
  }));
}
