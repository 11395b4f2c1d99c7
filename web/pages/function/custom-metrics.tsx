import type { MetricPointsAnswer, MetricSeriesAnswer } from '../../../server/http/contract/metrics.ts';
import { useQuery } from '../../api/use-query.ts';
import type { Colour } from '../../charts/chart-types.ts';
import { DataTable } from '../../components/data-table.tsx';
import { FirstAnswer } from '../../components/first-answer.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { count, time, visible } from '../../format.ts';
import { clausesText, listText } from '../../i18n/lists.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, t, translated } from '../../i18n/translate.ts';
import { setSearchParams } from '../../state/location.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';
import { metricValue } from './metric-values.ts';

const STATISTICS = ['average', 'sum', 'min', 'max', 'count', 'p50', 'p90', 'p95', 'p99'] as const;
const MOST_SERIES = 500;
/** Groups that one chart shows: more colours are not told apart. */
const MOST_GROUPS = 3;
const COLOURS: readonly Colour[] = ['chart-1', 'chart-2', 'chart-3'];

/** A metric by its name, with the dimensions of its series. */
interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string | null;
  readonly dimensions: readonly string[];
  readonly series: number;
}

/** Metrics that the function prints in its log lines. */
export function CustomMetrics({ id }: { readonly id: string }) {
  const answer = useQuery('listMetrics', { query: { function: id, source: 'emf', limit: MOST_SERIES } });
  const { data } = answer;
  if (data === null) return <FirstAnswer result={answer} what={t('custom metrics')} />;
  const metrics = metricsOf(data);
  return (
    <>
      <ErrorBanner result={answer} what={t('custom metrics')} />
      {metrics.length === 0 ? (
        <Section title={t('Custom metrics')}>
          <p class="soft">
            {t(
              'None: no line of this function was in the embedded metric format (EMF), which Powertools and the libraries of AWS print.',
            )}
          </p>
        </Section>
      ) : (
        <Chosen id={id} metrics={metrics} isCut={data.nextCursor !== null} />
      )}
      {data.dropped.length > 0 && <Dropped data={data} />}
    </>
  );
}

function metricsOf({ items }: MetricSeriesAnswer): readonly Metric[] {
  const byName = new Map<string, Metric>();
  for (const { namespace, name, unit, dimensions } of items) {
    const key = JSON.stringify([namespace, name]);
    const known = byName.get(key);
    const names = new Set([...(known?.dimensions ?? []), ...Object.keys(dimensions)]);
    byName.set(key, {
      namespace,
      name,
      unit: known?.unit ?? unit,
      dimensions: [...names].toSorted((a, b) => a.localeCompare(b)),
      series: (known?.series ?? 0) + 1,
    });
  }
  return [...byName.values()];
}

function Chosen({
  id,
  metrics,
  isCut,
}: {
  readonly id: string;
  readonly metrics: readonly Metric[];
  readonly isCut: boolean;
}) {
  const view = useView();
  const wanted = view.query.get('metric');
  const metric = metrics.find((one) => keyOf(one) === wanted) ?? metrics[0];
  const statistic = STATISTICS.find((one) => one === view.query.get('statistic')) ?? 'average';
  const by = metric?.dimensions.find((one) => one === view.query.get('by')) ?? null;
  const groupBy = by === null ? {} : { groupBy: `dimension:${by}` };
  const answer = useQuery('getMetricPoints', {
    query: {
      ...view.rangeQuery,
      function: id,
      source: 'emf',
      namespace: metric?.namespace ?? '',
      name: metric?.name ?? '',
      statistic,
      limit: MOST_GROUPS,
      ...groupBy,
    },
  });
  if (metric === undefined) return null;
  return (
    <>
      <Section title={t('Custom metrics')}>
        <div class="controls">
          <label class="small">
            {t('metric')}{' '}
            <select
              value={keyOf(metric)}
              onChange={(event) => setSearchParams({ metric: event.currentTarget.value, by: null })}
            >
              {metrics.map((one) => (
                <option value={keyOf(one)}>{visible(`${one.namespace} / ${one.name}`)}</option>
              ))}
            </select>
          </label>
          <label class="small">
            {t('statistic')}{' '}
            <select value={statistic} onChange={(event) => setSearchParams({ statistic: event.currentTarget.value })}>
              {STATISTICS.map((one) => (
                <option value={one}>{statisticName(one)}</option>
              ))}
            </select>
          </label>
          <label class="small">
            {t('by')}{' '}
            <select value={by ?? ''} onChange={(event) => setSearchParams({ by: event.currentTarget.value || null })}>
              <option value="">{t('nothing')}</option>
              {metric.dimensions.map((one) => (
                <option value={one}>{visible(one)}</option>
              ))}
            </select>
          </label>
        </div>
        <p class="soft small">
          {isCut
            ? t(
                '{n, plural, one {# metric} other {# metrics}}, of the first {most} series, from lines in the embedded metric format (EMF).',
                { n: metrics.length, most: count(MOST_SERIES) },
              )
            : t('{n, plural, one {# metric} other {# metrics}}, from lines in the embedded metric format (EMF).', {
                n: metrics.length,
              })}
        </p>
      </Section>
      <ErrorBanner result={answer} what={t('the values of this metric')} />
      {answer.data !== null && <Values data={answer.data} metric={metric} source={answer.source} id={id} />}
    </>
  );
}

function keyOf({ namespace, name }: Pick<Metric, 'namespace' | 'name'>): string {
  return JSON.stringify([namespace, name]);
}

