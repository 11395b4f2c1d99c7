import { DAY_MS } from '../../../ingest/records/time.ts';
import { count, duration, percent, plural } from '../../../ingest/text/quantities.ts';
import type { KeepAliveAnswer } from '../../../server/http/contract/keep-alive.ts';
import { useQuery } from '../../api/use-query.ts';
import { Chart } from '../../charts/chart.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { between } from '../../format.ts';
import { setSearchParams } from '../../state/location.ts';
import { rangeOf, toMs } from '../../state/range.ts';
import { useView } from '../../state/view.ts';

/** Time range that both analyses of this tab are made for. */
const USUAL_RANGE_MS = 7 * DAY_MS;

/** How long Lambda keeps idle environments of the function: a sentence and the survival curve. */
export function KeepAlive({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionKeepAlive', { params: { id }, query: view.rangeQuery });
  const data = answer.data;
  if (data === null) return <ErrorBanner result={answer} what="keep-alive" />;
  const range = rangeOf(view.query);
  const isShort = toMs(range.to, Date.now()) - toMs(range.from, Date.now()) < USUAL_RANGE_MS / 2;
  return (
    <>
      <ErrorBanner result={answer} what="keep-alive" />
      <Section title="Keep-alive of idle environments">
        <p>
          <strong>{sentence(data)}</strong>
        </p>
        {data.reason !== null && <p>{data.reason}</p>}
        <p class="soft small">{evidence(data)}</p>
        <p class="soft small">Method: {data.method}.</p>
        {isShort && (
          <p>
            <button type="button" onClick={() => setSearchParams({ from: 'now-7d', to: null })}>
              Analyse 7 days
            </button>{' '}
            <span class="soft small">Few environments end within hours.</span>
          </p>
        )}
      </Section>
      {data.curve.length > 0 && <Curve data={data} source={answer.source} />}
    </>
  );
}

function sentence({ medianMs, medianInterval, p10Ms, p90Ms, n }: KeepAliveAnswer): string {
  if (medianMs === null) return 'How long Lambda keeps idle environments of this function is not known.';
  const interval =
    medianInterval === null
      ? 'no interval'
      : `95 % interval ${between(duration(medianInterval.low), duration(medianInterval.high))}`;
  const spread =
    p10Ms === null || p90Ms === null ? '' : `, 10 % after ${duration(p10Ms)} and 90 % after ${duration(p90Ms)}`;
  return `Half of the idle environments end within ${duration(medianMs)} (${interval}, n=${count(n)})${spread}.`;
}

function evidence({ n, deaths, evidence: of }: KeepAliveAnswer): string {
  const parts = [
    `${plural(n, 'idle period')}, of which ${count(deaths)} ended with the environment`,
    `${plural(of.invocations, 'invocation')} in ${plural(of.environments, 'environment')}`,
  ];
  if (of.youngOnly)
    parts.push('only environments younger than two hours, because older ones are also recycled for their age');
  if (of.truncated) parts.push('only the newest invocations of the time range');
  return `From ${parts.join('; ')}.`;
}

function Curve({ data, source }: { readonly data: KeepAliveAnswer; readonly source: string }) {
  const label = 'Idle environments still alive';
  const shown = shownPart(data.curve);
  return (
    <ChartPanel
      title={label}
      description="Share of environments that still exist after being idle for this time; the band is the pointwise 95 % interval."
      table={{
        columns: ['idleMs', 'survival', 'low', 'high'],
        rows: data.curve.map((point) => [point.idleMs, point.survival, point.low, point.high]),
      }}
      source={source}
      chartLabel={label}
    >
      <Chart
        label={label}
        kind="line"
        axis="value"
        xTitle="idle time"
        yTitle="share still alive"
        formatY={percent}
        formatX={(x) => duration(x)}
        series={[
          {
            label: 'still alive',
            colour: 'chart-1',
            points: shown.map((point) => ({ x: point.idleMs, y: point.survival })),
            band: shown.map((point) => ({ x: point.idleMs, low: point.low, high: point.high })),
          },
          ...(data.medianMs === null
            ? []
            : [
                { label: 'median', colour: 'chart-2' as const, dotsOnly: true, points: [{ x: data.medianMs, y: 0.5 }] },
              ]),
        ]}
      />
    </ChartPanel>
  );
}

/** Below this share the curve is shown as at 0 %. */
const NONE_LEFT = 0.001;

/** The curve until all environments have ended, and a quarter of that time more: idle periods of hours would hide the rest. */
function shownPart(curve: KeepAliveAnswer['curve']): KeepAliveAnswer['curve'] {
  const end = curve.find(({ survival }) => survival < NONE_LEFT);
  const last = curve.at(-1);
  if (end === undefined || last === undefined) return curve;
  const until = Math.min(last.idleMs, end.idleMs * 1.25);
  return [...curve.filter(({ idleMs }) => idleMs < until), { ...last, idleMs: until }];
}
