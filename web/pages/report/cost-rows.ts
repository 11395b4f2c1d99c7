/** Cost by function in a period and in those before it. */
import { useEffect, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import type { AnswerOf } from '../../api/request.ts';
import { t } from '../../i18n/translate.ts';
import type { Period } from './periods.ts';
import { previousOf } from './periods.ts';

type Result = AnswerOf<'runQuery'>;

/** The period and five before it. */
const TREND_PERIODS = 6;
const MOST_FUNCTIONS = 1000;

export interface Costs {
  /** By the key of the period; periods whose answer has not arrived are missing. */
  readonly byPeriod: ReadonlyMap<string, Result>;
  readonly error: string | null;
}

export interface CostRow {
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
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

/** Asks for the periods one after the other: a report is no reason to let other pages wait. */
export function useCosts(period: Period): Costs {
  const [costs, setCosts] = useState<Costs>({ byPeriod: new Map(), error: null });
  useEffect(() => {
    let current = true;
    const load = async (): Promise<void> => {
      const byPeriod = new Map<string, Result>();
      for (const { key, fromMs, toMs } of trendOf(period)) {
        if (!current) return;
        const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
        const body = { ...range, metric: 'costUsd' as const, groupBy: ['function' as const], limit: MOST_FUNCTIONS };
        byPeriod.set(key, await call('runQuery', { body }));
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
  }, [period.key]);
  return costs;
}

/** One row for each function with a cost in the period or in the one before, the most expensive first. */
export function costRows({ byPeriod }: Costs, period: Period): readonly CostRow[] {
  const periods = trendOf(period);
  const [costs, before, ...older] = periods.map(({ key }) => costsOf(byPeriod.get(key)));
  if (costs === undefined || before === undefined) return [];
  const ids = [...new Set([...costs.keys(), ...before.keys()])];
  return ids
    .map((id) => {
      const [account = '', region = '', ...name] = id.split(':');
      const costUsd = costs.has(id) ? (costs.get(id) ?? null) : byPeriod.has(period.key) ? 0 : null;
      const beforeUsd = before.get(id) ?? null;
      const trend = [...older.toReversed().map((one) => one.get(id) ?? null), beforeUsd, costUsd];
      return { id, name: name.join(':'), account, region, costUsd, beforeUsd, trend };
    })
    .toSorted((a, b) => (b.costUsd ?? 0) - (a.costUsd ?? 0));
}

function costsOf(result: Result | undefined): ReadonlyMap<string, number | null> {
  return new Map((result?.groups ?? []).map(({ group, values }) => [String(group['function']), values['sum'] ?? null]));
}

/** The relative change; null if one of them is not known, or there was nothing before. */
export function changeOf(value: number | null, before: number | null): number | null {
  return value === null || before === null || before === 0 ? null : value / before - 1;
}
