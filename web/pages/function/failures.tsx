import { count, duration, fixed, percent, plural, usd } from '../../../ingest/text/quantities.ts';
import type { FailuresAnswer } from '../../../server/http/contract/failures.ts';
import { useQuery } from '../../api/use-query.ts';
import { StatusBadge } from '../../components/badges.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { InvocationTable } from '../../components/invocation-table.tsx';
import { PriceAssumptions } from '../../components/price-assumptions.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { Term } from '../../components/term.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { UnknownErrors } from '../../components/unknown-errors.tsx';
import { errorNote, errorPercent, time, visible } from '../../format.ts';
import { hrefTo } from '../../state/location.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';
import { ErrorStateBadge, ErrorTitle } from '../errors/error-cells.tsx';

const TIMEOUT: Readonly<Record<FailuresAnswer['timeout']['verdict'], string>> = {
  'too-tight': 'bad',
  'too-loose': 'warm',
  fits: 'good',
  'insufficient-data': '',
};

/** The Failures tab: rate, retries, cost, timeout check, error types, root causes and examples. */
export function Failures({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionFailures', { params: { id }, query: view.rangeQuery });
  const { source } = answer;
  const data = answer.data;
  if (data === null) return <ErrorBanner result={answer} what="failures" />;
  const noFailures =
    data.failures === 0 &&
    data.initFailures.length === 0 &&
    data.suspectedOutOfMemory === 0 &&
    data.retries.retried === 0;
  return (
    <>
      <ErrorBanner result={answer} what="failures" />
      <div class="tiles">
        <StatTile label="Failure rate" value={errorPercent(data.rate)} note={errorNote(data.rate)} />
        <StatTile
          label="Recovered by retry"
          value={
            data.retries.retried === 0 ? '–' : `${count(data.retries.recovered)} of ${count(data.retries.retried)}`
          }
          note="requests with several attempts"
        />
        <StatTile
          label="Cost of failures"
          value={`${data.rate.unknown === null ? '' : '≥ '}${usd(data.cost.failedUsd)}`}
          note={`${fixed(data.cost.failedMinutes, 1)} billed minutes`}
        />
        <StatTile
          label="Unused inits"
          value={count(data.cost.unusedInits.n)}
          note={unusedNote(data.cost.unusedInits)}
        />
      </div>
      <UnknownErrors rate={data.rate} />
      {noFailures ? (
        <EmptyState title="No failures in this time range">
          {data.rate.unknown === null && (
            <p>The failure rate is below {percent(data.rate.high)} with 95 % confidence.</p>
          )}
        </EmptyState>
      ) : (
        <FailureChart data={data} source={source} id={id} />
      )}
      <PriceAssumptions sentences={data.priceAssumptions} />
      <Section title="Timeout">
        <p>
          <span class={`badge ${TIMEOUT[data.timeout.verdict]}`}>{data.timeout.verdict.replaceAll('-', ' ')}</span>{' '}
          {data.timeout.reason}
        </p>
        <p class="soft small">
          {data.timeout.timeoutMs === null
            ? 'Timeout unknown. Import the inventory, or wait until an invocation times out.'
            : `Timeout ${duration(data.timeout.timeoutMs)} (${data.timeout.source === 'inventory' ? 'from the inventory' : 'from timed-out invocations'}); 99.9 % of invocations take less than ${duration(data.timeout.p999Ms)}.`}
        </p>
      </Section>
      {!noFailures && <ErrorGroups id={id} />}
      {!noFailures && (
        <div class="two">
          <ErrorTypes data={data} />
          <RootCauses data={data} id={id} />
        </div>
      )}
      <LatestErrors rows={data.examples} />
      {data.examples.length > 0 && (
        <Section title="Latest failures">
          <InvocationTable rows={data.examples} />
        </Section>
      )}
    </>
  );
}

function unusedNote({ n, initMs, usd: cost, unpriced }: FailuresAnswer['cost']['unusedInits']): string {
  const time = initMs === null ? '' : `, ${duration(initMs)} of init`;
  const price = cost === null ? '' : `, ${usd(cost)}`;
  const rest =
    n === 0 || unpriced === 0
      ? ''
      : unpriced === n
        ? ', cost not known'
        : ` without ${count(unpriced)} of unknown cost`;
  return `environments${time}${price}${rest}`;
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
      description={`${plural(data.failures, 'failure')} in ${count(data.invocations)} invocations.`}
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

/** The largest groups of the function's failures; the others are on the page Errors. */
function ErrorGroups({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('listErrors', { query: { ...view.rangeQuery, function: id, limit: 10 } });
  if (answer.data === null || answer.data.items.length === 0)
    return <ErrorBanner result={answer} what="groups of failures" />;
  const { items, total } = answer.data;
  return (
    <Section
      title="Groups"
      aside={
        <a href={hrefTo('/errors', { function: id })}>
          {total > items.length ? `All ${count(total)}` : 'On the page Errors'}
        </a>
      }
    >
      <DataTable
        label="Groups of failures"
        columns={[
          { title: 'Failure' },
          { title: 'Failures', number: true },
          { title: 'Last seen' },
          { title: 'State' },
        ]}
        rows={items.map((group) => [
          <ErrorTitle group={group} />,
          count(group.failures),
          <span class="mono">{time(group.lastAt, view.zone)}</span>,
          <ErrorStateBadge state={group.state} />,
        ])}
      />
    </Section>
  );
}

function ErrorTypes({ data }: { readonly data: FailuresAnswer }) {
  return (
    <Section title="Error types">
      <DataTable
        label="Error types"
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
      {data.truncated && <p class="soft small">Only the newest failures were analysed one by one.</p>}
    </Section>
  );
}

/** Requests that ran several times, whether or not an attempt is known to have failed. */
function Retried({ data }: { readonly data: FailuresAnswer }) {
  const { zone } = useView();
  const { retried, unexplained, most } = data.retries;
  if (retried === 0) return null;
  return (
    <>
      <p>
        {plural(retried, 'request')} ran several times.
        {unexplained > 0 &&
          ` ${count(unexplained)} of them without an attempt that is known to have failed: the lines that report it did not arrive, or the sender repeated the event.`}
      </p>
      <DataTable
        label="Requests with the most attempts"
        columns={[
          { title: 'Request' },
          { title: 'Attempts', number: true },
          { title: 'Known to have failed', number: true },
          { title: 'Last attempt' },
        ]}
        rows={most.slice(0, 10).map((row) => [
          <a class="mono" href={hrefTo(`/invocations/${encodeURIComponent(row.requestId)}`)}>
            {visible(row.requestId.slice(0, 13))}…
          </a>,
          count(row.attempts),
          count(row.failed),
          time(row.lastAt, zone),
        ])}
      />
    </>
  );
}

/** What the runtime said about the latest failures; equal messages once. */
function LatestErrors({ rows }: { readonly rows: FailuresAnswer['examples'] }) {
  const withMessage = rows.filter((row) => row.errorMessage !== null);
  const latest = [
    ...new Map(withMessage.toReversed().map((row) => [`${row.errorType}: ${row.errorMessage}`, row])).values(),
  ];
  if (latest.length === 0) return null;
  return (
    <Section title="Latest errors">
      {latest.toReversed().map((row) => (
        <div>
          <p>
            <StatusBadge status={row.status} /> <strong>{visible(row.errorType ?? 'Error')}</strong>{' '}
            {visible(row.errorMessage ?? '')}{' '}
            <a href={hrefTo(`/invocations/${encodeURIComponent(row.requestId)}`)}>Log lines</a>
          </p>
          {row.errorStack.length > 0 && <pre class="small">{visible(row.errorStack.join('\n'))}</pre>}
        </div>
      ))}
    </Section>
  );
}

function RootCauses({ data, id }: { readonly data: FailuresAnswer; readonly id: string }) {
  const { zone } = useView();
  return (
    <Section title="Root causes">
      <ul class="reasons">
        <li>
          {data.suspectedOutOfMemory === 0
            ? 'No environment disappeared with its memory full.'
            : `${plural(data.suspectedOutOfMemory, 'environment')} disappeared after an invocation that used all memory (suspected out of memory).`}
        </li>
        <li>
          {data.doomLoops.length === 0 ? (
            'No doom loops.'
          ) : (
            <>
              {plural(data.doomLoops.length, 'environment')} in a <Term name="doom loop">doom loop</Term>: failed and
              re-initialised up to {count(Math.max(...data.doomLoops.map((loop) => loop.inits)))} times, most recently
              at {time(data.doomLoops[0]?.lastAt ?? null, zone)}.
            </>
          )}
        </li>
        <li>
          {data.retries.poison.length === 0
            ? 'No request failed in all attempts.'
            : `${plural(data.retries.poison.length, 'request')} failed in all attempts:`}
        </li>
      </ul>
      <Retried data={data} />
      {data.retries.poison.length > 0 && (
        <DataTable
          label="Requests that failed in all attempts"
          columns={[
            { title: 'Request' },
            { title: 'Attempts', number: true },
            { title: 'Last attempt' },
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
