/** Environments as rows of a canvas: init, runs, idle, failures. Drawn by hand because no chart library draws thousands of these. */
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

const ROW = 9;
const GAP = 3;
const PITCH = ROW + GAP;
const AXIS = 22;
/** Of the canvas at most: further rows come into it by scrolling. */
const MOST_HEIGHT = 640;
/** What scrolls has to be reached by keyboard, or its rows are for pointers only. */
const REACHABLE = { tabIndex: 0 } as const;

export function Timeline({ answer, formatX, onZoom, markers }: TimelineProps) {
  const box = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const pressed = useRef<number | null>(null);
  const fromMs = Date.parse(answer.range.from);
  const toMs = Date.parse(answer.range.to);
  const rows = answer.items;
  const total = AXIS + rows.length * PITCH + 4;
  const height = Math.min(total, MOST_HEIGHT);
  useEffect(() => {
    const [frame, view] = [canvas.current, box.current];
    if (frame === null || view === null) return;
    let waiting = 0;
    const draw = (): void => {
      waiting = 0;
      paint(frame, { rows, fromMs, toMs, height, scrolled: view.scrollTop, formatX, markers });
    };
    const soon = (): void => {
      if (waiting === 0) waiting = requestAnimationFrame(draw);
    };
    draw();
    const observer = new ResizeObserver(soon);
    observer.observe(frame);
    const unsubscribe = onThemeChange(soon);
    view.addEventListener('scroll', soon, { passive: true });
    return () => {
      cancelAnimationFrame(waiting);
      observer.disconnect();
      unsubscribe();
      view.removeEventListener('scroll', soon);
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
      style={{ maxHeight: `${MOST_HEIGHT}px` }}
      {...REACHABLE}
      aria-label="Environments, one a row"
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

interface Picture {
  readonly rows: EnvironmentsAnswer['items'];
  readonly fromMs: number;
  readonly toMs: number;
  readonly height: number;
  readonly scrolled: number;
  readonly formatX: (ms: number) => string;
  readonly markers: readonly ChartMarker[];
}

/** Draws the rows that are in sight, and the axis above them. */
function paint(canvas: HTMLCanvasElement, picture: Picture): void {
  const { rows, fromMs, toMs, height, scrolled, formatX, markers } = picture;
  const width = canvas.clientWidth;
  const scale = window.devicePixelRatio;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  pen.scale(scale, scale);
  const x = (ms: number): number => ((ms - fromMs) / (toMs - fromMs)) * width;
  const bar = (colour: string, startMs: number, endMs: number, y: number, tall: number): void => {
    const left = Math.max(0, x(startMs));
    const right = Math.min(width, x(endMs));
    if (right < 0 || left > width) return;
    pen.fillStyle = colour;
    pen.fillRect(left, y, Math.max(1.5, right - left), tall);
  };
  pen.font = '12px system-ui, sans-serif';
  pen.fillStyle = designToken('ink-soft');
  const labels = Math.max(2, Math.floor(width / 170));
  for (let at = 0; at < labels; at += 1) {
    const ms = fromMs + ((toMs - fromMs) * at) / labels;
    pen.fillText(formatX(ms), x(ms) + 2, 13);
  }
  const colours = {
    idle: designToken('line'),
    run: designToken('chart-1'),
    init: designToken('chart-2'),
    failure: designToken('chart-bad'),
  };
  const first = Math.max(0, Math.floor(scrolled / PITCH));
  const last = Math.ceil((scrolled + height - AXIS) / PITCH);
  pen.beginPath();
  pen.rect(0, AXIS - 2, width, height - AXIS + 2);
  pen.clip();
  for (const [at, row] of rows.slice(first, last + 1).entries()) {
    const y = AXIS + (first + at) * PITCH - scrolled;
    bar(colours.idle, Date.parse(row.firstSeenAt), Date.parse(row.lastSeenAt), y + ROW / 2 - 1, 2);
    for (const run of row.runs) {
      if (run.initMs !== null) bar(colours.init, run.startMs - run.initMs, run.startMs, y, ROW);
      // A failure is also taller than a success: not told by colour alone.
      if (run.status === 'success') bar(colours.run, run.startMs, run.endMs, y + 1, ROW - 2);
      else bar(colours.failure, run.startMs, run.endMs, y - 1, ROW + 2);
    }
  }
  pen.strokeStyle = designToken('ink-soft');
  pen.setLineDash([4, 3]);
  for (const marker of markers) {
    pen.beginPath();
    pen.moveTo(x(marker.x), AXIS);
    pen.lineTo(x(marker.x), height);
    pen.stroke();
  }
}
