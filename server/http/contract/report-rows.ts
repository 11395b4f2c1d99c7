/** Cost by function, team or tag in a period and in those before it, as the Report page and scheduled reports show it. Pure. */
import type * as z from 'zod';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { csvCell } from './csv.ts';
import type { OverviewAnswer } from './overview.ts';
import type { Period } from './periods.ts';
import { previousOf } from './periods.ts';
import type { structuredAnswer } from './query.ts';

type Result = z.infer<typeof structuredAnswer>;

/** The period and five before it. */
const TREND_PERIODS = 6;
const MOST_GROUPS = 1000;

/** What costs are summed by. */
export type CostGroup = 'function' | 'account' | 'region' | `tag.${string}`;

export interface CostRow {
  /** Of the function, or the value of the tag; null for functions without the tag. */
  readonly id: string | null;
  /** Null: not known. */
  readonly costUsd: number | null;
  /** Null: not known, or without invocations. */
  readonly beforeUsd: number | null;
  /** Oldest first, the period itself last. */
  readonly trend: readonly (number | null)[];
}

/** The period, and those before it, the newest first. */
export function trendOf(period: Period): readonly Period[] {
  const periods = [period];
  while (periods.length < TREND_PERIODS) periods.push(previousOf(periods.at(-1) ?? period));
  return periods;
}

/** What is asked for each of the periods, besides its range and filters. */
export function costQuery(by: CostGroup) {
  return { metric: 'costUsd' as const, groupBy: [by], limit: MOST_GROUPS };
}

/**
 * One row for each group with a cost in the period or in the one before, the most expensive first. `byPeriod` has the answers by
 * the key of the period; those that have not arrived are missing.
 */
export function costRows(byPeriod: ReadonlyMap<string, Result>, period: Period, by: CostGroup): readonly CostRow[] {
  const periods = trendOf(period);
  const [costs, before, ...older] = periods.map(({ key }) => costsOf(byPeriod.get(key), by));
  if (costs === undefined || before === undefined) return [];
  const ids = [...new Set([...costs.keys(), ...before.keys()])];
  return ids
    .map((id) => {
      const costUsd = costs.has(id) ? (costs.get(id) ?? null) : byPeriod.has(period.key) ? 0 : null;
      const beforeUsd = before.get(id) ?? null;
      const trend = [...older.toReversed().map((one) => one.get(id) ?? null), beforeUsd, costUsd];
      return { id, costUsd, beforeUsd, trend };
    })
    .toSorted((a, b) => (b.costUsd ?? 0) - (a.costUsd ?? 0));
}

function costsOf(result: Result | undefined, by: CostGroup): ReadonlyMap<string | null, number | null> {
  return new Map(
    (result?.groups ?? []).map(({ group, values }) => {
      const id = group[by] ?? null;
      return [id === null ? null : String(id), values['sum'] ?? null];
    }),
  );
}

/** The parts of a function's id, which is `account:region:name`. */
export function idParts(id: string | null): {
  readonly name: string;
  readonly account: string;
  readonly region: string;
} {
  const [account = '', region = '', ...name] = id?.split(':') ?? [];
  return { name: name.join(':'), account, region };
}

/** The relative change; null if one of them is not known, or there was nothing before. */
export function changeOf(value: number | null, before: number | null): number | null {
  return value === null || before === null || before === 0 ? null : value / before - 1;
}

/** How many of a range's days have data of the functions with half of the invocations, where they begin within it or later. */
export interface DataDays {
  readonly days: number;
  readonly of: number;
}

/** Null where data begins on the range's first day or before: all of it has data. Days that have begun count, until `nowMs`. */
export function dataDaysOf(
  range: Pick<OverviewAnswer['range'], 'from' | 'to'>,
  { dataFrom }: Pick<OverviewAnswer, 'dataFrom'>,
  nowMs = Number.POSITIVE_INFINITY,
): DataDays | null {
  const [fromMs, toMs] = [Date.parse(range.from), Math.min(nowMs, Date.parse(range.to))];
  const firstMs = dataFrom == null ? fromMs : Date.parse(dataFrom);
  if (firstMs <= fromMs) return null;
  const of = Math.ceil((toMs - fromMs) / DAY_MS);
  const missing = Math.floor((firstMs - fromMs) / DAY_MS);
  // Data that began on the first day, at whatever hour, misses none.
  return missing === 0 ? null : { days: Math.max(0, of - missing), of };
}

/** The rows as CSV (RFC 4180) with a header. */
export function costCsv(rows: readonly CostRow[], by: CostGroup): string {
  const head = [...(by === 'function' ? ['function', 'account', 'region'] : [by]), 'cost_usd', 'before_usd'];
  const ownerOf = ({ id }: CostRow): readonly (string | null)[] => {
    const { name, account, region } = idParts(id);
    return by === 'function' ? [name, account, region] : [id];
  };
  const lines = [head, ...rows.map((row) => [...ownerOf(row), row.costUsd, row.beforeUsd])];
  return lines.map((line) => line.map((value) => csvCell(value)).join(',')).join('\r\n');
}
