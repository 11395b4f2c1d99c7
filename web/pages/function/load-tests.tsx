import { count, duration, percent, plural } from '../../../ingest/text/quantities.ts';
import type { LoadTestComparison, LoadTestList } from '../../../server/http/contract/load-tests.ts';
import { useQuery } from '../../api/use-query.ts';
import { VerdictBadge } from '../../components/comparison.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { time, visible } from '../../format.ts';
import { useView } from '../../state/view.ts';

/** The Load tests tab: imported runs, and the newest compared with the one before. */
export function LoadTests({ id }: { readonly id: string }) {
  const answer = useQuery('listLoadTests', { query: { function: id } });
  const data = answer.data;
  if (data === null) return <ErrorBanner result={answer} what="load tests" />;
  if (data.items.length === 0)
    return (
      <EmptyState title="No load tests of this function">
        <p>Import what hey or Locust printed:</p>
        <pre>npx thermocline import RESULT --function NAME</pre>
      </EmptyState>
    );
  const [newest, earlier] = data.items;
  return (
    <>
      <ErrorBanner result={answer} what="load tests" />
      {newest !== undefined && earlier !== undefined && <Newest before={earlier.id} after={newest.id} />}
      <Runs items={data.items} />
    </>
  );
}

function Runs({ items }: Pick<LoadTestList, 'items'>) {
  const { zone } = useView();
  return (
    <Section title="Load tests">
      <DataTable
        label="Load tests"
        columns={[
          { title: 'Run' },
          { title: 'Imported' },
          { title: 'Requests', number: true },
          { title: 'Failed', number: true },
          { title: 'Requests a second', number: true },
          { title: 'Mean', number: true },
          { title: 'Slowest', number: true },
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
  if (data === null) return <ErrorBanner result={answer} what="the comparison of load tests" />;
  return (
    <Section title="The newest run against the one before" aside={<VerdictBadge verdict={data.verdict} />}>
      {data.reason !== null && <p class="soft">{data.reason}</p>}
      <Tails data={data} />
      <p class="soft small">{data.method}</p>
    </Section>
  );
}

function Tails({ data }: { readonly data: LoadTestComparison }) {
  if (data.tails.length === 0) return null;
  return (
    <DataTable
      label="Slow requests"
      columns={[
        { title: 'Slower than' },
        { title: plural(data.before.requests, 'request'), number: true },
        { title: plural(data.after.requests, 'request'), number: true },
        { title: 'Change, 95 % interval', number: true },
      ]}
      rows={data.tails.map((row) => [
        duration(row.thresholdMs),
        percent(row.before.value),
        percent(row.after.value),
        `${percent(row.change)} (${percent(row.low)} to ${percent(row.high)})`,
      ])}
    />
  );
}
