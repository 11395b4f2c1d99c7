/** Two periods of a function side by side: overlaid histograms, every figure with its interval, a verdict in a sentence. */

import type { CompareAnswer } from '../../../server/http/contract/compare.ts';
import { PAGES } from '../../../server/http/contract/pages.ts';
import { useQuery } from '../../api/use-query.ts';
import { Chart } from '../../charts/chart.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { DifferenceTable, VerdictBadge } from '../../components/comparison.tsx';
import { EmptyState, ErrorBanner, Freshness, WhenDataExists } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { count, ms, percent, time } from '../../format.ts';
import { setSearchParams } from '../../state/location.ts';
import { rangeOf, toMs } from '../../state/range.ts';
import { useView } from '../../state/view.ts';

const SENTENCES: Readonly<Record<CompareAnswer['verdict'], string>> = {
  improved: 'It became better.',
  worse: 'It became worse.',
  'no-evidence': 'No evidence that anything changed.',
  'insufficient-data': 'Too little data to say.',
};
/** Shown up to this share of the values: a long tail would press the rest together. */
const SHOWN = 0.995;
const BINS_TOGETHER = 10;

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
      <ErrorBanner result={functions} what="Functions" />
      <section class="panel" aria-label="What to compare">
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
          <Period label="Before" name="before" value={before} />
          <Period label="After" name="after" value={after} />
          {(view.query.has('before') || view.query.has('after')) && (
            <button type="button" onClick={() => setSearchParams({ before: null, after: null })}>
              The range, and the one before it
            </button>
          )}
        </div>
      </section>
      {chosen === '' ? (
        <EmptyState title="Choose a function">
          <p>The time range above is compared with the equally long one before it; both can be changed.</p>
        </EmptyState>
      ) : (
        <>
          {answer.error?.code === 'not-found' ? (
            <WhenDataExists what="functions">
              <EmptyState title={answer.error.message}>
                <p>Choose one above.</p>
              </EmptyState>
            </WhenDataExists>
          ) : (
            <ErrorBanner result={answer} what="The comparison" />
          )}
          {answer.data !== null && <Result data={answer.data} source={answer.source} />}
        </>
      )}
    </>
  );
}

/** The page's range and the one before it, unless the address says otherwise. */
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

/** To the minute: a question that changes every second is never answered from what is known. */
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
      <Section title={SENTENCES[data.verdict]} aside={<VerdictBadge verdict={data.verdict} />}>
        <p class="small">
          Before: {span(data.before)}
          <br />
          After: {span(data.after)}
        </p>
        {data.warnings.map((warning) => (
          <p>
            <span class="badge warm">not alike</span> {warning}
          </p>
        ))}
        <DifferenceTable rows={data.differences} />
        <p class="soft small">
          p-values are adjusted for the number of figures compared: one interval alone may leave no room for none, and
          still not be called a change.
        </p>
      </Section>
      <Histograms data={data} source={source} />
    </>
  );
}

function Histograms({ data, source }: { readonly data: CompareAnswer; readonly source: string }) {
  const label = 'Durations, before and after';
  const cut = Math.max(limitOf(data.before), limitOf(data.after));
  const shares = (side: CompareAnswer['before']) =>
    grouped(side.histogram.filter((bin) => bin.ms <= cut)).map((bin) => ({
      x: bin.ms,
      y: side.n === 0 ? 0 : bin.n / side.n,
    }));
  return (
    <ChartPanel
      title={label}
      words={`Share of invocations by duration, up to ${ms(cut)}, which all but a few stay below. The two are drawn over each other.`}
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
        formatX={(x) => ms(x)}
        series={[
          { label: 'before', colour: 'grey', dashed: true, points: shares(data.before) },
          { label: 'after', colour: 'chart-1', points: shares(data.after) },
        ]}
      />
    </ChartPanel>
  );
}

/** Bins are 2 % wide: ten of them together are a fifth, so that the shape can be seen; nothing is smoothed. */
function grouped(bins: CompareAnswer['before']['histogram']): CompareAnswer['before']['histogram'] {
  const groups = new Map<number, { ms: number; n: number }>();
  for (const bin of bins) {
    const key = bin.ms <= 0 ? Number.NEGATIVE_INFINITY : Math.floor(Math.log(bin.ms) / Math.log(1.02) / BINS_TOGETHER);
    const group = groups.get(key) ?? { ms: bin.ms, n: 0 };
    groups.set(key, { ms: Math.max(group.ms, bin.ms), n: group.n + bin.n });
  }
  return [...groups.values()].toSorted((a, b) => a.ms - b.ms);
}

function limitOf(side: CompareAnswer['before']): number {
  let left = side.n * SHOWN;
  for (const bin of side.histogram) {
    left -= bin.n;
    if (left <= 0) return bin.ms;
  }
  return side.histogram.at(-1)?.ms ?? 0;
}
