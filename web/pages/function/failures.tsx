import { fixed, usd } from '../../../ingest/text/quantities.ts';
import type { FailuresAnswer } from '../../../server/http/contract/failures.ts';
import { useQuery } from '../../api/use-query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { FirstAnswer } from '../../components/first-answer.tsx';
import { InvocationTable } from '../../components/invocation-table.tsx';
import { PriceAssumptions } from '../../components/price-assumptions.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { Term } from '../../components/term.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { UnknownErrors } from '../../components/unknown-errors.tsx';
import { chosenLength, count, duration, errorNote, errorPercent, percent, time, visible } from '../../format.ts';
import { listText } from '../../i18n/lists.ts';
import { reasonText } from '../../i18n/reason.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, rich, t, translated } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';
import { ErrorStateBadge, ErrorTitle } from '../errors/error-cells.tsx';

const TIMEOUT: Readonly<Record<FailuresAnswer['timeout']['verdict'], readonly [label: Message, tone: string]>> = {
  'too-tight': [message('too tight'), 'bad'],
  'too-loose': [message('too loose'), 'warm'],
  fits: [message('fits'), 'good'],
  'insufficient-data': [message('insufficient data'), ''],
};

/** The Failures tab: rate, retries, cost, timeout check, groups, root causes and examples. */
export function Failures({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionFailures', { params: { id }, query: view.rangeQuery });
  const { source } = answer;
  const data = answer.data;
  if (data === null) return <FirstAnswer result={answer} what={t('failures')} tiles={4} />;
  const noFailures =
    data.failures === 0 &&
    data.initFailures.length === 0 &&
    data.suspectedOutOfMemory === 0 &&
    data.retries.retried === 0;
  return (
    <>
      <ErrorBanner result={answer} what={t('failures')} />
      <div class="tiles">
        <StatTile
          label={t('Failure rate')}
          value={errorPercent(data.rate)}
          note={t('of all invocations')}
          detail={errorNote(data.rate)}
        />
        <StatTile
          label={t('Recovered by retry')}
          value={
            data.retries.retried === 0
              ? '–'
              : t('{n} of {total}', { n: count(data.retries.recovered), total: count(data.retries.retried) })
          }
          note={t('requests with several attempts')}
        />
        <StatTile
          label={t('Cost of failures')}
          value={`${data.rate.unknown === null ? '' : '≥ '}${usd(data.cost.failedUsd)}`}
          note={t('{minutes} billed minutes', { minutes: fixed(data.cost.failedMinutes, 1) })}
        />
        <StatTile
          label={t('Unused inits')}
          value={count(data.cost.unusedInits.n)}
          note={unusedNote(data.cost.unusedInits)}
        />
      </div>
      <UnknownErrors rate={data.rate} />
      {noFailures ? (
        <EmptyState title={t('No failures in this time range')}>
          {data.rate.unknown === null && (
            <p>{t('The failure rate is below {high} with 95 % confidence.', { high: percent(data.rate.high) })}</p>
          )}
        </EmptyState>
      ) : (
        <FailureChart data={data} source={source} id={id} />
      )}
      <PriceAssumptions of={data} />
      <Section title={t('Timeout')}>
        <p>
          <span class={`badge ${TIMEOUT[data.timeout.verdict][1]}`}>
            {translated(TIMEOUT[data.timeout.verdict][0])}
          </span>{' '}
          {reasonText(data.timeout.reason, data.timeout.reasonCode)}
        </p>
        <p class="soft small">{timeoutText(data.timeout)}</p>
      </Section>
      {!noFailures && <ErrorGroups id={id} />}
      {!noFailures && <RootCauses data={data} />}
      {data.examples.length > 0 && (
        <Section title={t('Latest failures')}>
          <InvocationTable rows={data.examples} sorting="here" />
        </Section>
      )}
    </>
  );
}

function unusedNote({ n, initMs, usd: cost, unpriced }: FailuresAnswer['cost']['unusedInits']): string {
  const rest =
    n === 0 || unpriced === 0
      ? null
      : unpriced === n
        ? t('cost not known')
        : t('{n} of unknown cost', { n: count(unpriced) });
  const parts = [
    t('environments'),
    initMs === null ? null : t('{duration} of init', { duration: duration(initMs) }),
    cost === null ? null : usd(cost),
    rest,
  ];
  return listText(parts.filter((part) => part !== null));
}

function timeoutText({ timeoutMs, source }: FailuresAnswer['timeout']): string {
  if (timeoutMs === null) return t('Timeout unknown. Import the inventory, or wait until an invocation times out.');
  const values = { timeout: chosenLength(timeoutMs) };
  return source === 'inventory'
    ? t('Timeout {timeout}, from the inventory.', values)
    : t('Timeout {timeout}, from invocations that timed out.', values);
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
      title={t('Failures over time')}
      description={t('{n, plural, one {# failure} other {# failures}} in {total} invocations.', {
        n: data.failures,
        total: count(data.invocations),
      })}
      table={{
        columns: ['at', 'invocations', 'timeouts', 'outOfMemory', 'errors', 'exits'],
        rows: data.series.map((row) => [row.at, row.invocations, row.timeouts, row.outOfMemory, row.errors, row.exits]),
      }}
      source={source}
      markers={markers}
      kind="bar"
      span={data.range}
      stacked
      yTitle={t('failed invocations')}
      formatY={count}
      series={[
        { label: t('timeouts'), colour: 'chart-bad', points: points((row) => row.timeouts) },
        { label: t('out of memory'), colour: 'chart-3', points: points((row) => row.outOfMemory) },
        { label: t('errors'), colour: 'chart-2', points: points((row) => row.errors) },
        { label: t('exits'), colour: 'grey', points: points((row) => row.exits) },
      ]}
    />
  );
}

