/** Architecture over time of the functions in which it differs by time or version. */
import { Architectures } from '../../analytics/cost/architectures.ts';
import type { FunctionFilter, FunctionIdentity, ResolvedRange, TimeRange } from '../ports.ts';
import { coverPiece, divide } from '../rollup/range.ts';
import type { Blocks } from '../rollup/rate-blocks.ts';
import type { QueryContext } from './query-context.ts';
import { keptWidth } from './query-context.ts';
import type { RollupBucketRow, Sketches } from './rollup-rows.ts';
import { rollupRows } from './rollup-rows.ts';

/** `functions`: reads this function, or these, only. */
export async function architecturesOf(
  context: QueryContext,
  functions?: number | readonly number[],
): Promise<Architectures> {
  const ids = typeof functions === 'number' ? [functions] : functions;
  const rows = await context.client.shared<{
    readonly functionId: number;
    readonly facts: readonly (readonly [version: string, sinceMs: number, architecture: string])[];
  }>(
    `SELECT function_id AS functionId, groupUniqArray((version, since_ms, architecture)) AS facts FROM architecture_fact FINAL
     WHERE ${ids === undefined ? '1' : 'function_id IN {ids:Array(UInt64)}'}
     GROUP BY function_id HAVING uniqExact(architecture) > 1`,
    { ids },
  );
  return new Architectures(
    rows.flatMap(({ functionId: id, facts }) =>
      facts.map(([version, sinceMs, architecture]) => ({ functionId: id, version, sinceMs, architecture })),
    ),
  );
}

/** A rollup row with the architecture of its version at its time. */
export type ArchitectureRow = RollupBucketRow & { readonly architecture: string | null };

interface ArchitectureRowQuery {
  readonly functions: readonly FunctionIdentity[];
  readonly filter: FunctionFilter;
  readonly range: ResolvedRange;
  /** Width of the widest rollup rows that may be read, ms; for results in buckets. */
  readonly widestMs?: number | undefined;
  /** Width of the buckets, ms; null sums the whole range. */
  readonly widthMs?: number | null;
  readonly sketches: Sketches;
  readonly blocks?: Blocks;
  /** Rows by function and series of the whole range, if they were already requested. */
  readonly rows?: Promise<readonly RollupBucketRow[]> | null;
}

/** Rollup rows by function, version, memory size and architecture. */
export async function rowsByArchitecture(
  context: QueryContext,
  architectures: Architectures,
  { functions, filter, range, widestMs, rows: requested = null, ...query }: ArchitectureRowQuery,
): Promise<readonly ArchitectureRow[]> {
  const moving = functions.filter((one) => architectures.changes(one.functionId, range).length > 0);
  const isMoving = new Set(moving.map((one) => one.functionId));
  const settled = functions.filter((one) => !isMoving.has(one.functionId));
  const { architecture: wanted, ...others } = filter;
  const bySeries = { ...query, filter: others, function: true, series: true } as const;
  const changes = moving.flatMap((one) => architectures.changes(one.functionId, range).map(({ atMs }) => atMs));
  const { pieces, finestMs } = divide(range, changes, keptWidth(context, range));
  const whole: readonly TimeRange[] = [range];
  const read = async (those: readonly FunctionIdentity[], within: readonly TimeRange[]): Promise<ArchitectureRow[]> => {
    if (those.length === 0) return [];
    const owners = new Map(those.map((one) => [one.functionId, one]));
    const segments = within.flatMap((piece) => coverPiece(range, piece, finestMs, widestMs));
    const edges = within.slice(1).map(({ fromMs }) => fromMs);
    const available = within === whole ? requested : null;
    const rows = await (available ?? rollupRows(context, { ...bySeries, functions: those, segments, edges }));
    return rows.flatMap((row) => {
      const owner = owners.get(row.functionId);
      const piece = within[row.piece];
      if (owner === undefined || piece === undefined) return [];
      const architecture = architectures.of(owner, row.version, (piece.fromMs + piece.toMs) / 2);
      return wanted === undefined || architecture === wanted ? [{ ...row, architecture }] : [];
    });
  };
  const [unchanged, moved] = await Promise.all([read(settled, whole), read(moving, pieces)]);
  return unchanged.concat(moved);
}
