import { mb, usd } from '../../../ingest/text/quantities.ts';
import type { ProvisionedAnswer } from '../../../server/http/contract/provisioned.ts';
import { useQuery } from '../../api/use-query.ts';
import { Chart } from '../../charts/chart.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { FirstAnswer } from '../../components/first-answer.tsx';
import { PriceAssumptions } from '../../components/price-assumptions.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { count, duration, percent } from '../../format.ts';
import { listText, sentenceText } from '../../i18n/lists.ts';
import { reasonText, writtenReasons } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { weekdayName } from '../../i18n/weekday.ts';
import { useView } from '../../state/view.ts';

type Option = ProvisionedAnswer['options'][number];
type Interval = NonNullable<Option['avoidedInterval']>;

/** What provisioned concurrency would have avoided and cost: sentences, charts, a table of the options, a schedule. */
export function Provisioned({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionProvisionedConcurrency', { params: { id }, query: view.rangeQuery });
  const data = answer.data;
  if (data === null) return <FirstAnswer result={answer} what={t('provisioned concurrency')} />;
  return (
    <>
      <ErrorBanner result={answer} what={t('provisioned concurrency')} />
      <Section title={t('Provisioned concurrency what-if')}>
        <p>
          <strong>{costSentence(data)}</strong> {avoidedSentence(data)}
        </p>
        {data.reason !== null && <p>{whyNot(data)}</p>}
        <details class="small soft">
          <summary>{t('How this was computed')}</summary>
          <p>{evidence(data)}</p>
          {data.priceAssumed && (
            <p>{t('Not all prices of this region and architecture are known: the standard rate is assumed.')}</p>
          )}
          <p>{t('Method: {method}.', { method: reasonText(data.method, data.methodCode) })}</p>
        </details>
        <PriceAssumptions of={data} />
      </Section>
      {data.options.length > 0 && (
        <>
          <div class="two">
            <OptionChart
              title={t('Cold starts avoided')}
              description={t(
                'User-felt cold starts of the time range that would not have happened; the band is the 95 % interval.',
              )}
              yTitle={t('cold starts avoided')}
              column="avoided"
              bounds="avoidedInterval"
              format={wholeNumber}
              data={data}
              source={answer.source}
            />
            <OptionChart
              title={t('Cost compared with none')}
              description={t(
                'Compute cost over the time range, less that without provisioned concurrency. Below zero it saves. The band is the 95 % interval.',
              )}
              yTitle={t('cost change, USD')}
              column="costChangeUsd"
              bounds="costChangeInterval"
              format={usd}
              data={data}
              source={answer.source}
            />
          </div>
          <Options options={data.options} />
          <Schedule hours={data.schedule} />
        </>
      )}
    </>
  );
}

/** Whether provisioned concurrency pays for itself. */
export function costSentence({ breakEvenKept, breakEvenUtilisation, options }: ProvisionedAnswer): string {
  if (options.length === 0) return t('The effect of provisioned concurrency is unknown.');
  if (breakEvenKept === null) return t('What provisioned concurrency would cost is not known.');
  const first = options.find(({ kept }) => kept > 0)?.utilisation ?? null;
  const values = { must: percent(breakEvenUtilisation), first: percent(first), n: breakEvenKept };
  if (breakEvenKept === 0) {
    return first === null
      ? t(
          'Provisioned concurrency does not pay for itself: an environment must be busy for {must} of the time.',
          values,
        )
      : t(
          'Provisioned concurrency does not pay for itself: an environment must be busy for {must} of the time, and a single one would be busy for {first}.',
          values,
        );
  }
  return t(
    '{n, plural, one {One provisioned environment costs} other {Up to # provisioned environments cost}} no more than none: an environment must be busy for {must} of the time to pay for itself.',
    values,
  );
}

/** The smallest number that avoids the most cold starts. */
function avoidedSentence({ options }: ProvisionedAnswer): string {
  const best = options.reduce<Option | null>(
    (most, one) => ((one.avoided ?? 0) > (most?.avoided ?? 0) ? one : most),
    null,
  );
  if (best === null || best.avoided === null) {
    const isKnown = options.length > 0 && options.every(({ avoided }) => avoided !== null);
    return isKnown ? t('No number of them would have avoided a user-felt cold start.') : '';
  }
  const change = best.costChangeUsd;
  const cost =
    change === null
      ? t('at an unknown cost')
      : change > 0
        ? t('for {cost} more ({month} a month, {each} for each cold start)', {
            cost: usd(change),
            month: usd(best.costChangePerMonthUsd),
            each: usd(best.usdPerAvoided),
          })
        : t('and save {saving}', { saving: usd(-change) });
  const parts = [
    best.avoidedInterval === null
      ? t('{kept} would have avoided {n, plural, one {# user-felt cold start} other {# user-felt cold starts}}', {
          kept: count(best.kept),
          n: best.avoided,
        })
      : t(
          '{kept} would have avoided {n, plural, one {# user-felt cold start} other {# user-felt cold starts}} (95 % interval {low} to {high} in such a time range)',
          {
            kept: count(best.kept),
            n: best.avoided,
            low: count(Math.round(best.avoidedInterval.low)),
            high: count(Math.round(best.avoidedInterval.high)),
          },
        ),
    ...(best.avoidedWaitMs === null ? [] : [t('{duration} of waiting', { duration: duration(best.avoidedWaitMs) })]),
    cost,
  ];
  return sentenceText(listText(parts));
}

function evidence({ invocations, truncated, range, memoryMb }: ProvisionedAnswer): string {
  const values = {
    n: count(invocations),
    length: duration(Date.parse(range.to) - Date.parse(range.from)),
    memory: mb(memoryMb),
  };
  const replay = truncated
    ? t('Replay of n={n} requests over {length}, only the newest of the time range, {memory}.', values)
    : t('Replay of n={n} requests over {length}, {memory}.', values);
  const limits = t(
    'Intervals contain how much the traffic of this time varies and how well idle windows are known; other traffic is not simulated.',
  );
  return `${replay} ${limits}`;
}

/** A value with its interval in parentheses, unless both ends look like the value. */
function withInterval(value: string, interval: Interval | null, format: (value: number) => string): string {
  const ends = interval === null ? [] : [format(interval.low), format(interval.high)];
  return ends.every((end) => end === value) ? value : `${value} (${ends.join(' – ')})`;
}

/** Ticks between whole numbers have no label. */
function wholeNumber(value: number): string {
  return Number.isInteger(value) ? count(value) : '';
}

function OptionChart({
  title,
  description,
  yTitle,
  column,
  bounds,
  format,
  data,
  source,
}: {
  readonly title: string;
  readonly description: string;
  readonly yTitle: string;
  readonly column: 'avoided' | 'costChangeUsd';
  readonly bounds: 'avoidedInterval' | 'costChangeInterval';
  readonly format: (value: number) => string;
  readonly data: ProvisionedAnswer;
  readonly source: string;
}) {
  return (
    <ChartPanel
      title={title}
      description={description}
      table={{
        columns: ['kept', column, 'low', 'high'],
        rows: data.options.map((one) => [one.kept, one[column], one[bounds]?.low ?? null, one[bounds]?.high ?? null]),
      }}
      source={source}
      chartLabel={title}
    >
      {data.options.every((one) => one.kept === 0 || one[column] === null) ? (
        <p class="soft">{whyNot(data) ?? t('No number of provisioned environments was simulated.')}</p>
      ) : (
        <Chart
          label={title}
          kind="line"
          axis="value"
          xTitle={t('provisioned environments')}
          yTitle={yTitle}
          formatY={format}
          formatX={wholeNumber}
          series={[
            {
              label: yTitle,
              colour: 'chart-1',
              points: data.options.map((one) => ({ x: one.kept, y: one[column] })),
              band: data.options.map((one) => ({
                x: one.kept,
                low: one[bounds]?.low ?? null,
                high: one[bounds]?.high ?? null,
              })),
            },
          ]}
        />
      )}
    </ChartPanel>
  );
}

/** Sentences are joined by blanks, also in the answer. */
function whyNot({ reason, reasonCodes }: ProvisionedAnswer): string | null {
  return writtenReasons(reason, reasonCodes);
}

function Options({ options }: { readonly options: ProvisionedAnswer['options'] }) {
  return (
    <Section title={t('Numbers of provisioned environments')}>
      <DataTable
        label={t('Numbers of provisioned environments')}
        columns={[
          { title: t('Provisioned'), values: options.map((one) => one.kept) },
          { title: t('Cold starts avoided'), number: true, values: options.map((one) => one.avoided) },
          { title: t('Waiting avoided'), number: true, values: options.map((one) => one.avoidedWaitMs) },
          { title: t('Spilled over'), number: true, values: options.map((one) => one.spilled) },
          { title: t('Utilisation'), number: true, values: options.map((one) => one.utilisation) },
          { title: t('Compute cost'), number: true, values: options.map((one) => one.costUsd) },
          { title: t('Compared with none'), number: true, values: options.map((one) => one.costChangeUsd) },
        ]}
        rows={options.map((one) => [
          count(one.kept),
          one.avoided === null
            ? t('unknown')
            : withInterval(count(one.avoided), one.avoidedInterval, (value) => count(Math.round(value))),
          one.avoidedWaitMs === null ? t('unknown') : duration(one.avoidedWaitMs),
          one.kept === 0 ? '–' : t('{n, plural, one {# invocation} other {# invocations}}', { n: one.spilled }),
          one.utilisation === null ? '–' : percent(one.utilisation),
          one.costUsd === null ? t('unknown') : usd(one.costUsd),
          one.costChangeUsd === null
            ? t('unknown')
            : withInterval(changeText(one.costChangeUsd), one.costChangeInterval, changeText),
        ])}
      />
    </Section>
  );
}

function changeText(change: number): string {
  return change > 0 ? `+${usd(change)}` : usd(change);
}

function Schedule({ hours }: { readonly hours: ProvisionedAnswer['schedule'] }) {
  const spans = spansOf(hours);
  return (
    <Section title={t('Schedule')}>
      {spans.length === 0 ? (
        <p class="soft">{t('In no hour of the week would a provisioned environment pay for itself.')}</p>
      ) : (
        <>
          <p class="soft small">{t('Hours of the week in which provisioned environments pay for themselves, UTC.')}</p>
          <DataTable
            label={t('Schedule')}
            columns={[{ title: t('Day') }, { title: t('Hours') }, { title: t('Environments'), number: true }]}
            rows={spans.map(({ day, from, to, kept }) => [
              weekdayName(day + 1),
              `${clock(from)}–${clock(to)}`,
              count(kept),
            ])}
          />
        </>
      )}
    </Section>
  );
}

interface Span {
  readonly day: number;
  readonly from: number;
  readonly to: number;
  readonly kept: number;
}

/** Hours of the week with the same number, day by day; hours without are left out. */
function spansOf(hours: readonly number[]): readonly Span[] {
  const spans: Span[] = [];
  for (const [at, kept] of hours.entries()) {
    if (kept === 0) continue;
    const [day, hour] = [Math.floor(at / 24), at % 24];
    const last = spans.at(-1);
    const continues = last?.day === day && last.to === hour && last.kept === kept;
    if (continues) spans.pop();
    spans.push({ day, from: continues ? last.from : hour, to: hour + 1, kept });
  }
  return spans;
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
