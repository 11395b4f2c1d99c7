import { count, duration, percent, plural } from '../../../ingest/text/quantities.ts';
import type { ColdStartsAnswer } from '../../../server/http/contract/functions.ts';
import { useQuery } from '../../api/use-query.ts';
import { Chart } from '../../charts/chart.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { InvocationTable } from '../../components/invocation-table.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { Term } from '../../components/term.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { WithoutStream } from '../../components/without-stream.tsx';
import { interval, quantileBasis, quantileInterval, quantileSample } from '../../format.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';

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
  if (data === null) return <ErrorBanner result={answer} what="cold starts" />;
  const cold = data.byKind.reduce((sum, row) => sum + row.n, 0);
  return (
    <>
      <ErrorBanner result={answer} what="cold starts" />
      <div class="tiles">
        <StatTile label="Cold-start rate" value={percent(data.rate.value)} note={interval(data.rate)} />
        <StatTile
          label={<Term name="user-felt">User-felt</Term>}
          value={percent(data.userFeltRate.value)}
          note={interval(data.userFeltRate)}
        />
        <StatTile
          label="Cold-start time per day"
          value={data.taxMsPerDay === null ? '–' : duration(data.taxMsPerDay)}
          note="init, restore and first connections"
        />
        <StatTile
          label="Init p50 / p95"
          value={`${duration(data.initMs.p50)} / ${duration(data.initMs.p95)}`}
          note={`on-demand, ${SHOWN.map((name) => quantileInterval(data.initMs, name)).join(' / ')}, ${quantileSample(data.initMs, SHOWN)}`}
        />
      </div>
      <WithoutStream found={data.withoutStream} />
      {data.rate.n < MIN_INVOCATIONS && (
        <p class="soft">Fewer than {MIN_INVOCATIONS} invocations: use the interval rather than the rate.</p>
      )}
      {cold === 0 ? (
        <EmptyState title="No cold starts in this time range">
          <p>
            All invocations ran in warm environments. The cold-start rate is below {percent(data.rate.high)} with 95 %
            confidence.
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
        <section class="panel" aria-label="Latest cold starts">
          <div class="head">
            <h2>Latest cold starts</h2>
          </div>
          <InvocationTable rows={data.examples} />
        </section>
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
      title="Cold-start rate over time"
      description={`${percent(data.rate.value)} of invocations started cold; the band is the 95 % interval of each bucket.`}
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
      yTitle="share of invocations"
      formatY={percent}
      series={[
        {
          label: 'cold-start rate',
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
  const label = 'Init duration';
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
          ? 'No on-demand inits in this time range.'
          : data.initMs.n < MIN_FOR_QUANTILES
            ? `${plural(data.initMs.n, 'on-demand init')}, the longest about ${duration(data.initMs.p99)}.`
            : `${count(data.initMs.n)} on-demand inits: half took less than ${duration(data.initMs.p50)}, 5 % more than ${duration(data.initMs.p95)}.`
      }
      table={{ columns: ['up to ms', 'n'], rows: bars.map((bar) => [bar.upToMs, bar.n]) }}
      source={source}
      chartLabel={label}
    >
      <Chart
        label={label}
        kind="bar"
        axis="log"
        xTitle="init duration"
        yTitle="cold starts"
        formatY={count}
        formatX={(x) => duration(x)}
        series={[
          { label: 'on-demand inits', colour: 'chart-1', points: bars.map((bar) => ({ x: bar.upToMs, y: bar.n })) },
        ]}
      />
    </ChartPanel>
  );
}

const CAUSES: Readonly<Record<ColdStartsAnswer['byCause'][number]['cause'], string>> = {
  provisioned: 'provisioned concurrency: no caller waited',
  'snap-start': 'restored from a snapshot',
  deploy: 'new version, code, memory size or extension',
  'runtime-patch': 'new runtime version, same code',
  crash: 'after a failure',
  proactive: 'initialised ahead of demand',
  'scale-out': 'growth: all environments were busy, and none had expired',
  'idle-expiry': 'replaces an environment that Lambda terminated because it had been idle too long',
  recycle: 'terminated early by Lambda',
  'new-tenant': 'first environment of a tenant',
  unknown: 'not determined by the logs',
  'init-timeout': 'an init was stopped at its time limit and ran again inside the invocation',
};

function Causes({ data }: { readonly data: ColdStartsAnswer }) {
  const cold = data.byKind.reduce((sum, row) => sum + row.n, 0);
  return (
    <section class="panel" aria-label="Causes">
      <div class="head">
        <h2>Causes</h2>
      </div>
      {data.byCause.length === 0 ? (
        <p class="soft">Causes are determined about three minutes after the log lines arrive.</p>
      ) : (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th>Cause</th>
                <th class="number">n</th>
                <th class="number">Share</th>
              </tr>
            </thead>
            <tbody>
              {data.byCause.map((row) => (
                <tr>
                  <td>
                    {row.cause === 'proactive' ? <Term name="proactive">{row.cause}</Term> : row.cause}
                    <span class="interval">{CAUSES[row.cause]}</span>
                  </td>
                  <td class="number">{count(row.n)}</td>
                  <td class="number">{percent(row.share)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data.judged > 0 && data.judged < cold && (
        <p class="soft small">{plural(cold - data.judged, 'cold start')} not yet attributed.</p>
      )}
      {data.doomLoops.length > 0 && (
        <p class="soft small">
          {plural(data.doomLoops.length, 'environment')} in a <Term name="doom loop">doom loop</Term>: failed and
          re-initialised at least three times in a row.
        </p>
      )}
    </section>
  );
}

function QuantilesWithIntervals({ quantiles }: { readonly quantiles: ColdStartsAnswer['initMs'] }) {
  return (
    <>
      {SHOWN.map((name) => duration(quantiles[name])).join(' / ')}
      {quantiles.n > 0 && (
        <span class="interval">{SHOWN.map((name) => quantileInterval(quantiles, name)).join(' / ')}</span>
      )}
    </>
  );
}

function Kinds({ data }: { readonly data: ColdStartsAnswer }) {
  return (
    <section class="panel" aria-label="Kinds">
      <div class="head">
        <h2>Kinds</h2>
      </div>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Kind</th>
              <th class="number">n</th>
              <th class="number">Share</th>
              <th class="number">Init p50 / p95</th>
              <th class="number">Init + run p50 / p95</th>
            </tr>
          </thead>
          <tbody>
            {data.byKind.map((row) => (
              <tr>
                <td>{row.kind === 'suppressed' ? <Term name={row.kind}>{row.kind}</Term> : row.kind}</td>
                <td class="number">{count(row.n)}</td>
                <td class="number">{percent(row.share)}</td>
                <td class="number">
                  <QuantilesWithIntervals quantiles={row.initMs} />
                </td>
                <td class="number">
                  <QuantilesWithIntervals quantiles={row.totalMs} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul class="reasons soft small">
        {data.byKind.map((row) => (
          <>
            {row.initMs.n > 0 && (
              <li>
                {row.kind} init: {quantileBasis(row.initMs, SHOWN)}
              </li>
            )}
            <li>
              {row.kind} init + run: {quantileBasis(row.totalMs, SHOWN)}
            </li>
          </>
        ))}
      </ul>
      {data.byKind.some((row) => row.kind === 'suppressed') && (
        <p class="soft small">
          A <Term name="suppressed">suppressed init</Term> runs inside the invocation that follows a failure. Lambda
          logs no Init Duration for it, so only the total is known.
        </p>
      )}
    </section>
  );
}
