/** What a chart shows. */
import type { ChartMarker } from './markers.ts';

export type Colour = 'chart-1' | 'chart-2' | 'chart-3' | 'chart-bad' | 'grey';

export interface ChartSeries {
  readonly label: string;
  readonly colour: Colour;
  /** Distinguishes the series without colour. */
  readonly dashed?: boolean;
  /** Whole numbers that hold until the next point, drawn as steps. */
  readonly stepped?: boolean;
  /** Points without a line: values between them are unknown. */
  readonly dotsOnly?: boolean;
  /** Ordered by `x`: epoch ms on a time axis. */
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
  /** What these points, of the period before at the times of this one, are compared with: drawn dashed, lighter and over the others. */
  readonly comparedWith?: readonly { readonly x: number; readonly y: number | null }[];
  /** Confidence bounds, drawn as a band around the line. */
  readonly band?: readonly { readonly x: number; readonly low: number | null; readonly high: number | null }[];
}

export interface ChartProps {
  readonly label: string;
  readonly series: readonly ChartSeries[];
  readonly kind: 'bar' | 'line';
  /** `log` spreads values over powers of ten, which suits durations. */
  readonly axis: 'time' | 'value' | 'log';
  readonly stacked?: boolean;
  /** Whether values between whole numbers exist. Without it, lines have some, and bars are counts: half a cold start does not exist. */
  readonly fractional?: boolean;
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

export interface ChartHandle {
  /** Shows new data, markers, formats and colours. A drag in progress and hidden series stay as they are. */
  update(props: ChartProps): void;
  /**
   * Points at the place that a key leads to, Escape at none; `1` hides the first series or shows it again. @returns what is there, or what
   * became of the series, in words; null for other keys.
   */
  step(key: string): string | null;
  destroy(): void;
}
