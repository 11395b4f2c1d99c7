import { count, duration, percent } from '../../../ingest/text/quantities.ts';
import type { CompareAnswer } from '../../../server/http/contract/compare.ts';
import { PAGES } from '../../../server/http/contract/pages.ts';
import { useQuery } from '../../api/use-query.ts';
import { Chart } from '../../charts/chart.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { DifferenceTable, VerdictBadge } from '../../components/comparison.tsx';
import { PriceAssumptions } from '../../components/price-assumptions.tsx';
import { EmptyState, ErrorBanner, Freshness, WhenDataExists } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { time } from '../../format.ts';
import { costReasons } from '../../state/cost-reasons.ts';
import { setSearchParams } from '../../state/location.ts';
import { rangeOf, toMs } from '../../state/range.ts';
import { useView } from '../../state/view.ts';

const VERDICTS: Readonly<Record<CompareAnswer['verdict'], string>> = {
  improved: 'Improved',
  worse: 'Worse',
  'no-evidence': 'No evidence of a change',
  'insufficient-data': 'Insufficient data',
};
/** Share of the values that the histogram shows: a long tail would compress the rest. */
const SHOWN_SHARE = 0.995;
const BINS_PER_GROUP = 10;

/** Compares two periods of a function: verdict, metrics with intervals, overlaid histograms of duration. */
export function Compare() {
  const view = useView();
  const functions = useQuery('listFunctions', { query: view.rangeQuery });
  const chosen = view.query.get('function') ?? '';
  const { before, after } = periods(view.query);
  const answer = useQuery('comparePeriods', chosen === '' ? null : { query: { function: chosen, before, after } });
  return (
    <>
      <div class="title">
        <h1>{PAGES.compare.title}</h1>
        {chosen !== '' && <Freshness result={answer} />}
      </div>
      <ErrorBanner result={functions} what="functions" />
      <section class="panel" aria-label="Function and periods">
        <div class="controls">
          <label class="small">
            Function{' '}
            <select value={chosen} onChange={(event) => setSearchParams({ function: event.currentTarget.value })}>
              <option value="">choose one</option>
              {(functions.data?.items ?? [])
                .toSorted((a, b) => a.name.localeCompare(b.name))
                .map((one) => (
                  <option value={one.id}>{one.name}</option>
                ))}
            </select>
          </label>
          {(functions.data?.omitted ?? 0) > 0 && (
            <span class="soft small">
              Only the {count(functions.data?.items.length ?? 0)} functions with the most invocations can be chosen;
              function=NAME in the address selects any other.
            </span>
          )}
          <Period label="Before" name="before" value={before} />
          <Period label="After" name="after" value={after} />
          {(view.query.has('before') || view.query.has('after')) && (
            <button type="button" onClick={() => setSearchParams({ before: null, after: null })}>
              Reset periods
            </button>
          )}
        </div>
      </section>
      {chosen === '' ? (
        <EmptyState title="Choose a function">
          <p>The selected time range is compared with the equally long period before it. Both can be changed.</p>
        </EmptyState>
      ) : (
        <>
          {answer.error?.code === 'not-found' ? (
            <WhenDataExists what="functions">
              <EmptyState title={answer.error.message}>
                <p>Choose another function.</p>
              </EmptyState>
            </WhenDataExists>
          ) : (
            <ErrorBanner result={answer} what="the comparison" />
          )}
          {answer.data !== null && <Result data={answer.data} source={answer.source} />}
        </>
      )}
    </>
  );
}

/** The periods in the URL; by default the page's time range and the equally long one before it. */
function periods(query: URLSearchParams): { before: string; after: string } {
  const nowMs = Date.now();
  const range = rangeOf(query);
  const [from, to] = [toMs(range.from, nowMs), toMs(range.to, nowMs)];
  const text = (a: number, b: number): string => `${minute(a)}/${minute(b)}`;
  return {
    before: query.get('before') ?? text(from - (to - from), from),
    after: query.get('after') ?? text(from, to),
  };
}