type Group = MetricPointsAnswer['groups'][number];

function Values({
  data,
  metric,
  source,
  id,
}: {
  readonly data: MetricPointsAnswer;
  readonly metric: Metric;
  readonly source: string;
  readonly id: string;
}) {
  const { zone } = useView();
  const markers = useMarkers(id);
  const { groups, statistic } = data;
  const unit = statistic === 'count' ? null : data.unit;
  const title = visible(`${metric.namespace} / ${metric.name}`);
  if (groups.every(({ n }) => n === 0))
    return (
      <Section title={title}>
        <p class="soft">{t('No values in this time range.')}</p>
      </Section>
    );
  const labelOf = ({ group }: Group): string => (group === null ? statisticName(statistic) : visible(group));
  const isSum = statistic === 'sum' || statistic === 'count';
  const times = groups[0]?.points.map(({ at }) => at) ?? [];
  return (
    <TimeSeriesPanel
      title={title}
      description={[...groups.map((group) => summary(group, labelOf(group), unit)), ...notesOf(data)].join(' ')}
      table={{
        columns: [t('Time'), ...groups.flatMap((group) => [labelOf(group), 'n'])],
        rows: times.map((at, place) => [
          time(at, zone),
          ...groups.flatMap(({ points }) => [points[place]?.value ?? null, points[place]?.n ?? 0]),
        ]),
      }}
      source={source}
      span={data.range}
      kind={isSum && groups.length === 1 ? 'bar' : 'line'}
      fractional={groups.some((group) => group.points.some(({ value }) => value !== null && !Number.isInteger(value)))}
      yTitle={unit === null || unit === 'None' ? statisticName(statistic) : `${statisticName(statistic)}, ${unit}`}
      formatY={(value) => metricValue(value, unit)}
      markers={markers}
      series={groups.slice(0, MOST_GROUPS).map((group, at) => ({
        label: labelOf(group),
        colour: COLOURS[at] ?? 'grey',
        points: group.points.map(({ at: start, value }) => ({ x: Date.parse(start), y: value })),
      }))}
    />
  );
}

/** Percentiles have the same name in all languages. */
const STATISTIC_NAMES: Readonly<Record<string, Message>> = {
  average: message('average'),
  sum: message('sum'),
  min: message('min'),
  max: message('max'),
  count: message('count'),
};

function statisticName(statistic: string): string {
  const name = STATISTIC_NAMES[statistic];
  return name === undefined ? statistic : translated(name);
}

const REASONS: Readonly<Record<NonNullable<Group['reason']>, Message>> = {
  'no-values': message('the lines state no values'),
  'not-stated': message('some points do not state it'),
  'percentiles-not-stated': message('CloudWatch states no percentiles of longer times'),
  'negative-values': message('percentiles of negative values are not kept'),
  'too-large': message('the values are beyond the range of numbers'),
};

function summary({ value, n, reason, series }: Group, label: string, unit: string | null): string {
  const known =
    reason === null
      ? metricValue(value, unit)
      : t('not known, because {reason}', { reason: translated(REASONS[reason]) });
  return t('{label}: {known}, of {n, plural, one {# value} other {# values}} in {series} series.', {
    label,
    known,
    n,
    series,
  });
}

/** What matches as well and is not in the figures. */
function notesOf({ others, truncated }: MetricPointsAnswer): readonly string[] {
  const notes: string[] = [];
  if (truncated) notes.push(t('Only the {n} groups with the most values are shown.', { n: MOST_GROUPS }));
  if (others.units.length > 0)
    notes.push(
      t('Not included: values in {units}.', {
        units: listText(others.units.map((unit) => visible(unit ?? t('no unit')))),
      }),
    );
  if (others.dimensions.length > 0) {
    const sets = others.dimensions.map((names) => (names.length === 0 ? t('none') : names.map(visible).join(' + ')));
    notes.push(
      t('Not included, since they count the same values again: series with the dimensions {sets}.', {
        sets: clausesText(sets),
      }),
    );
  }
  return notes;
}

const DROPPED: Readonly<Record<MetricSeriesAnswer['dropped'][number]['reason'], Message>> = {
  'series-of-function': message('the function has as many series as are kept'),
  'series-of-namespace': message('the namespace has as many series as are kept'),
  'series-in-all': message('there are as many series as are kept in all'),
  'request-id': message('a dimension is the id of the request, which would be a series for each'),
  'text-too-long': message('a name or a dimension is too long'),
  'period-too-long': message('a period of more than an hour'),
  'not-a-number': message('not a number'),
};

function Dropped({ data }: { readonly data: MetricSeriesAnswer }) {
  const { zone } = useView();
  return (
    <Section title={t('Values that were not stored')}>
      <p class="soft small">
        {t('At most {one} series of a function are kept, and {all} in all.', {
          one: count(data.limits.ofOne),
          all: count(data.limits.inAll),
        })}
      </p>
      <DataTable
        label={t('Values that were not stored')}
        columns={[
          { title: t('Metric') },
          { title: t('Why') },
          { title: t('Values'), number: true, values: data.dropped.map((one) => one.values) },
          { title: t('Last'), values: data.dropped.map((one) => one.lastAt) },
        ]}
        rows={data.dropped.map(({ namespace, name, reason, values, lastAt }) => [
          name === '' ? <span class="soft">{t('others')}</span> : visible(`${namespace} / ${name}`),
          translated(DROPPED[reason]),
          count(values),
          time(lastAt, zone),
        ])}
      />
    </Section>
  );
}
