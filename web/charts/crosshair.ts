/** A line and tooltips at one time in all time charts of a page, by pointer or keyboard. */
import type { ActiveElement, Chart as ChartJs, Plugin } from 'chart.js';
import { designToken } from '../state/theme.ts';
import { nearestIndex } from './points.ts';

/** Epoch ms that is pointed at; null for none. */
let pointed: number | null = null;
const charts = new Set<(from: object | null) => void>();

/** Points at a time in all charts; `from` is the one that shows it already. */
export function pointAt(x: number | null, from: object | null): void {
  if (x === pointed) return;
  pointed = x;
  for (const show of charts) show(from);
}

export function pointedAt(): number | null {
  return pointed;
}

/** A plugin for one time chart. */
export function crosshair(): Plugin {
  let unsubscribe = (): void => undefined;
  return {
    id: 'crosshair',
    afterInit: (chart) => {
      const show = (from: object | null): void => {
        if (from !== chart) activate(chart, pointed);
        // For tests, which cannot read a canvas.
        if (pointed === null) delete chart.canvas.dataset['pointed'];
        else chart.canvas.dataset['pointed'] = new Date(pointed).toISOString();
        chart.draw();
      };
      charts.add(show);
      unsubscribe = () => charts.delete(show);
    },
    afterEvent: (chart, { event, inChartArea }) => {
      if (event.type === 'mouseout' || !inChartArea) pointAt(null, chart);
      else if (event.type === 'mousemove') pointAt(placeOf(chart), chart);
    },
    // Below the data, above the grid.
    beforeDatasetsDraw: (chart) => {
      const x = pointed === null ? undefined : chart.scales['x']?.getPixelForValue(pointed);
      const { left, right, top, bottom } = chart.chartArea;
      if (x === undefined || x < left || x > right) return;
      const { ctx } = chart;
      ctx.save();
      ctx.strokeStyle = designToken('muted');
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, bottom);
      ctx.stroke();
      ctx.restore();
    },
    afterDestroy: () => unsubscribe(),
  };
}

/** The time of the point that the pointer is nearest to. */
function placeOf(chart: ChartJs): number | null {
  const [active] = chart.getActiveElements();
  if (active === undefined) return null;
  return pointsOf(chart, active.datasetIndex)[active.index]?.x ?? null;
}

/** Shows the tooltip of the points nearest to `x`. */
export function activate(chart: ChartJs, x: number | null): void {
  const elements: ActiveElement[] = [];
  if (x !== null)
    for (const { index: datasetIndex, data } of chart.getSortedVisibleDatasetMetas()) {
      const index = nearestIndex(pointsOf(chart, datasetIndex), x);
      const element = data[index];
      if (element !== undefined) elements.push({ datasetIndex, index, element });
    }
  chart.setActiveElements(elements);
  const [first] = elements;
  chart.tooltip?.setActiveElements(
    elements,
    first === undefined ? { x: 0, y: 0 } : { x: first.element.x, y: first.element.y },
  );
}

interface Point {
  readonly x: number;
  readonly y: number | null;
}

/** All data of our charts are points. */
function pointsOf(chart: ChartJs, datasetIndex: number): readonly Point[] {
  return (chart.data.datasets[datasetIndex]?.data ?? []) as unknown as readonly Point[];
}
