import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { count, plural, seconds, usd } from '../../../ingest/text/quantities.ts';
import type { MonthCostAnswer } from '../../../server/http/contract/month-cost.ts';
import type { OverviewAnswer } from '../../../server/http/contract/overview.ts';
import { PAGES } from '../../../server/http/contract/pages.ts';
import type { RecommendationsAnswer } from '../../../server/http/contract/recommendations.ts';
import type { QueryResult } from '../../api/use-query.ts';
import { useQuery } from '../../api/use-query.ts';
import { SimulatedBadge } from '../../components/badges.tsx';
import { PriceAssumptions } from '../../components/price-assumptions.tsx';
import { ErrorBanner, Freshness, NoDataState } from '../../components/query-states.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { UnknownErrors } from '../../components/unknown-errors.tsx';
import { WithoutStream } from '../../components/without-stream.tsx';
import { hrefTo } from '../../state/location.ts';
import type { Marker } from '../../state/markers.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';
import { localZone } from '../../state/zone.ts';
import { Attention, useRecommendations } from './attention.tsx';
import { Tiles } from './tiles.tsx';

/** Fleet health at a glance: what needs attention, totals, invocations and cold starts over time, top functions. */
export function Overview() {
  const view = useView();
  const { account, region } = view.filters;
  const answer = useQuery('getOverview', { query: { ...view.rangeQuery, account, region, previous: 'true' } });
  const data = answer.data;
  const recommendations = useRecommendations();
  const timeZone = view.zone === 'utc' ? 'UTC' : view.zone === 'local' ? localZone() : view.zone;
  const month = useQuery('getMonthCost', { query: { timeZone } });
  return (
    <>
      <div class="title">
        <h1>{PAGES.overview.title}</h1>
        {data?.top.invocations.some((row) => row.id.startsWith('000000000000:')) && <SimulatedBadge />}
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what="the overview" />
      {data !== null && data.invocations === 0 && <NoDataState what="invocations" />}
      {data !== null && data.invocations > 0 && (
        <OverviewContent data={data} recommendations={recommendations} month={month.data} source={answer.source} />
      )}
    </>
  );
}

function OverviewContent({
  data,
  recommendations,
  month,
  source,
}: {
  readonly data: OverviewAnswer;
  readonly recommendations: QueryResult<RecommendationsAnswer>;
  readonly month: MonthCostAnswer | null;
  readonly source: string;
}) {
  const markers = useMarkers(null);
  return (
    <>
      <Attention data={data} recommendations={recommendations} />
      <Tiles data={data} month={month} />
      <div class="two">
        <InvocationsChart data={data} source={source} markers={markers} />
        <ColdChart data={data} source={source} markers={markers} />
      </div>
      <div class="two">
        <TopFunctions title="Most cold-start time" rows={data.top.coldStartSeconds} format={seconds} />
        <TopFunctions title="Most expensive" rows={data.top.costUsd} format={usd} />
      </div>
      <PriceAssumptions sentences={data.priceAssumptions} />
      <UnknownErrors rate={data.errorRate} />
      {data.costReason !== null && (
        <p class="soft small" role="note">
          Cost: {data.costReason}.
        </p>
      )}
      <WithoutStream found={data.withoutStream} />
    </>
  );
}

interface FleetChartProps {
  readonly data: OverviewAnswer;
  readonly source: string;
  readonly markers: readonly Marker[];
}

function InvocationsChart({ data, source, markers }: FleetChartProps) {
  return (
    <TimeSeriesPanel
      title="Invocations and errors"
      description={`${plural(data.invocations, 'invocation')}, ${count(data.errors)} failed, per ${bucket(data.range.bucketMs)}. Drag to zoom.`}
      table={{
        columns: ['at', 'invocations', 'errors'],
        rows: data.series.map((point) => [point.at, point.invocations, point.errors]),
      }}
      source={source}
      markers={markers}
      kind="bar"
      span={data.range}
      stacked
      yTitle="invocations"
      formatY={count}
      series={[
        {
          label: 'succeeded',
          colour: 'chart-1',
          points: data.series.map((point) => ({ x: Date.parse(point.at), y: point.invocations - point.errors })),
        },
        {
          label: 'failed',
          colour: 'chart-bad',
          points: data.series.map((point) => ({ x: Date.parse(point.at), y: point.errors })),
        },
      ]}
    />
  );
}

function ColdChart({ data, source, markers }: FleetChartProps) {
  return (
    <TimeSeriesPanel
      title="Cold starts"
      description={coldText(data)}
      table={{
        columns: ['at', 'coldStarts', 'userFelt', 'withoutStream', 'coldStartSeconds'],
        rows: data.series.map((point) => [
          point.at,
          point.coldStarts,
          point.userFeltColdStarts,
          point.coldStartsWithoutStream,
          point.coldStartSeconds,
        ]),
      }}
      source={source}
      markers={markers}
      kind="bar"
      span={data.range}
      stacked
      yTitle="cold starts"
      formatY={count}
      series={[
        {
          label: 'user-felt',
          colour: 'chart-2',
          points: data.series.map((point) => ({ x: Date.parse(point.at), y: point.userFeltColdStarts })),
        },
        {
          label: 'no caller waited',
          colour: 'grey',
          points: data.series.map((point) => ({
            x: Date.parse(point.at),
            y: point.coldStarts - (point.userFeltColdStarts ?? 0) - point.coldStartsWithoutStream,
          })),
        },
        ...(data.withoutStream === null ? [] : [withoutStreamSeries(data)]),
      ]}
    />
  );
}

function coldText({ coldStarts, userFeltColdStarts, withoutStream }: OverviewAnswer): string {
  const felt = userFeltColdStarts === null ? '' : `, ${count(userFeltColdStarts)} user-felt`;
  return `${plural(coldStarts, 'cold start')}${felt}.${withoutStream === null ? '' : ` ${withoutStream.reason}.`}`;
}

/** Cold starts of which it is not known whether a caller waited. */
function withoutStreamSeries({ series }: OverviewAnswer) {
  const points = series.map((point) => ({ x: Date.parse(point.at), y: point.coldStartsWithoutStream }));
  return { label: 'log stream unknown', colour: 'chart-3', points } as const;
}

function TopFunctions({
  title,
  rows,
  format,
}: {
  readonly title: string;
  readonly rows: OverviewAnswer['top']['invocations'];
  readonly format: (value: number) => string;
}) {
  return (
    <section class="panel" aria-label={title}>
      <div class="head">
        <h2>{title}</h2>
      </div>
      {rows.length === 0 ? (
        <p class="soft">None in this time range.</p>
      ) : (
        <table>
          <tbody>
            {rows.map((row) => (
              <tr>
                <td>
                  <a href={hrefTo(`/functions/${encodeURIComponent(row.id)}`)}>{row.name}</a>
                </td>
                <td class="number">{format(row.value)}</td>
                <td class="number soft">n={count(row.n)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function bucket(widthMs: number): string {
  if (widthMs >= DAY_MS) return `${widthMs / DAY_MS} d`;
  return widthMs >= HOUR_MS ? `${widthMs / HOUR_MS} h` : `${widthMs / 60_000} min`;
}
