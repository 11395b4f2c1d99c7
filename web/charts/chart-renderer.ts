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
  LogarithmicScale,
  PointElement,
  Tooltip,
} from 'chart.js';
import { duration, percent, signedPercent } from '../format.ts';
import { t } from '../i18n/translate.ts';
import { designToken } from '../state/theme.ts';
import type { ChartHandle, ChartProps, ChartSeries } from './chart-types.ts';
import { activate, crosshair, pointAt, pointedAt } from './crosshair.ts';
import { dragSelect } from './drag-select.ts';
import { hatch } from './hatch.ts';
import { MARKER_ROW_PX, markerPlugin } from './markers.ts';
import { aloneIn, isPartial, logTicks, nearestIndex, placesOf, steppedTo } from './points.ts';
import { lengthTicks, shareTicks, tickText, timeTicks } from './time-ticks.ts';

ChartJs.register(
  BarController,
  BarElement,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
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
    plugins: [
      markerPlugin(() => props.markers ?? []),
      dragSelect(() => props.onZoom),
      ...(props.axis === 'time' ? [crosshair()] : []),
    ],
    options: optionsOf(props),
  };
  const chart = new ChartJs(canvas, configuration);
  /** Of a chart without a time axis, which points at nothing else. */
  let own: number | null = null;
  return {
    step(key) {
      if (key === 'Escape') {
        own = null;
        activate(chart, null);
        pointAt(null, chart);
        chart.draw();
        return '';
      }
      const toggled = props.series[Number(key) - 1];
      if (toggled !== undefined) return toggle(chart, toggled.label);
      const places = placesOf(props.series);
      const place = steppedTo(places, props.axis === 'time' ? pointedAt() : own, key);
      if (place === null) return null;
      own = place;
      activate(chart, place);
      if (props.axis === 'time') pointAt(place, chart);
      chart.draw();
      return wordsAt(props, place);
    },
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

/** Hides a series with its band, or shows it again. @returns which it is now, in words. */
function toggle(chart: ChartJs<'bar' | 'line'>, label: string): string {
  const { datasets } = chart.data;
  const first = datasets.findIndex((dataset) => dataset.label === label);
  const isShown = !chart.isDatasetVisible(first);
  chart.setDatasetVisibility(first, isShown);
  for (let at = first + 1; isBand(datasets[at]?.label); at += 1) chart.setDatasetVisibility(at, isShown);
  chart.update('none');
  return isShown ? t('{series}: shown', { series: label }) : t('{series}: hidden', { series: label });
}

/** The values at a place, as the tooltip has them. */
function wordsAt({ series, formatX, formatY }: ChartProps, x: number): string {
  const values = series.map((one) => labelled(one, x, one.points[nearestIndex(one.points, x)]?.y ?? null, formatY));
  return `${formatX(x)}. ${values.join(', ')}`;
}

/** A value with its series; of the period before also what it is now, and the change since. */
function labelled(
  { label, comparedWith }: Pick<ChartSeries, 'label' | 'comparedWith'>,
  x: number,
  y: number | null,
  formatY: ChartProps['formatY'],
): string {
  const text = `${label}: ${y === null ? '–' : formatY(y)}`;
  const now = comparedWith?.[nearestIndex(comparedWith, x)]?.y ?? null;
  if (y === null || now === null) return text;
  const change = y === 0 ? '' : `, ${signedPercent(now / y - 1)}`;
  return `${text} → ${formatY(now)}${change}`;
}

function optionsOf(props: ChartProps): ChartOptions<'bar' | 'line'> {
  const colour = designToken('muted');
  const font = { family: designToken('font'), size: 12 };
  const ticks = { color: colour, font, maxRotation: 0, autoSkipPadding: 18 };
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: 'index', intersect: false },
    scales: {
      x: {
        type: isLog(props) ? 'logarithmic' : 'linear',
        stacked: props.stacked ?? false,
        ...axisOf(props),
        grid: { display: false },
        ticks: {
          ...ticks,
          callback: (value) =>
            props.axis === 'time' ? tickText(Number(value), props.utcOffsetMs) : atTick(props.formatX, Number(value)),
        },
        ...(props.xTitle === undefined ? {} : { title: { display: true, text: props.xTitle, color: colour, font } }),
      },
      ...(props.axis === 'time' ? { markerRow: MARKER_ROW } : {}),
      y: {
        beginAtZero: true,
        stacked: props.stacked ?? false,
        grid: { color: designToken('line') },
        ticks: {
          ...ticks,
          ...((props.fractional ?? props.kind === 'line') ? {} : { precision: 0 }),
          callback: (value) => atTick(props.formatY, Number(value)),
        },
        ...roundTicks(props.formatY),
        title: { display: true, text: props.yTitle, color: colour, font },
      },
    },
    plugins: {
      legend: {
        display: props.series.length > 1,
        align: 'start',
        labels: {
          color: designToken('ink'),
          font,
          boxWidth: 12,
          boxHeight: 12,
          filter: (item) => !isBand(item.text),
          sort: (a, b) => (a.datasetIndex ?? 0) - (b.datasetIndex ?? 0),
        },
      },
      tooltip: {
        titleFont: font,
        bodyFont: font,
        animation: false,
        filter: (item) => !isBand(item.dataset.label),
        callbacks: {
          title: (items) => (items[0] === undefined ? '' : titleAt(props, items[0].parsed.x ?? 0)),
          label: ({ dataset: { label = '' }, parsed: { x, y } }) => {
            const comparedWith = props.series.find((one) => one.label === label)?.comparedWith ?? [];
            return labelled({ label, comparedWith }, x ?? 0, y, props.formatY);
          },
        },
      },
    },
  };
}

