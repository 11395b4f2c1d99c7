import { count, fixed, plural } from '../../../ingest/text/quantities.ts';
import { useQuery } from '../../api/use-query.ts';
import { Timeline } from '../../charts/timeline.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { shortTime, TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { WithoutStream } from '../../components/without-stream.tsx';
import { time } from '../../format.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView, zoomTo } from '../../state/view.ts';

/** The Environments tab: concurrency over time, and a timeline with one row per environment. */
export function Environments({ id }: { readonly id: string }) {
  const view = useView();
  const markers = useMarkers(id);
  const answer = useQuery('getFunctionEnvironments', { params: { id }, query: { ...view.rangeQuery, limit: 5000 } });
  const { source } = answer;
  const data = answer.data;
  if (data === null) return <ErrorBanner result={answer} what="environments" />;
  if (data.items.length === 0) {
    return (
      <EmptyState title="No environments in this time range">
        <p>{data.withoutStream === null ? 'Choose a longer time range.' : `${data.withoutStream.reason}.`}</p>
      </EmptyState>
    );
  }
  const { concurrency } = data;
  const short = (x: number): string => shortTime(x, view.zone);
  return (
    <>
      <ErrorBanner result={answer} what="environments" />
      <WithoutStream found={data.withoutStream} />
      <TimeSeriesPanel
        title="Concurrency"
        description={`Peak ${concurrency.peak === null ? 'unknown' : count(concurrency.peak)}${concurrency.peakAt === null ? '' : ` at ${time(concurrency.peakAt, view.zone)}`}. Computed from the exact start and end of each invocation, including init.`}
        table={{
          columns: ['at', 'max', 'mean'],
          rows: concurrency.series.map((point) => [point.at, point.max, point.mean]),
        }}
        source={source}
        markers={markers}
        kind="line"
        span={data.range}
        yTitle="busy environments"
        formatY={(value) => (Number.isInteger(value) ? String(value) : fixed(value, 1))}
        series={[
          {
            label: 'max',
            colour: 'chart-1',
            stepped: true,
            points: concurrency.series.map((point) => ({ x: Date.parse(point.at), y: point.max })),
          },
          {
            label: 'mean',
            colour: 'chart-2',
            dashed: true,
            points: concurrency.series.map((point) => ({ x: Date.parse(point.at), y: point.mean })),
          },
        ]}
      />
      <ChartPanel
        title="Environment timeline"
        description={`${plural(data.total, 'environment')}. Each row is one environment: init (orange), invocations (blue), idle (grey line), failures (red, taller).${data.truncated ? ' Only the newest are drawn; choose a shorter time range to see the others.' : ''} Drag to zoom.`}
        table={{
          columns: [
            'log stream',
            'first seen',
            'last seen',
            'invocations',
            'peak concurrency',
            'failures',
            'init ms',
            'max memory MB',
          ],
          rows: data.items.map((row) => [
            row.logStream,
            row.firstSeenAt,
            row.lastSeenAt,
            row.invocations,
            row.mostAtOnce,
            row.failures,
            row.initDurationMs,
            row.maxMemoryUsedMb,
          ]),
        }}
        source={source}
        chartLabel="Environment timeline"
        markers={markers}
      >
        <Timeline answer={data} markers={markers} formatX={short} onZoom={zoomTo} />
      </ChartPanel>
    </>
  );
}
