import { usd } from '../../../ingest/text/quantities.ts';
import { useQuery } from '../../api/use-query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { count, time, visible } from '../../format.ts';
import { rich, t } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

/** The Executions tab of a durable function: one row per execution, with its invocations. */
export function Executions({ id }: { readonly id: string }) {
  const view = useView();
  const execution = view.query.get('execution');
  const answer = useQuery('getFunctionExecutions', {
    params: { id },
    query: execution === null ? view.rangeQuery : { ...view.rangeQuery, execution },
  });
  const data = answer.data;
  return (
    <>
      <ErrorBanner result={answer} what={t('durable executions')} />
      {execution !== null && (
        <p>
          {rich('Only the execution <id>{execution}</id>.', {
            execution: visible(execution),
            id: (content) => <span class="mono">{content}</span>,
          })}{' '}
          <a href={hrefTo(`/functions/${encodeURIComponent(id)}`, { tab: 'executions' })}>{t('Show all')}</a>
        </p>
      )}
      {data !== null && data.items.length === 0 && (
        <EmptyState title={t('No durable executions in this time range')}>
          <p>{t('Only lines of the SDK’s logger name the execution; a filter may drop them.')}</p>
        </EmptyState>
      )}
      {data !== null && data.items.length > 0 && (
        <Section title={t('Durable executions ({n})', { n: count(data.total) })}>
          <DataTable
            label={t('Durable executions')}
            columns={[
              { title: t('Execution') },
              { title: t('Started'), values: data.items.map((row) => row.firstAt) },
              { title: t('Last line'), values: data.items.map((row) => row.lastAt) },
              { title: t('Invocations'), values: data.items.map((row) => row.invocations.length) },
              { title: t('Replays'), number: true, values: data.items.map((row) => row.replays) },
              { title: t('Operations'), number: true, values: data.items.map((row) => row.operations) },
              { title: t('Cost of operations'), number: true, values: data.items.map((row) => row.operationsUsd) },
            ]}
            rows={data.items.map((row) => [
              <span title={row.executionId}>{visible(row.name)}</span>,
              time(row.firstAt, view.zone),
              time(row.lastAt, view.zone),
              row.invocations.slice(0, 20).map((one, at) => (
                <a
                  class="badge"
                  href={hrefTo(`/invocations/${encodeURIComponent(one.requestId)}`)}
                  title={one.replay ? t('{request}: replays', { request: one.requestId }) : one.requestId}
                >
                  {at === 0 ? t('start') : t('replay {n}', { n: at })}
                </a>
              )),
              count(row.replays),
              `≥ ${count(row.operations)}`,
              `≥ ${usd(row.operationsUsd)}`,
            ])}
          />
          <p class="soft small">
            {t(
              'Operations are those that log lines name. Waiting between invocations costs nothing; a replay is billed like any invocation.',
            )}
          </p>
        </Section>
      )}
    </>
  );
}
