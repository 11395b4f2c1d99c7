/** The last hours of the metric behind firing alerts. */
import { useEffect, useState } from 'preact/hooks';
import type { InstancesAnswer } from '../../../server/http/contract/alert-instances.ts';
import { call } from '../../api/client.ts';
import type { RequestOf } from '../../api/request.ts';
import type { Rule } from './signals.ts';

type Instance = InstancesAnswer['items'][number];
type Query = RequestOf<'runQuery'>['body'];

/** Values by the id of the alert, oldest first; empty for signals that are no metric of functions. Asked once for a rule. */
export function useAlertHistory(
  rule: Rule | null,
  alerts: readonly Instance[],
): ReadonlyMap<string, readonly (number | null)[]> {
  const [history, setHistory] = useState<ReadonlyMap<string, readonly (number | null)[]>>(new Map());
  const query = rule === null ? null : queryOf(rule);
  const key = `${JSON.stringify(query)} ${alerts.map(({ id }) => id).join(' ')}`;
  useEffect(() => {
    if (query === null) return;
    let current = true;
    call('runQuery', { body: query }).then(
      ({ groups }) => {
        if (!current) return;
        const byFunction = new Map(groups.map(({ group, series }) => [String(group['function']), series]));
        const values = alerts.flatMap(({ id, labels }): [string, readonly (number | null)[]][] => {
          const { account = '', region = '', function: name = '' } = labels;
          const series = byFunction.get(`${account}:${region}:${name}`);
          return series === undefined ? [] : [[id, series.map((point) => Object.values(point.values)[0] ?? null)]];
        });
        setHistory(new Map(values));
      },
      // A sparkline is an extra: the alert is shown without it.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [key]);
  return history;
}

function queryOf({ signal, groupBy, functions }: Rule): Query | null {
  if (signal.kind !== 'metric' || !groupBy.includes('function')) return null;
  const { metric, custom, aggregation, filters = [] } = signal;
  const named =
    functions.length === 0 ? [] : [{ field: 'function' as const, op: 'matches' as const, value: functions }];
  return {
    from: 'now-6h',
    to: 'now',
    metric,
    ...(custom === undefined ? {} : { custom }),
    aggregations: [aggregation],
    filters: [...filters, ...named],
    groupBy: ['function'],
    interval: '15m',
    limit: 100,
  };
}
