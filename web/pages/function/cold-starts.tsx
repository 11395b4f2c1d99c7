import type { ColdStartsAnswer } from '../../../server/http/contract/functions.ts';
import { useQuery } from '../../api/use-query.ts';
import { Chart } from '../../charts/chart.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Estimate } from '../../components/estimate.tsx';
import { FirstAnswer } from '../../components/first-answer.tsx';
import { InvocationTable } from '../../components/invocation-table.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { Term } from '../../components/term.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { WithoutStream } from '../../components/without-stream.tsx';
import { count, duration, interval, percent, quantileBasis, quantileInterval } from '../../format.ts';
import { codeText } from '../../i18n/server-texts.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, t, translated } from '../../i18n/translate.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';
import { ColdStartAdvice } from './cold-start-advice.tsx';

/** With fewer invocations the rate is too uncertain to be read alone. */
const MIN_INVOCATIONS = 50;

/** Quantiles of inits that are shown. */
const SHOWN = ['p50', 'p95'] as const;

/** The Cold starts tab: rates, durations, causes and kinds, and the latest examples. */
export function ColdStarts({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionColdStarts', { params: { id }, query: view.rangeQuery });
  const { source } = answer;
  const data = answer.data;
  if (data === null) return <FirstAnswer result={answer} what={t('cold starts')} tiles={4} />;
  const cold = data.byKind.reduce((sum, row) => sum + row.n, 0);
  return (
    <>
      <ErrorBanner result={answer} what={t('cold starts')} />
      <div class="tiles">
        <StatTile
          label={t('Cold-start rate')}
          value={percent(data.rate.value)}
          note={t('of all invocations')}
          detail={interval(data.rate)}
        />
        <StatTile
          label={<Term name="user-felt">{t('User-felt')}</Term>}
          value={percent(data.userFeltRate.value)}
          note={t('callers that waited')}
          detail={interval(data.userFeltRate)}
        />
        <StatTile
          label={t('Cold-start time per day')}
          value={duration(data.taxMsPerDay)}
          note={t('init, restore and first connections')}
        />
        <StatTile
          label={t('Init p50 / p95')}
          value={`${duration(data.initMs.p50)} / ${duration(data.initMs.p95)}`}
          note={t('on demand')}
          detail={`${SHOWN.map((name) => quantileInterval(data.initMs, name)).join(' / ')}, ${quantileBasis(data.initMs, SHOWN)}`}
        />
      </div>
      <WithoutStream found={data.withoutStream} />
      <ColdStartAdvice data={data} id={id} explanations={EXPLANATIONS} />
      {data.rate.n < MIN_INVOCATIONS && (
        <p class="soft">
          {t('Fewer than {n} invocations: use the interval rather than the rate.', { n: MIN_INVOCATIONS })}
        </p>
      )}
      {cold === 0 ? (
        <EmptyState title={t('No cold starts in this time range')}>
          <p>
            {t('All invocations ran in warm environments. The cold-start rate is below {high} with 95 % confidence.', {
              high: percent(data.rate.high),
            })}
          </p>
        </EmptyState>
      ) : (
        <div class="two">
          <RateChart data={data} source={source} id={id} />
          <InitChart data={data} source={source} />
        </div>
      )}
      {cold > 0 && (
        <div class="two">
          <Causes data={data} />
          <Kinds data={data} />
        </div>
      )}
      {data.examples.length > 0 && (
        <Section title={t('Latest cold starts')}>
          <InvocationTable rows={data.examples} sorting="here" />
        </Section>
      )}
    </>
  );
}

function RateChart({
  data,
  source,
  id,
}: {
  readonly data: ColdStartsAnswer;
  readonly source: string;
  readonly id: string;
}) {
  const markers = useMarkers(id);
  return (
    <TimeSeriesPanel
      title={t('Cold-start rate over time')}
      description={t('{rate} of invocations started cold; the band is the 95 % interval of each bucket.', {
        rate: percent(data.rate.value),
      })}
      table={{
        columns: ['at', 'invocations', 'coldStarts', 'userFelt', 'rate', 'low', 'high'],
        rows: data.series.map((point) => [
          point.at,
          point.invocations,
          point.coldStarts,
          point.userFelt,
          point.rate.value,
          point.rate.low,
          point.rate.high,
        ]),
      }}
      source={source}
      markers={markers}
      kind="line"
      span={data.range}
      yTitle={t('share of invocations')}
      formatY={percent}
      series={[
        {
          label: t('cold-start rate'),
          colour: 'chart-2',
          points: data.series.map((point) => ({ x: Date.parse(point.at), y: point.rate.value })),
          band: data.series.map((point) => ({ x: Date.parse(point.at), low: point.rate.low, high: point.rate.high })),
        },
      ]}
    />
  );
}

/** Sketch bins are 2 % wide; five together make one bar of the histogram. */
const BINS_PER_BAR = 5;
/** With fewer inits, only the longest is named instead of quantiles. */
const MIN_FOR_QUANTILES = 10;

function InitChart({ data, source }: { readonly data: ColdStartsAnswer; readonly source: string }) {
  const label = t('Init duration');
  const groups = new Map<number, { upToMs: number; n: number }>();
  for (const bin of data.initHistogram) {
    const key = bin.upToMs === 0 ? -1e9 : Math.floor(Math.log(bin.upToMs) / Math.log(1.02020202) / BINS_PER_BAR);
    const group = groups.get(key) ?? { upToMs: bin.upToMs, n: 0 };
    groups.set(key, { upToMs: Math.max(group.upToMs, bin.upToMs), n: group.n + bin.n });
  }
  const bars = [...groups.values()].toSorted((a, b) => a.upToMs - b.upToMs);
  return (
    <ChartPanel
      title={label}
      description={
        data.initMs.n === 0
          ? t('No on-demand inits in this time range.')
          : data.initMs.n < MIN_FOR_QUANTILES
            ? t('{n, plural, one {# on-demand init} other {# on-demand inits}}, the longest about {longest}.', {
                n: data.initMs.n,
                longest: duration(data.initMs.p99),
              })
            : t('{n} on-demand inits: half took less than {p50}, 5 % more than {p95}.', {
                n: count(data.initMs.n),
                p50: duration(data.initMs.p50),
                p95: duration(data.initMs.p95),
              })
      }
      table={{ columns: [t('up to ms'), 'n'], rows: bars.map((bar) => [bar.upToMs, bar.n]) }}
      source={source}
      chartLabel={label}
    >
      {bars.length > 0 && (
        <Chart
          label={label}
          kind="bar"
          axis="log"
          xTitle={t('init duration')}
          yTitle={t('cold starts')}
          formatY={count}
          formatX={(x) => duration(x)}
          series={[
            {
              label: t('on-demand inits'),
              colour: 'chart-1',
              points: bars.map((bar) => ({ x: bar.upToMs, y: bar.n })),
            },
          ]}
        />
      )}
    </ChartPanel>
  );
}

const EXPLANATIONS: Readonly<Record<ColdStartsAnswer['byCause'][number]['cause'], Message>> = {
  provisioned: message('provisioned concurrency: no caller waited'),
  'snap-start': message('restored from a snapshot'),
  deploy: message('new version, code, memory size or extension'),
  'runtime-patch': message('new runtime version, same code'),
  crash: message('after a failure'),
  proactive: message('initialised ahead of demand'),
  'scale-out': message('growth: all environments were busy, and none had expired'),
  'idle-expiry': message('replaces an environment that Lambda terminated because it had been idle too long'),
  recycle: message('terminated early by Lambda'),
  'new-tenant': message('first environment of a tenant'),
  unknown: message('not determined by the logs'),
  'init-timeout': message('an init was stopped at its time limit and ran again inside the invocation'),
};

function Causes({ data }: { readonly data: ColdStartsAnswer }) {
  const cold = data.byKind.reduce((sum, row) => sum + row.n, 0);
  return (
    <Section title={t('Causes')}>
      {data.byCause.length === 0 ? (
        <p class="soft">{t('Causes are determined about three minutes after the log lines arrive.')}</p>
      ) : (
        <DataTable
          label={t('Causes')}
          columns={[{ title: t('Cause') }, { title: 'n', number: true }, { title: t('Share'), number: true }]}
          rows={data.byCause.map((row) => [
            <>
              {row.cause === 'proactive' ? <Term name="proactive">{codeText(row.cause)}</Term> : codeText(row.cause)}
              <span class="interval">{translated(EXPLANATIONS[row.cause])}</span>
            </>,
            count(row.n),
            percent(row.share),
          ])}
        />
      )}
      {data.judged > 0 && data.judged < cold && (
        <p class="soft small">
          {t('{n, plural, one {# cold start} other {# cold starts}} not yet attributed.', { n: cold - data.judged })}
        </p>
      )}
    </Section>
  );
}

/** Their intervals, n and basis are behind the mark. */
function Quantiles({ quantiles }: { readonly quantiles: ColdStartsAnswer['initMs'] }) {
  const value = SHOWN.map((name) => duration(quantiles[name])).join(' / ');
  if (quantiles.n === 0) return <>{value}</>;
  const intervals = SHOWN.map((name) => quantileInterval(quantiles, name)).join(' / ');
  return <Estimate value={value} detail={`${intervals}, ${quantileBasis(quantiles, SHOWN)}`} />;
}

function Kinds({ data }: { readonly data: ColdStartsAnswer }) {
  return (
    <Section title={t('Kinds')}>
      <DataTable
        label={t('Kinds')}
        columns={[
          { title: t('Kind') },
          { title: 'n', number: true },
          { title: t('Share'), number: true },
          { title: t('Init p50 / p95'), number: true },
          { title: t('Init + run p50 / p95'), number: true },
        ]}
        rows={data.byKind.map((row) => [
          row.kind === 'suppressed' ? <Term name={row.kind}>{codeText(row.kind)}</Term> : codeText(row.kind),
          count(row.n),
          percent(row.share),
          <Quantiles quantiles={row.initMs} />,
          <Quantiles quantiles={row.totalMs} />,
        ])}
      />
    </Section>
  );
}
