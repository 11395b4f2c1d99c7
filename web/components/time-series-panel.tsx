import { Chart } from '../charts/chart.tsx';
import type { ChartSeries } from '../charts/chart-types.ts';
import { time } from '../format.ts';
import type { Marker } from '../state/markers.ts';
import { useView, zoomTo } from '../state/view.ts';
import type { Zone } from '../state/zone.ts';
import { zoneOffsetMs } from '../state/zone.ts';
import type { TableData } from './chart-panel.tsx';
import { ChartPanel } from './chart-panel.tsx';

interface TimeSeriesPanelProps {
  readonly title: string;
  /** What the chart shows, in a sentence. */
  readonly description: string;
  readonly table: TableData;
  /** API address of the data, for "Copy as curl". */
  readonly source: string;
  /** Requested time range: the axis spans it even where it has no data. */
  readonly span: { readonly from: string; readonly to: string };
  readonly kind: 'bar' | 'line';
  readonly stacked?: boolean;
  /** Whether values between whole numbers exist; of bars, only where this says so. */
  readonly fractional?: boolean;
  readonly yTitle: string;
  readonly formatY: (value: number) => string;
  readonly markers: readonly Marker[];
  readonly series: readonly ChartSeries[];
}

/** A time chart with drag-to-zoom, markers, description, table and exports. */
export function TimeSeriesPanel({ title, description, table, source, markers, ...chart }: TimeSeriesPanelProps) {
  const { zone } = useView();
  return (
    <ChartPanel
      title={title}
      description={description}
      table={table}
      source={source}
      chartLabel={title}
      markers={markers}
    >
      <Chart
        {...chart}
        label={title}
        axis="time"
        markers={markers}
        formatX={(x) => shortTime(x, zone)}
        utcOffsetMs={zoneOffsetMs(Date.parse(chart.span.to), zone)}
        onZoom={zoomTo}
      />
    </ChartPanel>
  );
}

/** Formats epoch ms as month, day, hour and minute. */
export function shortTime(ms: number, zone: Zone): string {
  return time(ms, zone).slice(5, 16);
}
