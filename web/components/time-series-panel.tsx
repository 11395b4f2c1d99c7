/** A time chart with all that one owes: zoom by dragging, marks of what happened, words, table, exports. */

import { Chart } from '../charts/chart.tsx';
import type { ChartSeries } from '../charts/chart-types.ts';
import { time } from '../format.ts';
import type { Marker } from '../state/markers.ts';
import { useView, zoomTo } from '../state/view.ts';
import type { TableData } from './chart-panel.tsx';
import { ChartPanel } from './chart-panel.tsx';

interface TimeSeriesPanelProps {
  readonly title: string;
  /** What the chart shows, in a sentence. */
  readonly words: string;
  readonly table: TableData;
  /** The API address the data came from. */
  readonly source: string;
  /** What was asked for: the axis spans it even where there is no data. */
  readonly span: { readonly from: string; readonly to: string };
  readonly kind: 'bar' | 'line';
  readonly stacked?: boolean;
  readonly yTitle: string;
  readonly formatY: (value: number) => string;
  readonly markers: readonly Marker[];
  readonly series: readonly ChartSeries[];
}

export function TimeSeriesPanel({ title, words, table, source, markers, ...chart }: TimeSeriesPanelProps) {
  const { zone } = useView();
  return (
    <ChartPanel title={title} words={words} table={table} source={source} chartLabel={title} markers={markers}>
      <Chart
        {...chart}
        label={title}
        axis="time"
        markers={markers}
        formatX={(x) => shortTime(x, zone)}
        utcOffsetMs={zone === 'utc' ? 0 : -new Date(chart.span.to).getTimezoneOffset() * 60_000}
        onZoom={zoomTo}
      />
    </ChartPanel>
  );
}

/** Month, day, hour and minute. */
export function shortTime(ms: number, zone: 'utc' | 'local'): string {
  return time(ms, zone).slice(5, 16);
}
