/** Divides what a question reads of rollups, so that every series has one architecture in each part. */
import type { Architectures } from '../../analytics/cost/architectures.ts';
import type { FunctionFilter, FunctionIdentity, ResolvedRange, TimeRange } from '../ports.ts';
import { narrows } from '../rollup/aggregation.ts';
import type { Segment } from '../rollup/range.ts';
import { coverPiece, divide } from '../rollup/range.ts';
import { architecturesOf } from './architectures.ts';
import type { Databases } from './databases.ts';
import type { ErrorsKnown } from './error-days.ts';
import type { RollupSelection } from './rollup-statements.ts';
import { selectRollups } from './rollup-statements.ts';
import { keptWidth } from './rollup-widths.ts';
import type { Series } from './series.ts';
import { seriesIn } from './series.ts';

/** Functions in one piece of the range. */
export interface RollupPart extends TimeRange {
  readonly functionIds: readonly number[];
  /** Functions that match the filter, by id. */
  readonly series: ReadonlyMap<number, Series>;
  readonly segments: readonly Segment[];
  /** Width of the finest rows that may be read, ms. */
  readonly finestMs: number;
  /** The filter excludes some series. */
  readonly narrowed: boolean;
  /** Functions whose architecture differs between times or versions. */
  readonly moved: ReadonlySet<number>;
}

type Owner = Pick<FunctionIdentity, 'functionId' | 'architecture'>;

/** `widestMs`: of rows that may be read, for questions that answer in buckets. */
export async function rollupParts(
  db: Databases,
  functions: readonly Owner[],
  filter: FunctionFilter,
  range: ResolvedRange,
  widestMs?: number,
): Promise<readonly RollupPart[]> {
  const ids = functions.map((one) => one.functionId);
  const architectures = architecturesOf(db, ids);
  const owners = new Map(functions.map((one) => [one.functionId, one]));
  const moving = new Set(ids.filter((id) => architectures.changes(id, range).length > 0));
  const all = [...(await seriesIn(db, ids, filter))];
  const groups = {
    moving: all.filter(([, one]) => moving.has(one.functionId)),
    settled: moving.size === 0 ? all : all.filter(([, one]) => !moving.has(one.functionId)),
  };
  const partOf = (which: keyof typeof groups, piece: TimeRange, finestMs: number): RollupPart => {
    const segments = coverPiece(range, piece, finestMs, widestMs);
    const series = resolved(groups[which], owners, architectures, (piece.fromMs + piece.toMs) / 2, filter);
    const functionIds = moving.size === 0 ? ids : ids.filter((id) => moving.has(id) === (which === 'moving'));
    return {
      ...{ fromMs: piece.fromMs, toMs: piece.toMs, functionIds, series: new Map(series), segments, finestMs },
      narrowed: narrows(filter),
      moved: new Set(functionIds.filter((id) => architectures.varies(id))),
    };
  };
  const settled = partOf('settled', range, range.widthMs);
  if (moving.size === 0) return [settled];
  const changes = [...moving].flatMap((id) => architectures.changes(id, range).map(({ atMs }) => atMs));
  const { pieces, finestMs } = divide(range, changes, keptWidth(db, range));
  return [
    ...(settled.functionIds.length === 0 ? [] : [settled]),
    ...pieces.map((piece) => partOf('moving', piece, finestMs)),
  ];
}

/** Series with their architecture at a time, of those that match the filter. */
function resolved(
  all: readonly (readonly [number, Series])[],
  owners: ReadonlyMap<number, Owner>,
  architectures: Architectures,
  atMs: number,
  filter: FunctionFilter,
): readonly (readonly [number, Series])[] {
  return all.flatMap(([id, one]) => {
    const owner = owners.get(one.functionId);
    if (owner === undefined) return [];
    const architecture = architectures.varies(one.functionId)
      ? architectures.of(owner, one.version, atMs)
      : one.architecture;
    if (filter.architecture !== undefined && architecture !== filter.architecture) return [];
    return [[id, { ...one, architecture }] as const];
  });
}

/** Selects the rollup rows of a part. */
export function selectPart(part: RollupPart, errors?: ErrorsKnown): RollupSelection {
  const { functionIds, series, narrowed } = part;
  return selectRollups(functionIds, narrowed ? [...series.keys()] : null, errors);
}
