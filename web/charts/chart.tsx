import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { trackRequest } from '../state/page-ready.ts';
import { holdRefresh } from '../state/refresh.ts';
import { onThemeChange } from '../state/theme.ts';
import type { ChartHandle, ChartProps } from './chart-types.ts';

/** Requested with the first page that has a chart, while its data loads. */
const renderer = import('./chart-renderer.ts');
renderer.catch(() => undefined);

/** Points are read with the arrow keys. */
const FOCUSABLE = { tabIndex: 0 } as const;

/** A bar or line chart. New props update it in place: a drag in progress survives a refresh of the data. */
export function Chart(props: ChartProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<ChartHandle | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [failed, setFailed] = useState(false);
  const [said, setSaid] = useState('');
  const release = useRef<() => void>(() => undefined);
  const { kind, axis } = props;
  useEffect(() => {
    let mounted = true;
    const drawn = trackRequest();
    renderer.then(
      ({ createChart }) => {
        if (mounted && canvas.current !== null) chart.current = createChart(canvas.current, latest.current);
        drawn();
      },
      () => {
        if (mounted) setFailed(true);
        drawn();
      },
    );
    const unsubscribe = onThemeChange(() => chart.current?.update(latest.current));
    return () => {
      mounted = false;
      drawn();
      unsubscribe();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [kind, axis]);
  useEffect(() => chart.current?.update(props));
  useEffect(() => () => release.current(), []);
  return (
    <div
      class="chart"
      onPointerEnter={() => {
        release.current();
        release.current = holdRefresh();
      }}
      onPointerLeave={() => release.current()}
    >
      {failed ? (
        <p class="soft">{t('Failed to load the chart. Reload the page, or choose Table.')}</p>
      ) : (
        <>
          <canvas
            ref={canvas}
            role="img"
            aria-label={props.label}
            data-chart={props.label}
            {...FOCUSABLE}
            onBlur={() => chart.current?.step('Escape')}
            onKeyDown={(event) => {
              const words = chart.current?.step(event.key) ?? null;
              if (words === null) return;
              event.preventDefault();
              setSaid(words);
            }}
          />
          <span class="visually-hidden" role="status">
            {said}
          </span>
        </>
      )}
    </div>
  );
}
