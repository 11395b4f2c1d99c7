/** Draws events on a time chart: a labelled line for a change, a bar for an alert, a shade for an ingest gap. */
import type { Chart as ChartJs, Plugin } from 'chart.js';
import { designToken } from '../state/theme.ts';

export const MARKER_SIGNS = {
  deploy: '▲',
  memory: '◆',
  'runtime-patch': '●',
  configuration: '■',
  alert: '!',
  'ingest-gap': '░',
} as const;

export interface ChartMarker {
  /** Epoch ms. */
  readonly x: number;
  /** Epoch ms of the end; null for an instant, and for an event that has not ended. */
  readonly until: number | null;
  readonly kind: keyof typeof MARKER_SIGNS;
  readonly label: string;
}

const FONT_PX = 11;
/** Lines closer than this are drawn as one, labelled with their number. */
const MIN_DISTANCE_PX = 44;
/** Lines through the plot at most. */
const MAX_LINES = 6;
const LABEL_GAP_PX = 6;
/** Height of a line above the plot where a label stands over it. */
const MARK_PX = 3;
/** Height reserved above the plot for labels. */
export const MARKER_ROW_PX = 14;

/** A plugin for one chart. Labels are drawn as text on a canvas, so nothing in them can become markup. */
export function markerPlugin(markers: () => readonly ChartMarker[]): Plugin {
  return {
    id: 'markers',
    // Below the data, which they never cover.
    beforeDatasetsDraw: (chart) => {
      shadeGaps(chart, markers());
      drawLines(
        chart,
        markers().toSorted((a, b) => a.x - b.x),
      );
    },
  };
}

function shadeGaps(chart: ChartJs, markers: readonly ChartMarker[]): void {
  const { ctx, chartArea } = chart;
  ctx.save();
  ctx.fillStyle = `${designToken('grey')}33`;
  for (const marker of markers) {
    if (marker.kind !== 'ingest-gap') continue;
    const [from, to] = extent(chart, marker);
    if (to > from) ctx.fillRect(from, chartArea.top, to - from, chartArea.bottom - chartArea.top);
  }
  ctx.restore();
}

function drawLines(chart: ChartJs, markers: readonly ChartMarker[]): void {
  const { ctx, chartArea } = chart;
  ctx.save();
  ctx.font = `${FONT_PX}px ${designToken('font')}`;
  ctx.fillStyle = designToken('chart-bad');
  for (const marker of markers) {
    if (marker.kind !== 'alert') continue;
    const [from, to] = extent(chart, marker);
    if (to > from) ctx.fillRect(from, chartArea.top - 3, Math.max(2, to - from), 3);
  }
  ctx.strokeStyle = designToken('line-strong');
  ctx.fillStyle = designToken('muted');
  ctx.setLineDash([3, 3]);
  const groups = clusters(chart, markers);
  // Where there are many, lines would be a fence in front of the data: marks in the row above stand for them.
  const areDense = groups.length > MAX_LINES;
  for (const { at, text, left, isBelow } of placed(groups, chartArea, (text) => ctx.measureText(text).width)) {
    ctx.beginPath();
    ctx.moveTo(at, chartArea.top - (isBelow ? MARK_PX : MARKER_ROW_PX));
    ctx.lineTo(at, areDense ? chartArea.top : chartArea.bottom);
    ctx.stroke();
    if (left !== null) ctx.fillText(text, left, chartArea.top - 5);
  }
  ctx.restore();
}

interface Labelled {
  readonly at: number;
  readonly text: string;
}

/**
 * Where labels stand, px: beside their line, and nowhere (`left` null) if another one is there. A line that would cross a label begins
 * below it.
 */
export function placed(
  groups: readonly Labelled[],
  area: { readonly left: number; readonly right: number },
  widthOf: (text: string) => number,
): readonly (Labelled & { readonly left: number | null; readonly isBelow: boolean })[] {
  let freeFrom = area.left;
  const labels = groups.map(({ at, text }) => {
    const width = widthOf(text);
    const fits = at + width + LABEL_GAP_PX <= area.right;
    const left = fits ? at + 4 : at - width - 4;
    if (left < freeFrom) return null;
    freeFrom = left + width + LABEL_GAP_PX;
    return { left, right: left + width };
  });
  return groups.map((group, index) => ({
    ...group,
    left: labels[index]?.left ?? null,
    isBelow: labels.some((label) => label !== null && group.at > label.left && group.at < label.right),
  }));
}

/** Start and end in px, clipped to the plot; an event that has not ended reaches its right edge. */
function extent(chart: ChartJs, { x: fromMs, until }: ChartMarker): readonly [from: number, to: number] {
  const { left, right } = chart.chartArea;
  const x = chart.scales['x'];
  if (x === undefined) return [left, left];
  const to = until === null ? right : x.getPixelForValue(until);
  return [Math.max(left, x.getPixelForValue(fromMs)), Math.min(right, to)];
}

function clusters(chart: ChartJs, markers: readonly ChartMarker[]): readonly Labelled[] {
  const { left, right } = chart.chartArea;
  const groups: { at: number; members: ChartMarker[] }[] = [];
  for (const marker of markers) {
    const at = chart.scales['x']?.getPixelForValue(marker.x) ?? -1;
    if (at < left || at > right) continue;
    const last = groups.at(-1);
    if (last !== undefined && at - last.at < MIN_DISTANCE_PX) last.members.push(marker);
    else groups.push({ at, members: [marker] });
  }
  return groups.map(({ at, members }) => ({ at, text: labelOf(members) }));
}

function labelOf(members: readonly ChartMarker[]): string {
  const signs = [...new Set(members.map((marker) => MARKER_SIGNS[marker.kind]))].join('');
  const [only] = members;
  return members.length === 1 && only !== undefined ? `${signs} ${only.label}` : `${signs} ${members.length}`;
}
