/** The timeline of environments, drawn without a chart library, which is too slow for tens of thousands of bars. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { EnvironmentsAnswer } from '../../server/http/contract/functions.ts';
import { navigate } from '../state/location.ts';
import { holdRefresh } from '../state/refresh.ts';
import { designToken, onThemeChange } from '../state/theme.ts';
import type { Placed } from './environment-lanes.ts';
import { cellsOf, placed, steppedFrom } from './environment-lanes.ts';
import type { ChartMarker } from './markers.ts';
import { tickText, timeTicks } from './time-ticks.ts';

interface TimelineProps {
  readonly label: string;
  readonly answer: EnvironmentsAnswer;
  /** Times below the axis are drawn again when it is another function. */
  /** What the displayed time zone is ahead of UTC: ticks fall on its full hours. */
  readonly utcOffsetMs: number;
  readonly onZoom: (fromMs: number, toMs: number) => void;
  readonly markers: readonly ChartMarker[];
  /** Lines about an environment that is pointed at; `atMs` is the time below the pointer. */
  readonly describe: (one: Placed, atMs: number) => readonly string[];
  /** Where a click on an environment leads. */
  readonly hrefOf: (one: Placed, atMs: number) => string;
}

const AXIS_PX = 22;
/** Height of the canvas at most; further rows are drawn as they are scrolled to. */
const MAX_HEIGHT_PX = 560;
const ROW_PX = { least: 5, most: 18 } as const;
/** Width of the parts in which the time that was busy is summed up. */
const CELL_PX = 3;
/** What is drawn of a part that was hardly busy: it must not look unused. */
const LEAST_ALPHA = 0.1;
const MAX_MARKERS = 6;
const TICK_PX = 80;
/** Shorter drags are clicks. */
const MIN_DRAG_PX = 4;
/** A scrollable element must be focusable, or it cannot be scrolled by keyboard. */
const FOCUSABLE = { tabIndex: 0 } as const;

interface Pointed {
  readonly one: Placed;
  readonly atMs: number;
  readonly left: number;
  readonly top: number;
}

