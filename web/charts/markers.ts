/** What happened, drawn on a time chart: a line with a sign and words where there is room, a bar for an alert, a shade for a gap. */
import type { Chart as ChartJs } from 'chart.js';

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
  /** When it ended; null for a moment, or for what goes on. */
  readonly until: number | null;
  readonly kind: keyof typeof MARKER_SIGNS;
  readonly label: string;
}

type Token = (name: string) => string;

const FONT = '11px system-ui, sans-serif';
/** Lines closer than this would be a grey wall: they are one, with their number. */
const APART_PX = 44;
const LABEL_ROOM_PX = 6;
/** Kept free above the plot for the words. */
export const MARKER_ROOM_PX = 14;

/** A plugin for one chart. Words are drawn as text on a canvas: nothing in them can be markup. */
export function markerPlugin(markers: readonly ChartMarker[], token: Token) {
  const ordered = markers.toSorted((a, b) => a.x - b.x);
  return {
    id: 'markers',
    beforeDatasetsDraw: (chart: ChartJs): void => shadeGaps(chart, ordered, token),
    afterDatasetsDraw: (chart: ChartJs): void => drawLines(chart, ordered, token),
  };
}

function shadeGaps(chart: ChartJs, markers: readonly ChartMarker[], token: Token): void {
  const { ctx, chartArea } = chart;
  ctx.save();
  ctx.fillStyle = `${token('grey')}33`;
  for (const marker of markers) {
    if (marker.kind !== 'ingest-gap') continue;
    const [from, to] = extent(chart, marker);
    if (to > from) ctx.fillRect(from, chartArea.top, to - from, chartArea.bottom - chartArea.top);
  }
  ctx.restore();
}

function drawLines(chart: ChartJs, markers: readonly ChartMarker[], token: Token): void {
  const { ctx, chartArea } = chart;
  ctx.save();
  ctx.font = FONT;
  ctx.fillStyle = token('chart-bad');
  for (const marker of markers) {
    if (marker.kind !== 'alert') continue;
    const [from, to] = extent(chart, marker);
    if (to > from) ctx.fillRect(from, chartArea.top - 3, Math.max(2, to - from), 3);
  }
  ctx.strokeStyle = token('ink-soft');
  ctx.fillStyle = token('ink');
  ctx.setLineDash([4, 3]);
  let freeFrom = chartArea.left;
  for (const { at, text } of clusters(chart, markers)) {
    ctx.beginPath();
    ctx.moveTo(at, chartArea.top - MARKER_ROOM_PX);
    ctx.lineTo(at, chartArea.bottom);
    ctx.stroke();
    const { width } = ctx.measureText(text);
    const fits = at + width + LABEL_ROOM_PX <= chartArea.right;
    const left = fits ? at + 4 : at - width - 4;
    if (left < freeFrom) continue;
    ctx.fillText(text, left, chartArea.top - 5);
    freeFrom = left + width + LABEL_ROOM_PX;
  }
  ctx.restore();
}

/** Where it begins and ends on the chart, cut to it; what goes on reaches its edge. */
function extent(chart: ChartJs, { x: fromMs, until }: ChartMarker): readonly [from: number, to: number] {
  const { left, right } = chart.chartArea;
  const x = chart.scales['x'];
  if (x === undefined) return [left, left];
  const to = until === null ? right : x.getPixelForValue(until);
  return [Math.max(left, x.getPixelForValue(fromMs)), Math.min(right, to)];
}

function clusters(
  chart: ChartJs,
  markers: readonly ChartMarker[],
): readonly { readonly at: number; readonly text: string }[] {
  const { left, right } = chart.chartArea;
  const groups: { at: number; members: ChartMarker[] }[] = [];
  for (const marker of markers) {
    const at = chart.scales['x']?.getPixelForValue(marker.x) ?? -1;
    if (at < left || at > right) continue;
    const last = groups.at(-1);
    if (last !== undefined && at - last.at < APART_PX) last.members.push(marker);
    else groups.push({ at, members: [marker] });
  }
  return groups.map(({ at, members }) => ({ at, text: textOf(members) }));
}

function textOf(members: readonly ChartMarker[]): string {
  const signs = [...new Set(members.map((marker) => MARKER_SIGNS[marker.kind]))].join('');
  const [only] = members;
  return members.length === 1 && only !== undefined ? `${signs} ${only.label}` : `${signs} ${members.length}`;
}
