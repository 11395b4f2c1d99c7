import type { CompareAnswer } from '../../../server/http/contract/compare.ts';
import { useQuery } from '../../api/use-query.ts';
import { Chart } from '../../charts/chart.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { DifferenceTable, differenceSentence, tradeOff, VERDICTS } from '../../components/comparison.tsx';
import { PriceAssumptions } from '../../components/price-assumptions.tsx';
import { EmptyState, ErrorBanner, Freshness, WhenDataExists } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { count, duration, percent, time } from '../../format.ts';
import { sentenceText } from '../../i18n/lists.ts';
import { writtenReasons } from '../../i18n/reason.ts';
import { t, translated } from '../../i18n/translate.ts';
import { costReasons } from '../../state/cost-reasons.ts';
import { useView } from '../../state/view.ts';
import { PeriodControls } from './period-controls.tsx';
import { CUSTOM, EARLIER, periodsOf, periodText } from './periods.ts';

/** Share of the values that the histogram shows: a long tail would compress the rest. */
const SHOWN_SHARE = 0.995;
const BINS_PER_GROUP = 10;

/** Compares two periods of a function: verdict, metrics with intervals, overlaid histograms of duration. */
export function Compare() {
  const view = useView();
  const functions = useQuery('listFunctions', { query: { ...view.rangeQuery, ...view.filters } });
  const chosen = view.query.get('function') ?? '';
  const periods = periodsOf(view.query, Date.now());
  const [before, after] = [periodText(periods.before), periodText(periods.after)];
  const answer = useQuery('comparePeriods', chosen === '' ? null : { query: { function: chosen, before, after } });
  return (
    <>
      <div class="title">
        <h1>{t('Compare')}</h1>
        {chosen !== '' && <Freshness result={answer} />}
      </div>
      <ErrorBanner result={functions} what={t('functions')} />
      <PeriodControls functions={functions.data} chosen={chosen} periods={periods} zone={view.zone} />
      {chosen === '' ? (
        <EmptyState title={t('Choose a function')}>
          <p>
            {t('Its time range is compared with an earlier one, or the time before a change with the time after it.')}
          </p>
        </EmptyState>
      ) : (
        <>
          {answer.error?.code === 'not-found' ? (
            <WhenDataExists what={t('functions')}>
              <EmptyState title={answer.error.message}>
                <p>{t('Choose another function.')}</p>
              </EmptyState>
            </WhenDataExists>
          ) : (
            <ErrorBanner result={answer} what={t('the comparison')} />
          )}
          {answer.data === null && answer.error === null && <Skeleton panels={2} />}
          {answer.data !== null && <Result data={answer.data} source={answer.source} by={periods.by} />}
        </>
      )}
    </>
  );
}

function Result({ data, source, by }: { readonly data: CompareAnswer; readonly source: string; readonly by: string }) {
  const { zone } = useView();
  const mixed = tradeOff(data.differences);
  // Periods that a change divides are before and after it; of others, one is the page's range.
  const isEarlier = by === CUSTOM || EARLIER.some(([name]) => name === by);
  const names = isEarlier ? ([t('Earlier period'), t('Selected period')] as const) : undefined;
  const title =
    data.warnings.length > 0
      ? t('Not comparable')
      : mixed === null
        ? translated(VERDICTS[data.verdict][0])
        : t('Trade-off: {effects}', { effects: mixed });
  const span = (side: CompareAnswer['before']): string =>
    t('{from} to {to}, n={n}, coverage {coverage}', {
      from: time(side.range.from, zone).slice(0, 16),
      to: time(side.range.to, zone).slice(0, 16),
      n: count(side.n),
      coverage: percent(side.coverage),
    });
  return (
    <>
      <Section title={title}>
        <p>{sentenceText(differenceSentence(data.differences))}</p>
        <p class="small soft">
          {t('Before: {period}', { period: span(data.before) })}
          <br />
          {t('After: {period}', { period: span(data.after) })}
        </p>
        {data.warnings.map((warning, at) => (
          <p>{writtenReasons(warning, data.warningCodes?.[at])}</p>
        ))}
        <DifferenceTable rows={data.differences} {...(names === undefined ? {} : { periods: names })} />
        {costReasons(data).map((sentence) => (
          <p class="small">{sentence}</p>
        ))}
        <PriceAssumptions of={data} />
        <p class="soft small">
          {t(
            'p-values are corrected for multiple comparisons: a change may be inconclusive although its own interval excludes zero.',
          )}
        </p>
      </Section>
      <Histograms data={data} source={source} />
    </>
  );
}

function Histograms({ data, source }: { readonly data: CompareAnswer; readonly source: string }) {
  const label = t('Duration histogram');
  const cut = Math.max(limitOf(data.before), limitOf(data.after));
  const shares = (side: CompareAnswer['before']) =>
    grouped(side.histogram.filter((bin) => bin.ms <= cut)).map((bin) => ({
      x: bin.ms,
      y: side.n === 0 ? 0 : bin.n / side.n,
    }));
  return (
    <ChartPanel
      title={label}
      description={t('Share of invocations by duration, up to {limit} (99.5 % of invocations).', {
        limit: duration(cut),
      })}
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
        axis="log"
        xTitle={t('duration')}
        yTitle={t('share of invocations')}
        formatY={percent}
        formatX={(x) => duration(x)}
        series={[
          { label: t('before'), colour: 'grey', dashed: true, points: shares(data.before) },
          { label: t('after'), colour: 'chart-1', points: shares(data.after) },
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
