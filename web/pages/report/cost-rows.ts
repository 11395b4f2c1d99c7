/** Cost by function, team or tag in a period and in those before it. */
import { useEffect, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import type { AnswerOf } from '../../api/request.ts';
import { t } from '../../i18n/translate.ts';
import type { Filters } from '../../state/filters.ts';
import { queryFilters } from '../../state/query-filters.ts';
import type { Period } from './periods.ts';
import { previousOf } from './periods.ts';

type Result = AnswerOf<'runQuery'>;

/** The period and five before it. */
const TREND_PERIODS = 6;
const MOST_GROUPS = 1000;

/** What costs are summed by. */
export type CostGroup = 'function' | 'account' | 'region' | `tag.${string}`;

export interface Costs {
  /** By the key of the period; periods whose answer has not arrived are missing. */
  readonly byPeriod: ReadonlyMap<string, Result>;
  readonly error: string | null;
}

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
function trendOf(period: Period): readonly Period[] {
  const periods = [period];
  while (periods.length < TREND_PERIODS) periods.push(previousOf(periods.at(-1) ?? period));
  return periods;
}

/** Asks for the periods one after the other: a report is no reason to let other pages wait. Asks for nothing while `by` is null. */
export function useCosts(period: Period, by: CostGroup | null, filters: Filters): Costs {
  const filterKey = JSON.stringify(filters);
  const [costs, setCosts] = useState<Costs>({ byPeriod: new Map(), error: null });
  useEffect(() => {
    let current = true;
    const load = async (): Promise<void> => {
      if (by === null) return;
      const byPeriod = new Map<string, Result>();
      for (const { key, fromMs, toMs } of trendOf(period)) {
        if (!current) return;
        const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
        const body = { ...range, metric: 'costUsd' as const, groupBy: [by], limit: MOST_GROUPS };
        byPeriod.set(key, await call('runQuery', { body: { ...body, filters: queryFilters(filters) } }));
        if (current) setCosts({ byPeriod: new Map(byPeriod), error: null });
      }
    };
    setCosts({ byPeriod: new Map(), error: null });
    load().catch((reason: unknown) => {
      const error = reason instanceof Error ? reason.message : t('Request failed');
      if (current) setCosts((old) => ({ ...old, error }));
    });
    return () => {
      current = false;
    };
  }, [period.key, by, filterKey]);
  return costs;
}

/** One row for each group with a cost in the period or in the one before, the most expensive first. */
export function costRows({ byPeriod }: Costs, period: Period, by: CostGroup): readonly CostRow[] {
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

/** The relative change; null if one of them is not known, or there was nothing before. */
export function changeOf(value: number | null, before: number | null): number | null {
  return value === null || before === null || before === 0 ? null : value / before - 1;
}
