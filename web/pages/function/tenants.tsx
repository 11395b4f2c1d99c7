import { useQuery } from '../../api/use-query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { count, duration, interval, percent, time, visible } from '../../format.ts';
import { t } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

/** The Tenants tab of a function with tenant isolation: one row per tenant. */
export function Tenants({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionTenants', { params: { id }, query: view.rangeQuery });
  const data = answer.data;
  return (
    <>
      <ErrorBanner result={answer} what={t('tenants')} />
      {data !== null && data.items.length === 0 && (
        <EmptyState title={t('No invocations with a tenant in this time range')}>
          <p>{t('Lambda prints the tenant in JSON logs only.')}</p>
        </EmptyState>
      )}
      {data !== null && data.items.length > 0 && (
        <Section title={t('Tenants ({n})', { n: count(data.total) })}>
          <DataTable
            label={t('Tenants')}
            columns={[
              { title: t('Tenant'), values: data.items.map((row) => row.tenant) },
              { title: t('Invocations'), number: true, values: data.items.map((row) => row.invocations) },
              { title: t('Errors'), number: true, values: data.items.map((row) => row.errorRate.value) },
              { title: t('Cold starts'), number: true, values: data.items.map((row) => row.coldStarts) },
              { title: t('Environments'), number: true, values: data.items.map((row) => row.environments) },
              { title: t('Duration p50'), number: true, values: data.items.map((row) => row.durationMs.p50) },
              { title: 'p95', number: true, values: data.items.map((row) => row.durationMs.p95) },
              { title: t('Last seen'), values: data.items.map((row) => row.lastAt) },
            ]}
            rows={data.items.map((row) => [
              <a href={hrefTo(`/functions/${encodeURIComponent(id)}`, { tab: 'invocations', tenant: row.tenant })}>
                {visible(row.tenant)}
              </a>,
              count(row.invocations),
              <span title={interval(row.errorRate)}>{percent(row.errorRate.value)}</span>,
              count(row.coldStarts),
              count(row.environments),
              duration(row.durationMs.p50),
              duration(row.durationMs.p95),
              time(row.lastAt, view.zone),
            ])}
          />
          {data.total > data.items.length && (
            <p class="soft small">
              {t(
                '{n, plural, one {Only the tenant with most invocations is shown.} other {Only the # tenants with most invocations are shown.}}',
                { n: data.items.length },
              )}
            </p>
          )}
          {data.withoutTenant > 0 && (
            <p class="soft small">
              {t(
                '{n, plural, one {# invocation has no tenant and is not listed.} other {# invocations have no tenant and are not listed.}}',
                { n: data.withoutTenant },
              )}
            </p>
          )}
        </Section>
      )}
    </>
  );
}
