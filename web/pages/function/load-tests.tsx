import type { LoadTestComparison, LoadTestList } from '../../../server/http/contract/load-tests.ts';
import { useQuery } from '../../api/use-query.ts';
import { VerdictBadge } from '../../components/comparison.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { FirstAnswer } from '../../components/first-answer.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { count, duration, percent, time, visible } from '../../format.ts';
import { reasonText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { useView } from '../../state/view.ts';

/** The Load tests tab: imported runs, and the newest compared with the one before. */
export function LoadTests({ id }: { readonly id: string }) {
  const answer = useQuery('listLoadTests', { query: { function: id } });
  const data = answer.data;
  if (data === null) return <FirstAnswer result={answer} what={t('load tests')} />;
  if (data.items.length === 0)
    return (
      <EmptyState title={t('No load tests of this function')}>
        <p>{t('Import what hey or Locust printed:')}</p>
        <pre>npx thermocline import RESULT --function NAME</pre>
      </EmptyState>
    );
  const [newest, earlier] = data.items;
  return (
    <>
      <ErrorBanner result={answer} what={t('load tests')} />
      {newest !== undefined && earlier !== undefined && <Newest before={earlier.id} after={newest.id} />}
      <Runs items={data.items} />
    </>
  );
}

function Runs({ items }: Pick<LoadTestList, 'items'>) {
  const { zone } = useView();
  return (
    <Section title={t('Load tests')}>
      <DataTable
        label={t('Load tests')}
        columns={[
          { title: t('Run') },
          { title: t('Imported'), values: items.map((run) => run.importedAt) },
          { title: t('Requests'), number: true, values: items.map((run) => run.requests) },
          { title: t('Failed'), number: true, values: items.map((run) => run.failures) },
          { title: t('Requests a second'), number: true, values: items.map((run) => run.requestsPerSecond) },
          { title: t('Mean'), number: true, values: items.map((run) => run.averageMs) },
          { title: t('Slowest'), number: true, values: items.map((run) => run.slowestMs) },
        ]}
        rows={items.map((run) => [
          `${run.tool}: ${visible(run.name)}`,
          time(run.importedAt, zone),
          count(run.requests),
          count(run.failures),
          count(run.requestsPerSecond),
          duration(run.averageMs),
          duration(run.slowestMs),
        ])}
      />
    </Section>
  );
}

function Newest({ before, after }: { readonly before: string; readonly after: string }) {
  const answer = useQuery('compareLoadTests', { query: { before, after } });
  const data = answer.data;
  if (data === null) return <ErrorBanner result={answer} what={t('the comparison of load tests')} />;
  return (
    <Section title={t('The newest run against the one before')} aside={<VerdictBadge verdict={data.verdict} />}>
      {data.reason !== null && <p class="soft">{reasonText(data.reason, data.reasonCode)}</p>}
      <Tails data={data} />
      <p class="soft small">{reasonText(data.method, data.methodCode)}</p>
    </Section>
  );
}

function Tails({ data }: { readonly data: LoadTestComparison }) {
  if (data.tails.length === 0) return null;
  return (
    <DataTable
      label={t('Slow requests')}
      columns={[
        { title: t('Slower than') },
        {
          title: t('Before: {n, plural, one {# request} other {# requests}}', { n: data.before.requests }),
          number: true,
        },
        {
          title: t('After: {n, plural, one {# request} other {# requests}}', { n: data.after.requests }),
          number: true,
        },
        { title: t('Change, 95 % interval'), number: true },
      ]}
      rows={data.tails.map((row) => [
        duration(row.thresholdMs),
        percent(row.before.value),
        percent(row.after.value),
        `${percent(row.change)} (${percent(row.low)} – ${percent(row.high)})`,
      ])}
    />
  );
}
