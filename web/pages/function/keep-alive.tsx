import type { KeepAliveAnswer } from '../../../server/http/contract/keep-alive.ts';
import { useQuery } from '../../api/use-query.ts';
import { Chart } from '../../charts/chart.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { FirstAnswer } from '../../components/first-answer.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { between, count, duration, percent } from '../../format.ts';
import { clausesText } from '../../i18n/lists.ts';
import { reasonText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { daysUntilEnd } from '../../state/range.ts';
import { useView } from '../../state/view.ts';

/** How long Lambda keeps idle environments of the function: a sentence and the survival curve, from 7 days. */
export function KeepAlive({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionKeepAlive', { params: { id }, query: daysUntilEnd(view.query, 7) });
  const data = answer.data;
  if (data === null) return <FirstAnswer result={answer} what={t('keep-alive')} />;
  return (
    <>
      <ErrorBanner result={answer} what={t('keep-alive')} />
      <Section title={t('Keep-alive of idle environments')}>
        <p>
          <strong>{sentence(data)}</strong>
        </p>
        {data.reason !== null && <p>{reasonText(data.reason, data.reasonCode)}</p>}
        <p class="soft small">{evidence(data)}</p>
        <p class="soft small">{t('Method: {method}.', { method: reasonText(data.method, data.methodCode) })}</p>
        <p class="soft small">{t('From 7 days, whatever the time range above: few environments end within hours.')}</p>
      </Section>
      {data.curve.length > 0 && <Curve data={data} source={answer.source} />}
    </>
  );
}

function sentence({ medianMs, medianInterval, p10Ms, p90Ms, n }: KeepAliveAnswer): string {
  if (medianMs === null) return t('How long Lambda keeps idle environments of this function is not known.');
  const values = {
    median: duration(medianMs),
    interval:
      medianInterval === null
        ? t('no interval')
        : t('95 % interval {range}', { range: between(duration(medianInterval.low), duration(medianInterval.high)) }),
    n: count(n),
    p10: duration(p10Ms),
    p90: duration(p90Ms),
  };
  return p10Ms === null || p90Ms === null
    ? t('Half of the idle environments end within {median} ({interval}, n={n}).', values)
    : t(
        'Half of the idle environments end within {median} ({interval}, n={n}), 10 % after {p10} and 90 % after {p90}.',
        values,
      );
}

function evidence({ n, deaths, evidence: of }: KeepAliveAnswer): string {
  const parts = [
    t('{n, plural, one {# idle period} other {# idle periods}}, of which {ended} ended with the environment', {
      n,
      ended: count(deaths),
    }),
    t(
      '{n, plural, one {# invocation} other {# invocations}} in {environments, plural, one {# environment} other {# environments}}',
      { n: of.invocations, environments: of.environments },
    ),
  ];
  if (of.youngOnly)
    parts.push(t('only environments younger than two hours, because older ones are also recycled for their age'));
  if (of.truncated) parts.push(t('only the newest invocations of the time range'));
  return t('From {parts}.', { parts: clausesText(parts) });
}

function Curve({ data, source }: { readonly data: KeepAliveAnswer; readonly source: string }) {
  const label = t('Idle environments still alive');
  const shown = shownPart(data.curve);
  return (
    <ChartPanel
      title={label}
      description={t(
        'Share of environments that still exist after being idle for this time; the band is the pointwise 95 % interval.',
      )}
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
        xTitle={t('idle time')}
        yTitle={t('share still alive')}
        formatY={percent}
        formatX={duration}
        series={[
          {
            label: t('still alive'),
            colour: 'chart-1',
            points: shown.map((point) => ({ x: point.idleMs, y: point.survival })),
            band: shown.map((point) => ({ x: point.idleMs, low: point.low, high: point.high })),
          },
          ...(data.medianMs === null
            ? []
            : [
                {
                  label: t('median'),
                  colour: 'chart-2' as const,
                  dotsOnly: true,
                  points: [{ x: data.medianMs, y: 0.5 }],
                },
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