/** Rounds down to the minute: a request that differs every second could not be cached. */
function minute(ms_: number): string {
  return new Date(Math.floor(ms_ / 60_000) * 60_000).toISOString();
}

function Period({
  label,
  name,
  value,
}: {
  readonly label: string;
  readonly name: 'before' | 'after';
  readonly value: string;
}) {
  return (
    <label class="small">
      {label}{' '}
      <input
        class="mono"
        size={52}
        value={value}
        onChange={(event) => setSearchParams({ [name]: event.currentTarget.value })}
      />
    </label>
  );
}

function Result({ data, source }: { readonly data: CompareAnswer; readonly source: string }) {
  const { zone } = useView();
  const span = (side: CompareAnswer['before']): string =>
    `${time(side.range.from, zone).slice(0, 16)} to ${time(side.range.to, zone).slice(0, 16)}, n=${count(side.n)}, coverage ${percent(side.coverage)}`;
  return (
    <>
      <Section title={VERDICTS[data.verdict]} aside={<VerdictBadge verdict={data.verdict} />}>
        <p class="small">
          Before: {span(data.before)}
          <br />
          After: {span(data.after)}
        </p>
        {data.warnings.map((warning) => (
          <p>
            <span class="badge warm">not comparable</span> {warning}
          </p>
        ))}
        <DifferenceTable rows={data.differences} />
        {costReasons(data).map((sentence) => (
          <p class="small">{sentence}</p>
        ))}
        <PriceAssumptions sentences={data.priceAssumptions} />
        <p class="soft small">
          p-values are corrected for multiple comparisons: a change may be inconclusive although its own interval
          excludes zero.
        </p>
      </Section>
      <Histograms data={data} source={source} />
    </>
  );
}

function Histograms({ data, source }: { readonly data: CompareAnswer; readonly source: string }) {
  const label = 'Duration histogram';
  const cut = Math.max(limitOf(data.before), limitOf(data.after));
  const shares = (side: CompareAnswer['before']) =>
    grouped(side.histogram.filter((bin) => bin.ms <= cut)).map((bin) => ({
      x: bin.ms,
      y: side.n === 0 ? 0 : bin.n / side.n,
    }));
  return (
    <ChartPanel
      title={label}
      description={`Share of invocations by duration, up to ${duration(cut)} (99.5 % of invocations).`}
      table={{
        columns: ['period', 'ms', 'n'],
        rows: [
          ...data.before.histogram.map((bin) => ['before', bin.ms, bin.n]),
          ...data.after.histogram.map((bin) => ['after', bin.ms, bin.n]),
        ],
      }}
      source={source}
      chartLabel={label}
    >
      <Chart
        label={label}
        kind="line"
        axis="value"
        xTitle="duration"
        yTitle="share of invocations"
        formatY={percent}
        formatX={(x) => duration(x)}
        series={[
          { label: 'before', colour: 'grey', dashed: true, points: shares(data.before) },
          { label: 'after', colour: 'chart-1', points: shares(data.after) },
        ]}
      />
    </ChartPanel>
  );
}

/** Merges ten sketch bins of 2 % into one of about 20 %; nothing is smoothed. */
function grouped(bins: CompareAnswer['before']['histogram']): CompareAnswer['before']['histogram'] {
  const groups = new Map<number, { ms: number; n: number }>();
  for (const bin of bins) {
    const key = bin.ms <= 0 ? Number.NEGATIVE_INFINITY : Math.floor(Math.log(bin.ms) / Math.log(1.02) / BINS_PER_GROUP);
    const group = groups.get(key) ?? { ms: bin.ms, n: 0 };
    groups.set(key, { ms: Math.max(group.ms, bin.ms), n: group.n + bin.n });
  }
  return [...groups.values()].toSorted((a, b) => a.ms - b.ms);
}

/** The duration, in ms, below which SHOWN_SHARE of the invocations stay. */
function limitOf(side: CompareAnswer['before']): number {
  let left = side.n * SHOWN_SHARE;
  for (const bin of side.histogram) {
    left -= bin.n;
    if (left <= 0) return bin.ms;
  }
  return side.histogram.at(-1)?.ms ?? 0;
}
