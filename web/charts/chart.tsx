/** The one place that knows Chart.js. Time charts with drag-to-zoom; colours come from the page's tokens. */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart as ChartJs,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  TimeScale,
  Tooltip,
} from 'chart.js';
import 'chartjs-adapter-date-fns';
import zoom from 'chartjs-plugin-zoom';
import { useEffect, useRef } from 'preact/hooks';
import type { ChartMarker } from './markers.ts';
import { MARKER_ROOM_PX, markerPlugin } from './markers.ts';

ChartJs.register(
  BarController,
  BarElement,
  CategoryScale,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  TimeScale,
  Tooltip,
  zoom,
);

export type Colour = 'chart-1' | 'chart-2' | 'chart-3' | 'chart-bad' | 'grey';

export interface ChartSeries {
  readonly label: string;
  readonly colour: Colour;
  /** A dash pattern or a stack tells series apart without colour. */
  readonly dashed?: boolean;
  /** Points alone: nothing is claimed about what lies between them. */
  readonly dotsOnly?: boolean;
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
  /** Bounds drawn as a band around the line. */
  readonly band?: readonly { readonly x: number; readonly low: number | null; readonly high: number | null }[];
}

export interface ChartProps {
  readonly label: string;
  readonly series: readonly ChartSeries[];
  readonly kind: 'bar' | 'line';
  readonly axis: 'time' | 'value';
  readonly stacked?: boolean;
  /** The axis spans what was asked for, not only where there is data. */
  readonly span?: { readonly from: string; readonly to: string };
  readonly xTitle?: string;
  readonly yTitle: string;
  readonly formatY: (value: number) => string;
  readonly formatX: (value: number) => string;
  /** Called with the range somebody dragged over. */
  readonly onZoom?: (fromMs: number, toMs: number) => void;
  readonly markers?: readonly ChartMarker[];
}

export function Chart(props: ChartProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<{ destroy(): void } | null>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const draw = (): void => {
      chart.current?.destroy();
      chart.current = new ChartJs(element, configuration(props));
    };
    draw();
    const media = window.matchMedia('(prefers-color-scheme: dark)');
    media.addEventListener('change', draw);
    window.addEventListener('thermocline:theme', draw);
    return () => {
      media.removeEventListener('change', draw);
      window.removeEventListener('thermocline:theme', draw);
      chart.current?.destroy();
      chart.current = null;
    };
  }, [props.series, props.kind, props.stacked, props.label, props.markers]);
  return (
    <div class="chart">
      <canvas ref={canvas} role="img" aria-label={props.label} data-chart={props.label} />
    </div>
  );
}

function configuration(props: ChartProps): ConstructorParameters<typeof ChartJs>[1] {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const grid = { color: token('line') };
  const ticks = { color: token('ink-soft'), maxRotation: 0, autoSkipPadding: 18 };
  return {
    type: props.kind,
    data: { datasets: props.series.flatMap((series) => datasets(series, props, token)) as never },
    plugins: [markerPlugin(props.markers ?? [], token)],
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: {
          type: props.axis === 'time' ? 'time' : 'linear',
          stacked: props.stacked ?? false,
          ...(props.span === undefined ? {} : { min: Date.parse(props.span.from), max: Date.parse(props.span.to) }),
          offset: props.kind === 'bar',
          grid: { display: false },
          ticks: { ...ticks, callback: (value) => props.formatX(Number(value)) },
          ...(props.xTitle === undefined
            ? {}
            : { title: { display: true, text: props.xTitle, color: token('ink-soft') } }),
        },
        ...(props.axis === 'time' ? { room: ROOM_FOR_MARKERS } : {}),
        y: {
          beginAtZero: true,
          stacked: props.stacked ?? false,
          grid,
          // Nobody counts half a cold start.
          ticks: {
            ...ticks,
            callback: (value) =>
              props.kind === 'bar' && !Number.isInteger(value) ? null : props.formatY(Number(value)),
          },
          title: { display: true, text: props.yTitle, color: token('ink-soft') },
        },
      },
      plugins: {
        legend: {
          display: props.series.length > 1,
          align: 'start',
          labels: { color: token('ink'), boxWidth: 14, filter: (item) => !(item.text ?? '').startsWith('band:') },
        },
        tooltip: {
          filter: (item) => !(item.dataset.label ?? '').startsWith('band:'),
          callbacks: {
            title: (items) => (items[0] === undefined ? '' : props.formatX(items[0].parsed.x ?? 0)),
            label: (item) => `${item.dataset.label}: ${item.parsed.y === null ? '–' : props.formatY(item.parsed.y)}`,
          },
        },
        zoom: {
          zoom: {
            mode: 'x',
            drag: {
              enabled: props.onZoom !== undefined,
              backgroundColor: `${token('chart-1')}33`,
              borderColor: token('chart-1'),
              borderWidth: 1,
            },
            onZoomComplete: ({ chart }) => {
              const scale = chart.scales['x'];
              if (scale !== undefined) props.onZoom?.(scale.min, scale.max);
            },
          },
        },
      },
    },
  };
}

/** An axis that shows nothing: between the legend and the plot it keeps the words of marks apart from both. */
const ROOM_FOR_MARKERS = {
  axis: 'x',
  type: 'linear',
  position: 'top',
  grid: { display: false },
  border: { display: false },
  ticks: { display: false },
  afterFit: (scale: { height: number }): void => {
    scale.height = MARKER_ROOM_PX;
  },
} as const;

function datasets(series: ChartSeries, props: ChartProps, token: (name: string) => string): object[] {
  const colour = token(series.colour);
  const line = {
    label: series.label,
    data: series.points,
    borderColor: colour,
    backgroundColor: props.kind === 'bar' ? colour : `${colour}22`,
    borderWidth: props.kind === 'bar' ? 0 : 2,
    borderDash: series.dashed ? [5, 4] : [],
    showLine: series.dotsOnly !== true,
    pointRadius: series.dotsOnly === true ? 5 : series.points.length > 60 ? 0 : 2,
    spanGaps: false,
    // Bars and bands fill; a line alone does not pretend to an area.
    fill: false,
    maxBarThickness: 28,
  };
  if (series.band === undefined) return [line];
  const bound = (side: 'low' | 'high', fill: false | string) => ({
    label: `band:${side}`,
    data: series.band?.map((point) => ({ x: point.x, y: point[side] })),
    borderWidth: 0,
    pointRadius: 0,
    backgroundColor: `${colour}33`,
    fill,
  });
  return [line, bound('low', false), bound('high', '-1')];
}
