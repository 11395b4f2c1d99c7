import type { AnswerOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { count, time, visible } from '../../format.ts';
import { clausesText } from '../../i18n/lists.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, t, translated } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';
import { metricValue } from './metric-values.ts';

type PlatformMetricsAnswer = AnswerOf<'getPlatformMetrics'>;
type Item = PlatformMetricsAnswer['items'][number];
type Comparison = PlatformMetricsAnswer['errors'];
type Reason = Comparison['reasons'][number];

/** Compared with ours below, in place of a chart. */
const COMPARED = new Set(['Invocations', 'Errors']);

/** What each counts or measures, in a sentence. */
const MEANINGS: Readonly<Record<string, Message>> = {
  Throttles: message(
    'Requests that were refused because no concurrency was left. They run no code, so log lines do not show them.',
  ),
  ConcurrentExecutions: message(
    'Most invocations that ran at the same time. CloudWatch counts environments that initialise as well, so that it may be above the peak computed from log lines.',
  ),
  IteratorAge: message('Age of the newest record of a stream when the function received it: how far it is behind.'),
  OffsetLag: message('Records of a Kafka topic that the function has not read yet.'),
  AsyncEventsReceived: message('Events that were queued for asynchronous invocation.'),
  AsyncEventAge: message('Longest time between queueing an event and invoking the function with it.'),
  AsyncEventsDropped: message('Events that were given up without a successful invocation.'),
  DeadLetterErrors: message('Events that could not be sent to the dead-letter queue.'),
  DestinationDeliveryFailures: message('Results that could not be sent to the destination.'),
  RecursiveInvocationsDropped: message('Invocations that Lambda stopped because the function calls itself in a loop.'),
  ProvisionedConcurrencySpilloverInvocations: message(
    'Invocations that ran on on-demand concurrency because all provisioned concurrency was in use.',
  ),
  ProvisionedConcurrencyUtilization: message('Largest share of the provisioned concurrency in use.'),
};

/** Throttles, concurrency, ages and lost events, and CloudWatch's counts beside those of log lines. */
export function PlatformMetrics({ id }: { readonly id: string }) {
  const view = useView();
  const markers = useMarkers(id);
  const answer = useQuery('getPlatformMetrics', { params: { id }, query: view.rangeQuery });
  const { data } = answer;
  return (
    <>
      <ErrorBanner result={answer} what={t('CloudWatch metrics')} />
      {data !== null && data.reason !== null && <NotConnected reason={data.reason} />}
      {data !== null && data.reason === null && <Compared data={data} />}
      {data !== null && data.reason === null && data.items.length === 0 && (
        <Section title={t('CloudWatch metrics')}>
          <p class="soft">
            {data.lastAt === null
              ? t('No points of this function in this time range. CloudWatch sends none while nothing happens.')
              : t(
                  'No points of this function in this time range; the newest is of {time}. CloudWatch sends none while nothing happens.',
                  { time: time(data.lastAt, view.zone) },
                )}
          </p>
        </Section>
      )}
      {data !== null && (
        <div class="two">
          {data.items
            .filter(({ name }) => !COMPARED.has(name))
            .map((item) => (
              <MetricChart key={item.name} item={item} data={data} source={answer.source} markers={markers} />
            ))}
        </div>
      )}
    </>
  );
}

function NotConnected({ reason }: { readonly reason: NonNullable<PlatformMetricsAnswer['reason']> }) {
  return (
    <Section title={t('CloudWatch metrics')}>
      <p>
        {reason === 'needs-metric-stream'
          ? t(
              'Throttles, concurrency, the age of events and lost events need a metric stream, or THERMOCLINE_PULL_METRICS=on: no log line contains them.',
            )
          : t(
              'Metrics of other functions came, but none of this one: the metric stream may not include it, or it was not invoked since.',
            )}
      </p>
      <p>
        <a class="button primary" href={hrefTo('/connect', { kit: 'metrics' })}>
          {t('Connect a metric stream')}
        </a>
      </p>
    </Section>
  );
}

function MetricChart({
  item,
  data,
  source,
  markers,
}: {
  readonly item: Item;
  readonly data: PlatformMetricsAnswer;
  readonly source: string;
  readonly markers: ReturnType<typeof useMarkers>;
}) {
  const { zone } = useView();
  const isSum = item.statistic === 'sum';
  const value = metricValue(item.value, item.unit);
  const total = isSum ? t('Total: {value}.', { value }) : t('Largest: {value}.', { value });
  const meaning = MEANINGS[item.name];
  return (
    <TimeSeriesPanel
      title={item.name}
      description={meaning === undefined ? total : `${translated(meaning)} ${total}`}
      table={{
        columns: [t('Time'), item.name, t('Samples')],
        rows: item.points.map((point) => [time(point.at, zone), point.value, point.n]),
      }}
      source={source}
      span={data.range}
      kind={isSum ? 'bar' : 'line'}
      fractional={item.points.some((point) => point.value !== null && !Number.isInteger(point.value))}
      yTitle={isSum ? t('sum') : t('maximum')}
      formatY={(y) => metricValue(y, item.unit)}
      markers={markers}
      series={[
        {
          label: item.name,
          colour: 'chart-1',
          points: item.points.map((point) => ({ x: Date.parse(point.at), y: point.value })),
        },
      ]}
    />
  );
}

const REASONS: Readonly<Record<Reason, Message>> = {
  'not-over': message('lines and points of the newest time still arrive'),
  'stream-delayed': message('no points came for more than ten minutes'),
  'points-missing': message('CloudWatch counts less than the lines show: points are missing'),
  'lines-missing': message('log lines of some invocations were not received'),
  'errors-not-in-lines': message('errors of some invocations cannot be told from their lines'),
  'another-hour': message('CloudWatch counts an invocation when it starts, and lines when it ends'),
  'not-known': message('the reason is not known'),
};

/** CloudWatch's counts and ours. Where they differ, our figures are incomplete: this says by how much, and why. */
function Compared({ data }: { readonly data: PlatformMetricsAnswer }) {
  const { zone } = useView();
  const rows = [
    [t('Invocations'), data.invocations],
    [t('Errors'), data.errors],
  ] as const;
  const differing = rows.flatMap(([name, { parts }]) =>
    parts.filter(({ reason }) => reason !== null).map((part) => ({ name, ...part })),
  );
  return (
    <Section title={t('CloudWatch counts compared with ours')}>
      <DataTable
        label={t('Counts of CloudWatch and of log lines')}
        columns={[
          { title: t('Metric') },
          { title: 'CloudWatch', number: true },
          { title: t('Log lines'), number: true },
          { title: t('Share'), number: true },
        ]}
        rows={rows.map(([name, { aws, ours, share }]) => [name, count(aws), count(ours), metricValue(share, 'ratio')])}
      />
      <ul class="reasons">
        {rows.map(([name, { aws, ours, reasons }]) => (
          <li>
            {t('{metric}: {reason}.', {
              metric: name,
              reason: reasons.length === 0 ? unknownOrEqual({ aws, ours }) : sentence(reasons),
            })}
          </li>
        ))}
      </ul>
      {differing.length > 0 && (
        <details>
          <summary class="small">{t('Times at which they differ ({n})', { n: count(differing.length) })}</summary>
          <DataTable
            label={t('Times at which the counts differ')}
            columns={[
              { title: t('Time') },
              { title: t('Metric') },
              { title: 'CloudWatch', number: true },
              { title: t('Log lines'), number: true },
              { title: t('Why') },
            ]}
            rows={differing
              .toReversed()
              .slice(0, MOST_SHOWN)
              .map(({ name, at, aws, ours, reason }) => [
                time(at, zone),
                name,
                count(aws),
                count(ours),
                reason === null ? '' : translated(REASONS[reason]),
              ])}
          />
        </details>
      )}
    </Section>
  );
}

const MOST_SHOWN = 100;

function unknownOrEqual({ aws, ours }: Pick<Comparison, 'aws' | 'ours'>): string {
  if (aws === null) return t('no points came in this time range');
  return ours === null ? t('no lines came in this time range') : t('the counts are equal');
}

function sentence(reasons: readonly Reason[]): string {
  return visible(clausesText(reasons.map((reason) => translated(REASONS[reason]))));
}
