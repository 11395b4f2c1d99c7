import { useEffect, useRef, useState } from 'preact/hooks';
import { trackRequest } from '../state/page-ready.ts';
import { onThemeChange } from '../state/theme.ts';
import type { ChartHandle } from './chart-renderer.ts';
import type { ChartMarker } from './markers.ts';

export type Colour = 'chart-1' | 'chart-2' | 'chart-3' | 'chart-bad' | 'grey';

export interface ChartSeries {
  readonly label: string;
  readonly colour: Colour;
  /** Tells the series apart without colour. */
  readonly dashed?: boolean;
  /** Points without a line: values between them are unknown. */
  readonly dotsOnly?: boolean;
  /** Ordered by `x`: epoch ms on a time axis. */
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
  /** Confidence bounds, drawn as a band around the line. */
  readonly band?: readonly { readonly x: number; readonly low: number | null; readonly high: number | null }[];
}

export interface ChartProps {
  readonly label: string;
  readonly series: readonly ChartSeries[];
  readonly kind: 'bar' | 'line';
  readonly axis: 'time' | 'value';
  readonly stacked?: boolean;
  /** Requested time range, ISO 8601: the axis spans it even where it has no data. */
  readonly span?: { readonly from: string; readonly to: string };
  /** What the displayed time zone is ahead of UTC: ticks fall on its full hours. */
  readonly utcOffsetMs?: number;
  readonly xTitle?: string;
  readonly yTitle: string;
  readonly formatY: (value: number) => string;
  readonly formatX: (value: number) => string;
  /** Called with the range of `x` that was selected by dragging. */
  readonly onZoom?: (from: number, to: number) => void;
  readonly markers?: readonly ChartMarker[];
}

/** Requested with the first page that has a chart, while its data loads. */
const renderer = import('./chart-renderer.ts');
renderer.catch(() => undefined);

/** A bar or line chart. New props update it in place: a drag in progress survives a refresh of the data. */
export function Chart(props: ChartProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<ChartHandle | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [failed, setFailed] = useState(false);
  const { kind, axis } = props;
  useEffect(() => {
    let mounted = true;
    const drawn = trackRequest();
    renderer.then(
      ({ createChart }) => {
        if (mounted && canvas.current !== null) chart.current = createChart(canvas.current, latest.current);
        drawn();
      },
      () => {
        if (mounted) setFailed(true);
        drawn();
      },
    );
    const unsubscribe = onThemeChange(() => chart.current?.update(latest.current));
    return () => {
      mounted = false;
      drawn();
      unsubscribe();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [kind, axis]);
  useEffect(
    () => chart.current?.update(props),
    [props.series, props.stacked, props.span, props.markers, props.formatX],
  );
  return (
    <div class="chart">
      {failed ? (
        <p class="soft">Failed to load the chart. Reload the page, or choose Table.</p>
      ) : (
        <canvas ref={canvas} role="img" aria-label={props.label} data-chart={props.label} />
      )}
    </div>
  );
}
