/** Charts of the overview of the fleet and of one function. */
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { count, plural, usd } from '../../../ingest/text/quantities.ts';
import type { OverviewAnswer } from '../../../server/http/contract/overview.ts';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import type { Marker } from '../../state/markers.ts';

interface FleetChartProps {
  readonly data: OverviewAnswer;
  readonly source: string;
  readonly markers: readonly Marker[];
}

/** Invocations by outcome. */
export function InvocationsChart({ data, source, markers }: FleetChartProps) {
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

/** Cold starts, by whether a caller waited. */
export function ColdChart({ data, source, markers }: FleetChartProps) {
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

/** Cost by REPORT lines. */
export function CostChart({ data, source, markers }: FleetChartProps) {
  return (
    <TimeSeriesPanel
      title="Cost"
      description={`${usd(data.costUsd)} by billed duration and requests, per ${bucket(data.range.bucketMs)}.`}
      table={{ columns: ['at', 'costUsd'], rows: data.series.map((point) => [point.at, point.costUsd]) }}
      source={source}
      markers={markers}
      kind="bar"
      span={data.range}
      yTitle="USD"
      formatY={usd}
      series={[
        {
          label: 'cost',
          colour: 'chart-1',
          points: data.series.map((point) => ({ x: Date.parse(point.at), y: point.costUsd })),
        },
      ]}
    />
  );
}

function bucket(widthMs: number): string {
  if (widthMs >= DAY_MS) return `${widthMs / DAY_MS} d`;
  return widthMs >= HOUR_MS ? `${widthMs / HOUR_MS} h` : `${widthMs / 60_000} min`;
}