/** Environments in rows that they share one after the other, darker the busier they were. A drag selects a time range. */
export function Timeline(props: TimelineProps) {
  const { answer, utcOffsetMs, onZoom, markers, describe, hrefOf, label } = props;
  const box = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const pressed = useRef<number | null>(null);
  const release = useRef<() => void>(() => undefined);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  /** Id of an environment: a refresh gives it another place. */
  const [chosen, setChosen] = useState<number | null>(null);
  const fromMs = Date.parse(answer.range.from);
  const toMs = Date.parse(answer.range.to);
  const rows = useMemo(() => placed(answer.items, (toMs - fromMs) / 300), [answer]);
  const lanes = useMemo(() => 1 + rows.reduce((most, { lane }) => Math.max(most, lane), 0), [rows]);
  const rowPx = Math.max(ROW_PX.least, Math.min(ROW_PX.most, Math.floor(MAX_HEIGHT_PX / lanes)));
  const total = AXIS_PX + lanes * rowPx + 4;
  const height = Math.min(total, MAX_HEIGHT_PX + AXIS_PX);
  const marked = pointed?.one ?? rows.find(({ environment }) => environment.id === chosen);
  useEffect(() => {
    const [frame, view] = [canvas.current, box.current];
    if (frame === null || view === null) return;
    let frameRequest = 0;
    const draw = (): void => {
      frameRequest = 0;
      paint(frame, { ...props, rows, rowPx, fromMs, toMs, height, scrolled: view.scrollTop, marked });
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
  }, [answer, markers, marked, utcOffsetMs]);
  useEffect(() => () => release.current(), []);

  const placeOf = ({ clientX, clientY }: PointerEvent) => {
    const { left, top, width } = canvas.current?.getBoundingClientRect() ?? { left: 0, top: 0, width: 1 };
    const [x, y] = [clientX - left, clientY - top];
    return { x, y, width, atMs: fromMs + (x / width) * (toMs - fromMs) };
  };
  const at = (event: PointerEvent): Pointed | null => {
    const { x, y, width, atMs } = placeOf(event);
    const lane = Math.floor((y - AXIS_PX + (box.current?.scrollTop ?? 0)) / rowPx);
    const slackMs = ((toMs - fromMs) / width) * CELL_PX;
    const one = rows.find((row) => row.lane === lane && atMs >= row.startMs - slackMs && atMs <= row.endMs + slackMs);
    if (one === undefined) return null;
    return { one, atMs: Math.max(one.startMs, Math.min(one.endMs, atMs)), left: x, top: y };
  };
  const choose = (step: number): void => {
    const next = steppedFrom(rows, chosen, step);
    setChosen(next?.environment.id ?? null);
    const top = (next?.lane ?? 0) * rowPx;
    const view = box.current;
    if (view !== null && (top < view.scrollTop || top > view.scrollTop + height - AXIS_PX - rowPx))
      view.scrollTop = top;
  };
  const key = (event: KeyboardEvent): void => {
    const one = rows.find(({ environment }) => environment.id === chosen);
    if (event.key === 'ArrowRight' || event.key === 'ArrowDown') choose(1);
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') choose(-1);
    else if (event.key === 'Escape') setChosen(null);
    else if (event.key === 'Enter' && one !== undefined) navigate(hrefOf(one, one.startMs));
    else return;
    event.preventDefault();
  };
  const shown = pointed ?? (marked === undefined ? null : keyboardPlace(marked, { fromMs, toMs, rowPx }, box.current));
  const lines = shown === null ? [] : describe(shown.one, shown.atMs);
  return (
    <div class="timeline-frame">
      <section
        ref={box}
        class="timeline"
        style={{ maxHeight: `${height}px` }}
        {...FOCUSABLE}
        aria-label={label}
        onKeyDown={key}
        onBlur={() => setChosen(null)}
      >
        <div style={{ height: `${total}px` }}>
          <canvas
            ref={canvas}
            style={{ height: `${height}px`, cursor: pointed === null ? 'crosshair' : 'pointer' }}
            role="img"
            aria-label={label}
            data-chart={label}
            onPointerEnter={() => {
              release.current();
              release.current = holdRefresh();
            }}
            onPointerLeave={() => {
              release.current();
              pressed.current = null;
              setPointed(null);
            }}
            onPointerMove={(event) => setPointed(at(event))}
            onPointerDown={(event) => {
              pressed.current = placeOf(event).x;
            }}
            onPointerUp={(event) => {
              const start = pressed.current;
              pressed.current = null;
              if (start === null) return;
              const { x, width, atMs } = placeOf(event);
              const found = at(event);
              if (Math.abs(x - start) > MIN_DRAG_PX) {
                const startMs = fromMs + (start / width) * (toMs - fromMs);
                onZoom(Math.min(startMs, atMs), Math.max(startMs, atMs));
              } else if (found !== null) navigate(hrefOf(found.one, found.atMs));
            }}
          />
        </div>
      </section>
      {shown !== null && (
        <div class="timeline-tip small" style={tipStyle(shown, canvas.current?.clientWidth ?? 0)}>
          {lines.map((line, place) => (
            <div class={place === 0 ? 'mono' : ''}>{line}</div>
          ))}
        </div>
      )}
      <span class="visually-hidden" role="status">
        {chosen === null ? '' : lines.join('. ')}
      </span>
    </div>
  );
}

function keyboardPlace(
  one: Placed,
  { fromMs, toMs, rowPx }: { readonly fromMs: number; readonly toMs: number; readonly rowPx: number },
  box: HTMLElement | null,
): Pointed {
  const width = box?.clientWidth ?? 0;
  const left = Math.max(0, ((one.startMs - fromMs) / (toMs - fromMs)) * width);
  return { one, atMs: one.startMs, left, top: AXIS_PX + (one.lane + 1) * rowPx - (box?.scrollTop ?? 0) };
}

/** Beside the pointer, on the side that has room. */
function tipStyle({ left, top }: Pointed, width: number) {
  const vertical = { top: `${top + 14}px` };
  return left > width / 2 ? { ...vertical, right: `${width - left}px` } : { ...vertical, left: `${left}px` };
}

interface Drawing extends Pick<TimelineProps, 'utcOffsetMs' | 'markers'> {
  readonly rows: readonly Placed[];
  readonly rowPx: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly height: number;
  readonly scrolled: number;
  readonly marked: Placed | undefined;
}

/** Draws the visible rows and the axis above them. */
function paint(canvas: HTMLCanvasElement, drawing: Drawing): void {
  const { rows, rowPx, fromMs, toMs, height, scrolled, utcOffsetMs, markers, marked } = drawing;
  const width = canvas.clientWidth;
  const scale = window.devicePixelRatio;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext('2d');
  if (context === null || width === 0) return;
  context.scale(scale, scale);
  const x = (ms: number): number => ((ms - fromMs) / (toMs - fromMs)) * width;
  const line = (atX: number): void => {
    context.beginPath();
    context.moveTo(atX, AXIS_PX);
    context.lineTo(atX, height);
    context.stroke();
  };
  context.font = `12px ${designToken('font')}`;
  context.fillStyle = designToken('muted');
  context.strokeStyle = designToken('line');
  for (const tick of timeTicks(fromMs, toMs, Math.max(2, Math.floor(width / TICK_PX)), utcOffsetMs)) {
    const text = tickText(tick, utcOffsetMs);
    const left = Math.min(
      Math.max(0, x(tick) - context.measureText(text).width / 2),
      width - context.measureText(text).width,
    );
    context.fillText(text, left, 13);
    line(x(tick));
  }
  // As in other charts, more of them would cover what is drawn.
  context.strokeStyle = designToken('muted');
  context.setLineDash([4, 3]);
  if (markers.length <= MAX_MARKERS) for (const marker of markers) line(x(marker.x));
  context.setLineDash([]);
  context.beginPath();
  context.rect(0, AXIS_PX, width, height - AXIS_PX);
  context.clip();
  const colours = {
    idle: designToken('line'),
    run: designToken('chart-1'),
    init: designToken('chart-2'),
    failure: designToken('chart-bad'),
    marked: designToken('ink'),
  };
  const tall = rowPx > 8 ? rowPx - 3 : rowPx - 1;
  const cells = Math.ceil(width / CELL_PX);
  const cellMs = ((toMs - fromMs) * CELL_PX) / width;
  for (const row of rows) {
    const y = AXIS_PX + row.lane * rowPx - scrolled;
    if (y + rowPx < AXIS_PX || y > height) continue;
    const left = Math.max(0, x(row.startMs));
    const wide = Math.max(2, Math.min(width, x(row.endMs)) - left);
    context.fillStyle = colours.idle;
    context.fillRect(left, y, wide, tall);
    for (const { at, busy, hasInit, hasFailure } of cellsOf(row.environment, fromMs, cellMs, cells)) {
      if (busy > 0) {
        context.fillStyle = colours.run;
        context.globalAlpha = Math.max(LEAST_ALPHA, busy);
        context.fillRect(at * CELL_PX, y, CELL_PX, tall);
        context.globalAlpha = 1;
      }
      // Failures fill the height, inits two thirds of it, so that colour is not the only sign.
      if (hasInit) {
        context.fillStyle = colours.init;
        context.fillRect(at * CELL_PX, y + tall / 3, CELL_PX, (tall * 2) / 3);
      }
      if (hasFailure) {
        context.fillStyle = colours.failure;
        context.fillRect(at * CELL_PX, y - 1, CELL_PX, tall + 2);
      }
    }
    if (row === marked) {
      context.strokeStyle = colours.marked;
      context.strokeRect(left - 1, y - 0.5, wide + 2, tall + 1);
    }
  }
}
