import { DAY_MS, HOUR_MS, MINUTE_MS, WEEK_MS } from '../../../ingest/records/time.ts';
import type { OverviewAnswer } from '../../../server/http/contract/overview.ts';
import type { TimeseriesAnswer } from '../../../server/http/contract/timeseries.ts';
import { oneOf } from '../../api/one-of.ts';
import { useQuery } from '../../api/use-query.ts';
import { FirstAnswer } from '../../components/first-answer.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { duration } from '../../format.ts';
import { t } from '../../i18n/translate.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';
import { FindingRow } from '../overview/attention.tsx';
import { ColdChart, CostChart, InvocationsChart } from '../overview/charts.tsx';
import { earlierSeries } from '../overview/earlier.ts';
import { Tiles } from '../overview/tiles.tsx';

/** The Overview tab: the worst finding with its next step, totals against the period before, and all of it over time. */
export function FunctionOverview({ id }: { readonly id: string }) {
  const { rangeQuery } = useView();
  const markers = useMarkers(id);
  const answer = useQuery('getOverview', { query: { ...rangeQuery, function: id, previous: 'true' } });
  const data = answer.data;
  const durations = useDurations(id);
  const earlier = useEarlierDurations(id, data, durations.p50.data?.range.bucketMs ?? null);
  if (data === null) return <FirstAnswer result={answer} what={t('the figures of this function')} tiles={4} />;
  const [worst] = data.findingGroups;
  const charts = { data, source: answer.source, markers };
  return (
    <>
      <ErrorBanner result={answer} what={t('the figures of this function')} />
      {worst !== undefined && (
        <section class="panel attention-panel" aria-label={t('Worst finding')}>
          <ol class="attention">
            <FindingRow group={worst} />
          </ol>
        </section>
      )}
      <Tiles data={data} />
      <div class="two">
        <InvocationsChart {...charts} />
        <DurationChart answers={durations} earlier={earlier} markers={markers} />
      </div>
      <div class="two">
        <ColdChart {...charts} />
        <CostChart {...charts} />
      </div>
    </>
  );
}

const STATS = ['p50', 'p95', 'p99'] as const;
const COLOURS = { p50: 'chart-1', p95: 'chart-2', p99: 'chart-3' } as const;

/** Asked for with the other figures, so that the chart does not come after them. */
function useDurations(id: string) {
  const { rangeQuery } = useView();
  const of = (stat: (typeof STATS)[number]) =>
    useQuery('getFunctionTimeseries', { params: { id }, query: { ...rangeQuery, metric: 'durationMs', stat } });
  return { p50: of('p50'), p95: of('p95'), p99: of('p99') };
}

const INTERVALS = ['5m', '15m', '30m', '1h', '3h', '6h', '12h', '1d', '1w'] as const;

/** The same of the period before, in parts as wide; asked for where charts show it. */
function useEarlierDurations(id: string, data: OverviewAnswer | null, widthMs: number | null) {
  const { comparesPrevious } = useView();
  const previous = comparesPrevious && widthMs !== null ? (data?.previous ?? null) : null;
  const of = (stat: (typeof STATS)[number]) =>
    useQuery(
      'getFunctionTimeseries',
      previous === null
        ? null
        : {
            params: { id },
            query: {
              from: previous.range.from,
              to: previous.range.to,
              metric: 'durationMs',
              stat,
              interval: oneOf(INTERVALS, intervalOf(widthMs ?? 0)),
            },
          },
    );
  return { p50: of('p50'), p95: of('p95'), p99: of('p99'), from: previous?.range.from ?? null };
}

/** `30m`, `3h`, `1d` or `1w`, as the API names the width of parts. */
function intervalOf(widthMs: number): string {
  const [unitMs, unit] =
    widthMs >= WEEK_MS
      ? [WEEK_MS, 'w']
      : widthMs >= DAY_MS
        ? [DAY_MS, 'd']
        : widthMs >= HOUR_MS
          ? [HOUR_MS, 'h']
          : [MINUTE_MS, 'm'];
  return `${widthMs / unitMs}${unit}`;
}

function DurationChart({
  answers,
  earlier,
  markers,
}: {
  readonly answers: ReturnType<typeof useDurations>;
  readonly earlier: ReturnType<typeof useEarlierDurations>;
  readonly markers: ReturnType<typeof useMarkers>;
}) {
  const p50 = answers.p50.data;
  if (answers.p50.error !== null && p50 === null) return <ErrorBanner result={answers.p50} what={t('durations')} />;
  if (p50 === null) return <Skeleton />;
  const shown = STATS.map((stat) => ({ stat, points: pointsOf(answers[stat].data) }));
  const times = pointsOf(p50).map(({ at }) => at);
  const valueAt = (points: readonly Point[], at: string): number | null =>
    points.find((point) => point.at === at)?.value ?? null;
  return (
    <TimeSeriesPanel
      title={t('Duration')}
      description={t('Median, 95th and 99th percentile of each bucket; cold starts without their init.')}
      table={{
        columns: ['at', ...STATS],
        rows: times.map((at) => [at, ...shown.map(({ points }) => valueAt(points, at))]),
      }}
      source={answers.p95.source}
      markers={markers}
      kind="line"
      span={p50.range}
      yTitle={t('duration')}
      formatY={duration}
      series={[
        ...shown.map(({ stat, points }) => ({ label: stat, colour: COLOURS[stat], points: placed(points) })),
        ...shown.flatMap(({ stat, points }) => {
          const before = earlier[stat].data;
          if (before === null || earlier.from === null) return [];
          const shiftMs = Date.parse(p50.range.from) - Date.parse(before.range.from);
          const label = t('{stat} in the period before', { stat });
          return earlierSeries(label, COLOURS[stat], placed(points), placed(pointsOf(before)), shiftMs);
        }),
      ]}
    />
  );
}

type Point = TimeseriesAnswer['series'][number]['points'][number];

const placed = (points: readonly Point[]) => points.map(({ at, value }) => ({ x: Date.parse(at), y: value }));

function pointsOf(answer: TimeseriesAnswer | null): readonly Point[] {
  return answer?.series[0]?.points ?? [];
}
