/** Environments as rows of a canvas: init, runs, idle, failures. Drawn by hand because no chart library draws thousands of these. */
import { useEffect, useRef } from 'preact/hooks';
import type { EnvironmentsAnswer } from '../../server/api/contract/functions.ts';

interface TimelineProps {
  readonly answer: EnvironmentsAnswer;
  readonly formatX: (ms: number) => string;
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

const ROW = 9;
const GAP = 3;
const AXIS = 22;
const MAX_ROWS = 400;

export function Timeline({ answer, formatX, onZoom }: TimelineProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pressed = useRef<number | null>(null);
  const fromMs = Date.parse(answer.range.from);
  const toMs = Date.parse(answer.range.to);
  const rows = answer.items.slice(-MAX_ROWS);
  const height = AXIS + rows.length * (ROW + GAP) + 4;
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current !== null) paint(canvas.current, rows, fromMs, toMs, height, formatX);
    };
    draw();
    const observer = new ResizeObserver(draw);
    if (canvas.current !== null) observer.observe(canvas.current);
    const media = window.matchMedia('(prefers-color-scheme: dark)');
    media.addEventListener('change', draw);
    window.addEventListener('thermocline:theme', draw);
    return () => {
      observer.disconnect();
      media.removeEventListener('change', draw);
      window.removeEventListener('thermocline:theme', draw);
    };
  }, [answer]);
  const timeAt = (event: PointerEvent): number => {
    const box = canvas.current?.getBoundingClientRect();
    if (box === undefined) return fromMs;
    return fromMs + ((event.clientX - box.left) / box.width) * (toMs - fromMs);
  };
  return (
    <canvas
      ref={canvas}
      class="timeline"
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
  );
}

function paint(
  canvas: HTMLCanvasElement,
  rows: EnvironmentsAnswer['items'],
  fromMs: number,
  toMs: number,
  height: number,
  formatX: (ms: number) => string,
): void {
  const width = canvas.clientWidth;
  const scale = window.devicePixelRatio;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  pen.scale(scale, scale);
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const x = (ms: number): number => ((ms - fromMs) / (toMs - fromMs)) * width;
  const bar = (colour: string, startMs: number, endMs: number, y: number, tall: number): void => {
    const left = Math.max(0, x(startMs));
    const right = Math.min(width, x(endMs));
    if (right < 0 || left > width) return;
    pen.fillStyle = colour;
    pen.fillRect(left, y, Math.max(1.5, right - left), tall);
  };
  pen.font = '12px system-ui, sans-serif';
  pen.fillStyle = token('ink-soft');
  const labels = Math.max(2, Math.floor(width / 170));
  for (let at = 0; at < labels; at += 1) {
    const ms = fromMs + ((toMs - fromMs) * at) / labels;
    pen.fillText(formatX(ms), x(ms) + 2, 13);
  }
  const colours = { idle: token('line'), run: token('chart-1'), init: token('chart-2'), failure: token('chart-bad') };
  for (const [at, row] of rows.entries()) {
    const y = AXIS + at * (ROW + GAP);
    bar(colours.idle, Date.parse(row.firstSeenAt), Date.parse(row.lastSeenAt), y + ROW / 2 - 1, 2);
    for (const run of row.runs) {
      if (run.initMs !== null) bar(colours.init, run.startMs - run.initMs, run.startMs, y, ROW);
      // A failure is also taller than a success: not told by colour alone.
      if (run.status === 'success') bar(colours.run, run.startMs, run.endMs, y + 1, ROW - 2);
      else bar(colours.failure, run.startMs, run.endMs, y - 1, ROW + 2);
    }
  }
}