/** The largest groups of the function's failures; the others are on the page Errors. */
function ErrorGroups({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('listErrors', { query: { ...view.rangeQuery, function: id, limit: 10 } });
  if (answer.data === null || answer.data.items.length === 0)
    return <ErrorBanner result={answer} what={t('groups of failures')} />;
  const { items, total } = answer.data;
  return (
    <Section
      title={t('Groups')}
      aside={
        <a href={hrefTo('/errors', { function: id })}>
          {total > items.length ? t('All {n}', { n: count(total) }) : t('On the page Errors')}
        </a>
      }
    >
      <DataTable
        label={t('Groups of failures')}
        columns={[
          { title: t('Failure') },
          { title: t('Failures'), number: true, values: items.map((group) => group.failures) },
          { title: t('Last seen'), values: items.map((group) => group.lastAt) },
          { title: t('State') },
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

/** Requests that ran several times, whether or not an attempt is known to have failed. */
function Retried({ data }: { readonly data: FailuresAnswer }) {
  const { zone } = useView();
  const { retried, unexplained, most } = data.retries;
  if (retried === 0) return null;
  return (
    <>
      <p>
        {t('{n, plural, one {# request} other {# requests}} ran several times.', { n: retried })}{' '}
        {unexplained > 0 &&
          t(
            '{n} of them without an attempt that is known to have failed: the lines that report it did not arrive, or the sender repeated the event.',
            { n: count(unexplained) },
          )}
      </p>
      {/* Others are among the latest failures. */}
      {unexplained > 0 && (
        <DataTable
          label={t('Requests with the most attempts')}
          columns={[
            { title: t('Request') },
            { title: t('Attempts'), number: true },
            { title: t('Known to have failed'), number: true },
            { title: t('Last attempt') },
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
      )}
    </>
  );
}

function RootCauses({ data }: { readonly data: FailuresAnswer }) {
  const { zone } = useView();
  return (
    <Section title={t('Root causes')}>
      <ul class="reasons">
        <li>
          {data.suspectedOutOfMemory === 0
            ? t('No environment disappeared with its memory full.')
            : t(
                '{n, plural, one {# environment} other {# environments}} disappeared after an invocation that used all memory (suspected out of memory).',
                { n: data.suspectedOutOfMemory },
              )}
        </li>
        {data.initFailures.map((row) => (
          <li key={`${row.status} ${row.errorType}`}>
            {t('{n, plural, one {# init} other {# inits}} ended with {status}, {type}.', {
              n: row.n,
              status: visible(row.status),
              type: visible(row.errorType ?? t('without an error type')),
            })}
          </li>
        ))}
        {data.truncated && <li>{t('Only the newest failures were analysed one by one.')}</li>}
        <li>
          {data.doomLoops.length === 0
            ? t('No crash loops.')
            : rich(
                '{n, plural, one {# environment} other {# environments}} in a <term>crash loop</term>: failed and re-initialised up to {times} times, most recently at {time}.',
                {
                  n: data.doomLoops.length,
                  times: count(Math.max(...data.doomLoops.map((loop) => loop.inits))),
                  time: time(data.doomLoops[0]?.lastAt ?? null, zone),
                  term: (content) => <Term name="crash loop">{content}</Term>,
                },
              )}
        </li>
        <li>
          {data.retries.poison.length === 0
            ? t('No request failed in all attempts.')
            : t('{n, plural, one {# request} other {# requests}} failed in all attempts:', {
                n: data.retries.poison.length,
              })}
        </li>
      </ul>
      <Retried data={data} />
      {data.retries.poison.length > 0 && (
        <p>
          {data.retries.poison.slice(0, 10).map(({ requestId }) => (
            <>
              <a class="mono" href={hrefTo(`/invocations/${encodeURIComponent(requestId)}`)}>
                {requestId.slice(0, 13)}…
              </a>{' '}
            </>
          ))}
        </p>
      )}
    </Section>
  );
}
