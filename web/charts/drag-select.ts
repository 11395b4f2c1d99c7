/** A chart plugin that selects a range of the x axis by dragging with a mouse or a pen. */
import type { Chart as ChartJs, Plugin } from 'chart.js';
import { designToken } from '../state/theme.ts';

/** Shorter drags are clicks. */
const MIN_DRAG_PX = 4;

/**
 * A plugin for one chart. The start of a drag is kept as a value of the axis, not in pixels: it stays where it was when
 * the chart is updated meanwhile.
 * @param onSelect returns what to call with the selected range, or undefined if nothing can be selected at the moment.
 */
export function dragSelect(onSelect: () => ((from: number, to: number) => void) | undefined): Plugin {
  let drag: { readonly startValue: number; currentPx: number } | null = null;
  const listeners = new AbortController();
  const clampedPx = ({ chartArea, canvas }: ChartJs, event: PointerEvent): number =>
    Math.min(chartArea.right, Math.max(chartArea.left, event.clientX - canvas.getBoundingClientRect().left));
  const valueAt = (chart: ChartJs, px: number): number => chart.scales['x']?.getValueForPixel(px) ?? Number.NaN;

  function listen(chart: ChartJs): void {
    const { canvas } = chart;
    const on = (
      type: 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel',
      handle: (e: PointerEvent) => void,
    ) => canvas.addEventListener(type, handle, { signal: listeners.signal });
    on('pointerdown', (event) => {
      // A finger scrolls the page.
      if (event.button !== 0 || event.pointerType === 'touch' || onSelect() === undefined) return;
      const px = clampedPx(chart, event);
      drag = { startValue: valueAt(chart, px), currentPx: px };
      // The drag may end outside of the canvas.
      canvas.setPointerCapture(event.pointerId);
    });
    on('pointermove', (event) => {
      if (drag === null) return;
      drag.currentPx = clampedPx(chart, event);
      chart.draw();
    });
    on('pointerup', (event) => {
      if (drag === null) return;
      const { startValue } = drag;
      const endPx = clampedPx(chart, event);
      const startPx = chart.scales['x']?.getPixelForValue(startValue) ?? endPx;
      drag = null;
      chart.draw();
      const end = valueAt(chart, endPx);
      if (Math.abs(endPx - startPx) >= MIN_DRAG_PX) onSelect()?.(Math.min(startValue, end), Math.max(startValue, end));
    });
    on('pointercancel', () => {
      drag = null;
      chart.draw();
    });
  }

  function drawSelection(chart: ChartJs): void {
    if (drag === null) return;
    const { ctx, chartArea } = chart;
    const startPx = chart.scales['x']?.getPixelForValue(drag.startValue) ?? drag.currentPx;
    ctx.save();
    ctx.fillStyle = `${designToken('chart-1')}33`;
    ctx.strokeStyle = designToken('chart-1');
    const box = [startPx, chartArea.top, drag.currentPx - startPx, chartArea.bottom - chartArea.top] as const;
    ctx.fillRect(...box);
    ctx.strokeRect(...box);
    ctx.restore();
  }

  return { id: 'dragSelect', afterInit: listen, afterDraw: drawSelection, afterDestroy: () => listeners.abort() };
}
