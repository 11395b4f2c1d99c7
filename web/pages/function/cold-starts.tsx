/** The cold-start tab: how often, of which kind, who waited, how long. */
import type { ColdStartsAnswer } from '../../../server/http/contract/functions.ts';
import { useQuery } from '../../api/use-query.ts';
import { Chart } from '../../charts/chart.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { InvocationTable } from '../../components/invocation-table.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { count, interval, ms, percent, plural } from '../../format.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';

/** Below this many invocations a rate says little. */
const ENOUGH = 50;

export function ColdStarts({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionColdStarts', { params: { id }, query: view.rangeQuery });
  const { source } = answer;
  const data = answer.data;
  if (data === null) return <ErrorBanner result={answer} what="Cold starts" />;
  const cold = data.byKind.reduce((sum, row) => sum + row.n, 0);
  return (
    <>
      <ErrorBanner result={answer} what="Cold starts" />
      <div class="tiles">
        <StatTile label="Cold-start rate" value={percent(data.rate.value)} note={interval(data.rate)} />
        <StatTile
          label="Felt by a caller"
          value={percent(data.userFeltRate.value)}
          note={interval(data.userFeltRate)}
        />
        <StatTile
          label="Waiting per day"
          value={data.taxMsPerDay === null ? '–' : ms(data.taxMsPerDay)}
          note="init, restore and first connections"
        />
        <StatTile
          label="Init p50 / p95"
          value={`${ms(data.initMs.p50)} / ${ms(data.initMs.p95)}`}
          note={`on-demand, n=${count(data.initMs.n)}`}
        />
      </div>
      {data.rate.n < ENOUGH && <p class="soft">Fewer than {ENOUGH} invocations: read the interval, not the rate.</p>}
      {cold === 0 ? (
        <EmptyState title="No cold starts in this time range">
          <p>
            Every invocation found a warm environment. With 95 % confidence the rate is below {percent(data.rate.high)}.
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
      words={`${percent(data.rate.value)} of invocations started cold; the band is the 95 % interval of each bucket.`}
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

/** Sketch bins are 2 % wide: shown in groups so that the shape can be seen, with nothing smoothed. */
const BINS_PER_BAR = 5;
/** Below this many, quantiles are a big word. */
const FEW = 10;

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
      words={
        data.initMs.n === 0
          ? 'No on-demand init was reported in this range.'
          : data.initMs.n < FEW
            ? `${plural(data.initMs.n, 'on-demand init')}, the longest about ${ms(data.initMs.p99)}.`
            : `Half of ${count(data.initMs.n)} on-demand inits took less than ${ms(data.initMs.p50)}, 1 in 20 more than ${ms(data.initMs.p95)}.`
      }
      table={{ columns: ['up to ms', 'n'], rows: bars.map((bar) => [bar.upToMs, bar.n]) }}
      source={source}
      chartLabel={label}
    >
      <Chart
        label={label}
        kind="bar"
        axis="value"
        xTitle="init duration"
        yTitle="cold starts"
        formatY={count}
        formatX={(x) => ms(x)}
        series={[
          { label: 'on-demand inits', colour: 'chart-1', points: bars.map((bar) => ({ x: bar.upToMs, y: bar.n })) },
        ]}
      />
    </ChartPanel>
  );
}

/** What each cause means, as the verdicts use the word. */
const MEANING: Readonly<Record<ColdStartsAnswer['byCause'][number]['cause'], string>> = {
  provisioned: 'kept ready: nobody waited',
  'snap-start': 'restored from a snapshot',
  deploy: 'new version, memory size or extensions',
  'runtime-patch': 'new runtime version, same code',
  crash: 'after a failure',
  proactive: 'made ready before anybody asked',
  'scale-out': 'every live environment was busy',
  'idle-expiry': 'idle for longer than environments are kept',
  recycle: 'taken away while it could have been kept',
  unknown: 'the lines do not say',
};

function Causes({ data }: { readonly data: ColdStartsAnswer }) {
  const cold = data.byKind.reduce((sum, row) => sum + row.n, 0);
  return (
    <section class="panel" aria-label="Why">
      <div class="head">
        <h2>Why</h2>
      </div>
      {data.byCause.length === 0 ? (
        <p class="soft">Causes follow when the lines have settled: three minutes or so after they arrive.</p>
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
                    {row.cause}
                    <span class="interval">{MEANING[row.cause]}</span>
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
        <p class="soft small">{plural(cold - data.judged, 'cold start')} not judged yet.</p>
      )}
      {data.doomLoops.length > 0 && (
        <p class="soft small">
          {plural(data.doomLoops.length, 'environment')} failed and initialised again, three times in a row or more.
        </p>
      )}
    </section>
  );
}

function Kinds({ data }: { readonly data: ColdStartsAnswer }) {
  return (
    <section class="panel" aria-label="By kind">
      <div class="head">
        <h2>By kind</h2>
      </div>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Kind</th>
              <th class="number">n</th>
              <th class="number">Share</th>
              <th class="number">Init p50 / p95</th>
              <th class="number">Init and run p50 / p95</th>
            </tr>
          </thead>
          <tbody>
            {data.byKind.map((row) => (
              <tr>
                <td>{row.kind}</td>
                <td class="number">{count(row.n)}</td>
                <td class="number">{percent(row.share)}</td>
                <td class="number">
                  {ms(row.initMs.p50)} / {ms(row.initMs.p95)}
                </td>
                <td class="number">
                  {ms(row.totalMs.p50)} / {ms(row.totalMs.p95)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.byKind.some((row) => row.kind === 'suppressed') && (
        <p class="soft small">
          A suppressed init runs inside the invocation after a failure; Lambda prints no Init Duration for it, so only
          the total is known.
        </p>
      )}
    </section>
  );
}
