/** Costs by function, team or tag of a period and of those before it, as they arrive. */
import { useEffect, useState } from 'preact/hooks';
import type { Period } from '../../../server/http/contract/periods.ts';
import type { CostGroup } from '../../../server/http/contract/report-rows.ts';
import { costQuery, trendOf } from '../../../server/http/contract/report-rows.ts';
import { call } from '../../api/client.ts';
import type { AnswerOf } from '../../api/request.ts';
import { t } from '../../i18n/translate.ts';
import type { Filters } from '../../state/filters.ts';
import { queryFilters } from '../../state/query-filters.ts';

type Result = AnswerOf<'runQuery'>;

export interface Costs {
  /** By the key of the period; periods whose answer has not arrived are missing. */
  readonly byPeriod: ReadonlyMap<string, Result>;
  readonly error: string | null;
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
        const body = { ...range, ...costQuery(by) };
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
