/** The timeline of environments, drawn without a chart library, which is too slow for tens of thousands of bars. */
import { useEffect, useRef } from 'preact/hooks';
import type { EnvironmentsAnswer } from '../../server/http/contract/functions.ts';
import { designToken, onThemeChange } from '../state/theme.ts';
import type { ChartMarker } from './markers.ts';

interface TimelineProps {
  readonly answer: EnvironmentsAnswer;
  readonly formatX: (ms: number) => string;
  readonly onZoom: (fromMs: number, toMs: number) => void;
  readonly markers: readonly ChartMarker[];
}

const BAR_PX = 9;
const GAP_PX = 3;
const ROW_PX = BAR_PX + GAP_PX;
const AXIS_PX = 22;
/** Height of the canvas at most; further rows are drawn as they are scrolled to. */
const MAX_HEIGHT_PX = 640;
/** A scrollable element must be focusable, or it cannot be scrolled by keyboard. */
const FOCUSABLE = { tabIndex: 0 } as const;

/** One row per environment: init, invocations, idle time and failures. A drag selects a time range. */
export function Timeline({ answer, formatX, onZoom, markers }: TimelineProps) {
  const box = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const pressed = useRef<number | null>(null);
  const fromMs = Date.parse(answer.range.from);
  const toMs = Date.parse(answer.range.to);
  const rows = answer.items;
  const total = AXIS_PX + rows.length * ROW_PX + 4;
  const height = Math.min(total, MAX_HEIGHT_PX);
  useEffect(() => {
    const [frame, view] = [canvas.current, box.current];
    if (frame === null || view === null) return;
    let frameRequest = 0;
    const draw = (): void => {
      frameRequest = 0;
      paint(frame, { rows, fromMs, toMs, height, scrolled: view.scrollTop, formatX, markers });
    };
    const schedule = (): void => {
      if (frameRequest === 0) frameRequest = requestAnimationFrame(draw);
    };
    draw();
    const observer = new ResizeObserver(schedule);
    observer.observe(frame);
    const unsubscribe = onThemeChange(schedule);
    view.addEventListener('scroll', schedule, { passive: true });
    return () => {
      cancelAnimationFrame(frameRequest);
      observer.disconnect();
      unsubscribe();
      view.removeEventListener('scroll', schedule);
    };
  }, [answer, markers]);
  const timeAt = (event: PointerEvent): number => {
    const place = canvas.current?.getBoundingClientRect();
    if (place === undefined) return fromMs;
    return fromMs + ((event.clientX - place.left) / place.width) * (toMs - fromMs);
  };
  return (
    <section
      ref={box}
      class="timeline"
      style={{ maxHeight: `${MAX_HEIGHT_PX}px` }}
      {...FOCUSABLE}
      aria-label="Environments, one per row"
    >
      <div style={{ height: `${total}px` }}>
        <canvas
          ref={canvas}
          style={{ height: `${height}px` }}
          role="img"
          aria-label={`Timeline of ${rows.length} environments`}
          data-chart="Environment timeline"
          onPointerDown={(event) => {
            pressed.current = timeAt(event);
          }}
          onPointerUp={(event) => {
            const start = pressed.current;
            pressed.current = null;
            if (start === null) return;
            const end = timeAt(event);
            if (Math.abs(end - start) > (toMs - fromMs) / 200) onZoom(Math.min(start, end), Math.max(start, end));
          }}
        />
      </div>
    </section>
  );
}

interface Drawing {
  readonly rows: EnvironmentsAnswer['items'];
  readonly fromMs: number;
  readonly toMs: number;
  readonly height: number;
  readonly scrolled: number;
  readonly formatX: (ms: number) => string;
  readonly markers: readonly ChartMarker[];
}

/** Draws the visible rows and the axis above them. */
function paint(canvas: HTMLCanvasElement, drawing: Drawing): void {
  const { rows, fromMs, toMs, height, scrolled, formatX, markers } = drawing;
  const width = canvas.clientWidth;
  const scale = window.devicePixelRatio;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(scale, scale);
  const x = (ms: number): number => ((ms - fromMs) / (toMs - fromMs)) * width;
  const bar = (colour: string, startMs: number, endMs: number, y: number, tall: number): void => {
    const left = Math.max(0, x(startMs));
    const right = Math.min(width, x(endMs));
    if (right < 0 || left > width) return;
    context.fillStyle = colour;
    context.fillRect(left, y, Math.max(1.5, right - left), tall);
  };
  context.font = '12px system-ui, sans-serif';
  context.fillStyle = designToken('muted');
  const labels = Math.max(2, Math.floor(width / 170));
  for (let at = 0; at < labels; at += 1) {
    const ms = fromMs + ((toMs - fromMs) * at) / labels;
    context.fillText(formatX(ms), x(ms) + 2, 13);
  }
  const colours = {
    idle: designToken('line'),
    run: designToken('chart-1'),
    init: designToken('chart-2'),
    failure: designToken('chart-bad'),
  };
  const first = Math.max(0, Math.floor(scrolled / ROW_PX));
  const last = Math.ceil((scrolled + height - AXIS_PX) / ROW_PX);
  context.beginPath();
  context.rect(0, AXIS_PX - 2, width, height - AXIS_PX + 2);
  context.clip();
  for (const [at, row] of rows.slice(first, last + 1).entries()) {
    const y = AXIS_PX + (first + at) * ROW_PX - scrolled;
    bar(colours.idle, Date.parse(row.firstSeenAt), Date.parse(row.lastSeenAt), y + BAR_PX / 2 - 1, 2);
    for (const run of row.runs) {
      if (run.initMs !== null) bar(colours.init, run.startMs - run.initMs, run.startMs, y, BAR_PX);
      // Failures are also taller, so that colour is not the only sign.
      if (run.status === 'success') bar(colours.run, run.startMs, run.endMs, y + 1, BAR_PX - 2);
      else bar(colours.failure, run.startMs, run.endMs, y - 1, BAR_PX + 2);
    }
  }
  context.strokeStyle = designToken('muted');
  context.setLineDash([4, 3]);
  for (const marker of markers) {
    context.beginPath();
    context.moveTo(x(marker.x), AXIS_PX);
    context.lineTo(x(marker.x), height);
    context.stroke();
  }
}
