/** Draws charts with Chart.js and updates them in place. Loaded on demand: it is larger than all pages together. */
import type { ChartConfiguration, ChartDataset, ChartOptions, Scale } from 'chart.js';
import {
  BarController,
  BarElement,
  Chart as ChartJs,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js';
import { designToken } from '../state/theme.ts';
import type { ChartHandle, ChartProps, ChartSeries } from './chart-types.ts';
import { dragSelect } from './drag-select.ts';
import { MARKER_ROW_PX, markerPlugin } from './markers.ts';
import { timeTicks } from './time-ticks.ts';

ChartJs.register(
  BarController,
  BarElement,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);

type Dataset = ChartDataset<'bar' | 'line'>;

/** Draws a chart. Its kind and its kind of axis cannot change afterwards. */
export function createChart(canvas: HTMLCanvasElement, initial: ChartProps): ChartHandle {
  let props = initial;
  const configuration: ChartConfiguration<'bar' | 'line'> = {
    type: props.kind,
    data: { datasets: datasetsOf(props) },
    plugins: [markerPlugin(() => props.markers ?? []), dragSelect(() => props.onZoom)],
    options: optionsOf(props),
  };
  const chart = new ChartJs(canvas, configuration);
  return {
    update(next) {
      props = next;
      // Chart.js keeps the state of a dataset, such as hidden, with its object.
      chart.data.datasets = datasetsOf(props).map((dataset, at) =>
        Object.assign(chart.data.datasets[at] ?? {}, dataset),
      ) as Dataset[];
      chart.options = optionsOf(props);
      chart.update('none');
    },
    destroy: () => chart.destroy(),
  };
}

function optionsOf(props: ChartProps): ChartOptions<'bar' | 'line'> {
  const colour = designToken('muted');
  const ticks = { color: colour, maxRotation: 0, autoSkipPadding: 18 };
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: 'index', intersect: false },
    scales: {
      x: {
        type: 'linear',
        stacked: props.stacked ?? false,
        ...(props.axis === 'time' ? timeAxis(props) : { offset: props.kind === 'bar' }),
        grid: { display: false },
        ticks: { ...ticks, callback: (value) => props.formatX(Number(value)) },
        ...(props.xTitle === undefined ? {} : { title: { display: true, text: props.xTitle, color: colour } }),
      },
      ...(props.axis === 'time' ? { markerRow: MARKER_ROW } : {}),
      y: {
        beginAtZero: true,
        stacked: props.stacked ?? false,
        grid: { color: designToken('line') },
        // Bars are counts: half a cold start does not exist.
        ticks: {
          ...ticks,
          callback: (value) => (props.kind === 'bar' && !Number.isInteger(value) ? null : props.formatY(Number(value))),
        },
        title: { display: true, text: props.yTitle, color: colour },
      },
    },
    plugins: {
      legend: {
        display: props.series.length > 1,
        align: 'start',
        labels: { color: designToken('ink'), boxWidth: 14, filter: (item) => !isBand(item.text) },
      },
      tooltip: {
        filter: (item) => !isBand(item.dataset.label),
        callbacks: {
          title: (items) => (items[0] === undefined ? '' : props.formatX(items[0].parsed.x ?? 0)),
          label: (item) => `${item.dataset.label}: ${item.parsed.y === null ? '–' : props.formatY(item.parsed.y)}`,
        },
      },
    },
  };
}

const MIN_TICK_DISTANCE_PX = 88;

/** The axis spans the requested range. Bars are centred on the start of their bucket: the first one needs half of its width more. */
function timeAxis(props: ChartProps) {
  const { span, kind, utcOffsetMs = 0 } = props;
  const halfBarMs = kind === 'bar' ? bucketMs(props.series) / 2 : 0;
  return {
    offset: false,
    ...(span === undefined ? {} : { min: Date.parse(span.from) - halfBarMs, max: Date.parse(span.to) }),
    afterBuildTicks: (scale: Scale): void => {
      const maxTicks = Math.max(3, Math.floor(scale.width / MIN_TICK_DISTANCE_PX));
      scale.ticks = timeTicks(scale.min, scale.max, maxTicks, utcOffsetMs).map((value) => ({ value }));
    },
  };
}

/** Distance of the first two points; 0 where there are fewer. */
function bucketMs(series: readonly ChartSeries[]): number {
  const [first, second] = series[0]?.points ?? [];
  return first === undefined || second === undefined ? 0 : second.x - first.x;
}

/** An empty axis between legend and plot, which makes room for the labels of markers. */
const MARKER_ROW = {
  axis: 'x',
  type: 'linear',
  position: 'top',
  grid: { display: false },
  border: { display: false },
  ticks: { display: false },
  afterFit: (scale: { height: number }): void => {
    scale.height = MARKER_ROW_PX;
  },
} as const;

const BAND = 'band:';

/** Bounds of a band are datasets of their own, without a place in legend and tooltip. */
function isBand(label: string | undefined): boolean {
  return label?.startsWith(BAND) === true;
}

function datasetsOf(props: ChartProps): Dataset[] {
  return props.series.flatMap((series) => [lineOf(series, props.kind), ...bandOf(series)]) as Dataset[];
}

function lineOf(series: ChartSeries, kind: ChartProps['kind']): object {
  const colour = designToken(series.colour);
  return {
    label: series.label,
    data: series.points,
    borderColor: colour,
    backgroundColor: kind === 'bar' ? colour : `${colour}22`,
    borderWidth: kind === 'bar' ? 0 : 2,
    borderDash: series.dashed ? [5, 4] : [],
    showLine: series.dotsOnly !== true,
    pointRadius: series.dotsOnly === true ? 5 : series.points.length > 60 ? 0 : 2,
    spanGaps: false,
    // A filled area below a line would suggest a sum.
    fill: false,
    maxBarThickness: 28,
  };
}

function bandOf({ colour, band }: ChartSeries): readonly object[] {
  if (band === undefined) return [];
  const bound = (side: 'low' | 'high', fill: false | string) => ({
    label: `${BAND}${side}`,
    data: band.map((point) => ({ x: point.x, y: point[side] })),
    borderWidth: 0,
    pointRadius: 0,
    backgroundColor: `${designToken(colour)}33`,
    fill,
  });
  return [bound('low', false), bound('high', '-1')];
}
