/** The failures tab: what fails, what became of it, what it costs, and whether the timeout fits. */
import type { FailuresAnswer } from '../../../server/http/contract/failures.ts';
import { useQuery } from '../../api/use-query.ts';
import { StatusBadge } from '../../components/badges.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { InvocationTable } from '../../components/invocation-table.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { count, interval, ms, percent, plural, time, usd, visible } from '../../format.ts';
import { hrefTo } from '../../state/location.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';

const TIMEOUT: Readonly<Record<FailuresAnswer['timeout']['verdict'], string>> = {
  'too-tight': 'bad',
  'too-loose': 'warm',
  fits: 'good',
  'insufficient-data': '',
};

export function Failures({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionFailures', { params: { id }, query: view.rangeQuery });
  const { source } = answer;
  const data = answer.data;
  if (data === null) return <ErrorBanner result={answer} what="Failures" />;
  const quiet = data.failures === 0 && data.initFailures.length === 0 && data.suspectedOutOfMemory === 0;
  return (
    <>
      <ErrorBanner result={answer} what="Failures" />
      <div class="tiles">
        <StatTile label="Failed" value={percent(data.rate.value)} note={interval(data.rate)} />
        <StatTile
          label="Recovered by a retry"
          value={
            data.retries.requests === 0 ? '–' : `${count(data.retries.recovered)} of ${count(data.retries.requests)}`
          }
          note="requests with a failed attempt"
        />
        <StatTile
          label="Paid for failures"
          value={usd(data.cost.failedUsd)}
          note={`${data.cost.failedMinutes.toFixed(1)} billed minutes`}
        />
        <StatTile
          label="Initialised and never used"
          value={count(data.cost.unusedInits.n)}
          note={
            data.cost.unusedInits.initMs === null
              ? 'environments'
              : `environments, ${ms(data.cost.unusedInits.initMs)} of init`
          }
        />
      </div>
      {quiet ? (
        <EmptyState title="Nothing failed in this time range">
          <p>With 95 % confidence fewer than {percent(data.rate.high)} of invocations fail.</p>
        </EmptyState>
      ) : (
        <FailureChart data={data} source={source} id={id} />
      )}
      <Section title="Does the timeout fit?">
        <p>
          <span class={`badge ${TIMEOUT[data.timeout.verdict]}`}>{data.timeout.verdict.replaceAll('-', ' ')}</span>{' '}
          {data.timeout.reason}
        </p>
        <p class="soft small">
          {data.timeout.timeoutMs === null
            ? 'The timeout is not known: read the inventory, or wait until an invocation runs into it.'
            : `Timeout ${ms(data.timeout.timeoutMs)} (${data.timeout.source === 'inventory' ? 'as configured' : 'told by timed-out runs'}); 999 of 1,000 runs take less than ${ms(data.timeout.p999Ms)}.`}
        </p>
      </Section>
      {!quiet && (
        <div class="two">
          <ErrorTypes data={data} />
          <Suspects data={data} id={id} />
        </div>
      )}
      {data.examples.length > 0 && (
        <Section title="Latest failures">
          <InvocationTable rows={data.examples} />
        </Section>
      )}
    </>
  );
}

function FailureChart({
  data,
  source,
  id,
}: {
  readonly data: FailuresAnswer;
  readonly source: string;
  readonly id: string;
}) {
  const markers = useMarkers(id);
  const points = (of: (row: FailuresAnswer['series'][number]) => number) =>
    data.series.map((row) => ({ x: Date.parse(row.at), y: of(row) }));
  return (
    <TimeSeriesPanel
      title="Failures over time"
      words={`${plural(data.failures, 'failure')} of ${count(data.invocations)} invocations.`}
      table={{
        columns: ['at', 'invocations', 'timeouts', 'outOfMemory', 'errors', 'exits'],
        rows: data.series.map((row) => [row.at, row.invocations, row.timeouts, row.outOfMemory, row.errors, row.exits]),
      }}
      source={source}
      markers={markers}
      kind="bar"
      span={data.range}
      stacked
      yTitle="failed invocations"
      formatY={count}
      series={[
        { label: 'timeouts', colour: 'chart-bad', points: points((row) => row.timeouts) },
        { label: 'out of memory', colour: 'chart-3', points: points((row) => row.outOfMemory) },
        { label: 'errors', colour: 'chart-2', points: points((row) => row.errors) },
        { label: 'exits', colour: 'grey', points: points((row) => row.exits) },
      ]}
    />
  );
}

function ErrorTypes({ data }: { readonly data: FailuresAnswer }) {
  return (
    <Section title="What failed">
      <DataTable
        label="What failed"
        columns={[{ title: 'Status' }, { title: 'Error type' }, { title: 'n', number: true }]}
        rows={[
          ...data.errorTypes.map((row) => [
            <StatusBadge status={row.status} />,
            visible(row.errorType ?? '–'),
            count(row.n),
          ]),
          ...data.initFailures.map((row) => [
            <span class="badge bad">init {visible(row.status)}</span>,
            visible(row.errorType ?? '–'),
            count(row.n),
          ]),
        ]}
      />
      {data.truncated && <p class="soft small">Only the newest failures were looked at one by one.</p>}
    </Section>
  );
}

function Suspects({ data, id }: { readonly data: FailuresAnswer; readonly id: string }) {
  const { zone } = useView();
  return (
    <Section title="What stands behind it">
      <ul class="reasons">
        <li>
          {data.suspectedOutOfMemory === 0
            ? 'No environment vanished with its memory full.'
            : `${plural(data.suspectedOutOfMemory, 'environment')} used all memory in the last run and never came back: no line says why.`}
        </li>
        <li>
          {data.doomLoops.length === 0
            ? 'No environment initialised, failed and initialised again.'
            : `${plural(data.doomLoops.length, 'environment')} failed and initialised again and again, ${count(Math.max(...data.doomLoops.map((loop) => loop.inits)))} times at most, last at ${time(data.doomLoops[0]?.lastAt ?? null, zone)}.`}
        </li>
        <li>
          {data.retries.poison.length === 0
            ? 'No request failed each time it was tried.'
            : `${plural(data.retries.poison.length, 'request')} failed each time:`}
        </li>
      </ul>
      {data.retries.poison.length > 0 && (
        <DataTable
          label="Requests that failed each time"
          columns={[
            { title: 'Request' },
            { title: 'Attempts', number: true },
            { title: 'Last' },
            { title: 'Error type' },
          ]}
          rows={data.retries.poison.slice(0, 10).map((row) => [
            <a class="mono" href={hrefTo(`/invocations/${encodeURIComponent(row.requestId)}`)}>
              {row.requestId.slice(0, 13)}…
            </a>,
            count(row.attempts),
            time(row.lastAt, zone),
            visible(row.errorType ?? '–'),
          ])}
        />
      )}
      <p>
        <a href={hrefTo(`/functions/${encodeURIComponent(id)}`, { tab: 'invocations' })}>All invocations</a>
      </p>
    </Section>
  );
}
