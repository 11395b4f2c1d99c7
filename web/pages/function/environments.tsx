/** The environments tab: each environment as a row in time, and the exact concurrency above them. */
import { useQuery } from '../../api/use-query.ts';
import { Timeline } from '../../charts/timeline.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { shortTime, TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { count, plural, time } from '../../format.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView, zoomTo } from '../../state/view.ts';

export function Environments({ id }: { readonly id: string }) {
  const view = useView();
  const markers = useMarkers(id);
  const answer = useQuery('getFunctionEnvironments', { params: { id }, query: { ...view.rangeQuery, limit: 5000 } });
  const { source } = answer;
  const data = answer.data;
  if (data === null) return <ErrorBanner result={answer} what="Environments" />;
  if (data.items.length === 0) {
    return (
      <EmptyState title="No environments in this time range">
        <p>Choose a longer range above.</p>
      </EmptyState>
    );
  }
  const { concurrency } = data;
  const short = (x: number): string => shortTime(x, view.zone);
  return (
    <>
      <ErrorBanner result={answer} what="Environments" />
      <TimeSeriesPanel
        title="Concurrency"
        words={`At most ${count(concurrency.peak)} at once${concurrency.peakAt === null ? '' : `, reached at ${time(concurrency.peakAt, view.zone)}`}: swept over the exact intervals, init included.`}
        table={{
          columns: ['at', 'max', 'mean'],
          rows: concurrency.series.map((point) => [point.at, point.max, point.mean]),
        }}
        source={source}
        markers={markers}
        kind="line"
        span={data.range}
        yTitle="environments busy"
        formatY={(value) => (Number.isInteger(value) ? String(value) : value.toFixed(1))}
        series={[
          {
            label: 'max',
            colour: 'chart-1',
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
        words={`${plural(data.total, 'environment')}. A row is one environment: its init (orange), its runs (blue), idle (grey line), failures (red and taller).${data.truncated ? ' Only the newest are drawn; choose a shorter range to see the others.' : ''} Drag to zoom.`}
        table={{
          columns: ['log stream', 'first seen', 'last seen', 'invocations', 'failures', 'init ms', 'max memory MB'],
          rows: data.items.map((row) => [
            row.logStream,
            row.firstSeenAt,
            row.lastSeenAt,
            row.invocations,
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