function titleAt(props: ChartProps, x: number): string {
  return partialAt(props)(x) ? t('{time} (not over yet)', { time: props.formatX(x) }) : props.formatX(x);
}

/** Whether a bucket of the chart is not over yet. */
function partialAt({ axis, kind, series }: ChartProps): (x: number) => boolean {
  const widthMs = bucketMs(series);
  const nowMs = Date.now();
  if (axis !== 'time' || kind !== 'bar' || widthMs === 0) return () => false;
  return (x) => isPartial(x, widthMs, nowMs);
}

/** A logarithmic axis has no place for zero. */
function isLog({ axis, series }: ChartProps): boolean {
  return axis === 'log' && placesOf(series).every((x) => x > 0);
}

function axisOf(props: ChartProps) {
  if (props.axis === 'time') return timeAxis(props);
  if (!isLog(props)) return { offset: props.kind === 'bar', ...roundTicks(props.formatX) };
  const places = placesOf(props.series);
  const [first = 1, last = 10] = [places[0], places.at(-1)];
  return {
    min: first / LOG_MARGIN,
    max: last * LOG_MARGIN,
    afterBuildTicks: (scale: Scale): void => {
      const maxTicks = Math.max(3, Math.floor(scale.width / MIN_TICK_DISTANCE_PX));
      scale.ticks = logTicks(scale.min, scale.max, maxTicks).map((value) => ({ value }));
    },
  };
}

/** Ticks that are round in the unit of the text: Chart.js knows numbers alone, and puts 1.67 min between 0 and 3.33. */
function roundTicks(format: (value: number) => string) {
  const ticksOf = format === duration ? lengthTicks : format === percent ? shareTicks : null;
  if (ticksOf === null) return {};
  return {
    afterBuildTicks: (scale: Scale): void => {
      const [length, distance] = scale.isHorizontal()
        ? [scale.width, MIN_TICK_DISTANCE_PX]
        : [scale.height, MIN_LINE_DISTANCE_PX];
      const ticks = ticksOf(scale.min, scale.max, Math.max(2, Math.floor(length / distance)));
      if (ticks.length > 1) scale.ticks = ticks.map((value) => ({ value }));
    },
  };
}

/** Without the zeros of a round number: `2 min` for `2.00 min`. */
function atTick(format: (value: number) => string, value: number): string {
  return format === duration ? duration(value).replace(/\.0+(?=\D|$)/, '') : format(value);
}

/** Room for half a bar at either end of a logarithmic axis. */
const LOG_MARGIN = 1.07;

const MIN_TICK_DISTANCE_PX = 88;
/** Between ticks above each other. */
const MIN_LINE_DISTANCE_PX = 32;
/** Times of day are shorter. */
const MIN_TIME_DISTANCE_PX = 46;

/** The axis spans the requested range. Bars are centred on the start of their bucket: the first one needs half of its width more. */
function timeAxis(props: ChartProps) {
  const { span, kind, utcOffsetMs = 0 } = props;
  const halfBarMs = kind === 'bar' ? bucketMs(props.series) / 2 : 0;
  return {
    offset: false,
    ...(span === undefined ? {} : { min: Date.parse(span.from) - halfBarMs, max: Date.parse(span.to) }),
    afterBuildTicks: (scale: Scale): void => {
      const maxTicks = Math.max(3, Math.floor(scale.width / MIN_TIME_DISTANCE_PX));
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

/** Opacity of a line of the period before, as the end of a colour. */
const LIGHTER = '99';

const BAND = 'band:';

/** Bounds of a band are datasets of their own, without a place in legend and tooltip. */
function isBand(label: string | undefined): boolean {
  return label?.startsWith(BAND) === true;
}

function datasetsOf(props: ChartProps): Dataset[] {
  const isPartialAt = partialAt(props);
  return props.series.flatMap((series) => [lineOf(series, props.kind, isPartialAt), ...bandOf(series)]) as Dataset[];
}

function lineOf(series: ChartSeries, kind: ChartProps['kind'], isPartialAt: (x: number) => boolean): object {
  const isEarlier = series.comparedWith !== undefined;
  const colour = `${designToken(series.colour)}${isEarlier ? LIGHTER : ''}`;
  const partial = !isEarlier && kind === 'bar' && series.points.some(({ x }) => isPartialAt(x)) ? hatch(colour) : null;
  return {
    type: isEarlier ? 'line' : kind,
    // In a stack of its own, and drawn last.
    stack: isEarlier ? series.label : kind,
    order: isEarlier ? -1 : 0,
    label: series.label,
    data: series.points,
    borderColor: colour,
    backgroundColor: isEarlier
      ? 'transparent'
      : partial === null
        ? kind === 'bar'
          ? colour
          : `${colour}22`
        : series.points.map(({ x }) => (isPartialAt(x) ? partial : colour)),
    borderWidth: kind === 'bar' && !isEarlier ? 0 : 2,
    borderDash: series.dashed || isEarlier ? [5, 4] : [],
    showLine: series.dotsOnly !== true,
    pointRadius: radiiOf(series, isEarlier),
    // A value holds until the next point.
    stepped: series.stepped === true ? 'before' : false,
    spanGaps: false,
    // A filled area below a line would suggest a sum.
    fill: false,
    maxBarThickness: 28,
  };
}

/** Points of many, and of the period before, are drawn only where no line would show them. */
function radiiOf({ dotsOnly, points }: ChartSeries, isEarlier: boolean): number | number[] {
  if (dotsOnly === true) return 5;
  if (!isEarlier && points.length <= 60) return 2;
  return aloneIn(points).map((isAlone) => (isAlone ? 2 : 0));
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
