import { count, duration, mb, percent, plural, usd } from '../../../ingest/text/quantities.ts';
import type { ProvisionedAnswer } from '../../../server/http/contract/provisioned.ts';
import { useQuery } from '../../api/use-query.ts';
import { Chart } from '../../charts/chart.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { PriceAssumptions } from '../../components/price-assumptions.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { useView } from '../../state/view.ts';

type Option = ProvisionedAnswer['options'][number];
type Interval = NonNullable<Option['avoidedInterval']>;

/** What provisioned concurrency would have avoided and cost: sentences, charts, a table of the options, a schedule. */
export function Provisioned({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionProvisionedConcurrency', { params: { id }, query: view.rangeQuery });
  const data = answer.data;
  if (data === null) return <ErrorBanner result={answer} what="provisioned concurrency" />;
  return (
    <>
      <ErrorBanner result={answer} what="provisioned concurrency" />
      <Section title="Provisioned concurrency what-if">
        <p>
          <strong>{costSentence(data)}</strong> {avoidedSentence(data)}
        </p>
        {data.reason !== null && <p>{data.reason}</p>}
        <p class="soft small">{evidence(data)}</p>
        <p class="soft small">Method: {data.method}.</p>
        {data.priceAssumed && (
          <p class="soft small">
            Not all prices of this region and architecture are known: the standard rate is assumed.
          </p>
        )}
        <PriceAssumptions sentences={data.priceAssumptions} />
      </Section>
      {data.options.length > 0 && (
        <>
          <div class="two">
            <OptionChart
              title="Cold starts avoided"
              description="User-felt cold starts of the time range that would not have happened; the band is the 95 % interval."
              yTitle="cold starts avoided"
              column="avoided"
              bounds="avoidedInterval"
              format={wholeNumber}
              data={data}
              source={answer.source}
            />
            <OptionChart
              title="Cost compared with none"
              description="Compute cost over the time range, less that without provisioned concurrency. Below zero it saves. The band is the 95 % interval."
              yTitle="cost change, USD"
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

function costSentence({ breakEvenKept, breakEvenUtilisation, options }: ProvisionedAnswer): string {
  if (options.length === 0) return 'What provisioned concurrency would do is not known.';
  if (breakEvenKept === null) return 'What provisioned concurrency would cost is not known.';
  const first = options.find(({ kept }) => kept > 0)?.utilisation ?? null;
  const must = `an environment must be busy for ${percent(breakEvenUtilisation)} of the time`;
  if (breakEvenKept === 0) {
    const would = first === null ? '' : `, and a single one would be busy for ${percent(first)}`;
    return `Provisioned concurrency does not pay for itself: ${must}${would}.`;
  }
  const most =
    breakEvenKept === 1
      ? 'One provisioned environment costs'
      : `Up to ${count(breakEvenKept)} provisioned environments cost`;
  return `${most} no more than none: ${must} to pay for itself.`;
}

/** The smallest number that avoids the most cold starts. */
function avoidedSentence({ options }: ProvisionedAnswer): string {
  const best = options.reduce<Option | null>(
    (most, one) => ((one.avoided ?? 0) > (most?.avoided ?? 0) ? one : most),
    null,
  );
  if (best === null || best.avoided === null) {
    const isKnown = options.length > 0 && options.every(({ avoided }) => avoided !== null);
    return isKnown ? 'No number of them would have avoided a user-felt cold start.' : '';
  }
  const waiting = best.avoidedWaitMs === null ? '' : `, ${duration(best.avoidedWaitMs)} of waiting`;
  const change = best.costChangeUsd;
  const cost =
    change === null ? 'at an unknown cost' : change > 0 ? `for ${usd(change)} more` : `and save ${usd(-change)}`;
  const interval =
    best.avoidedInterval === null ? '' : ` (95 % interval ${wholeBetween(best.avoidedInterval)} in such a time range)`;
  return `${count(best.kept)} would have avoided ${plural(best.avoided, 'user-felt cold start')}${interval}${waiting}, ${cost}.`;
}

function evidence({ invocations, truncated, range, memoryMb }: ProvisionedAnswer): string {
  const days = duration(Date.parse(range.to) - Date.parse(range.from));
  const newest = truncated ? ', only the newest of the time range' : '';
  return `Replay of n=${count(invocations)} requests over ${days}${newest}, ${mb(memoryMb)}. Intervals contain how much the traffic of this time varies and how well idle windows are known; other traffic is not simulated.`;
}

function wholeBetween({ low, high }: Interval): string {
  return `${count(Math.round(low))} to ${count(Math.round(high))}`;
}

/** A value with its interval in parentheses, unless both ends look like the value. */
function withInterval(value: string, interval: Interval | null, format: (value: number) => string): string {
  const ends = interval === null ? [] : [format(interval.low), format(interval.high)];
  return ends.every((end) => end === value) ? value : `${value} (${ends.join(' to ')})`;
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
        <p class="soft">{data.reason ?? 'No number of provisioned environments was simulated.'}</p>
      ) : (
        <Chart
          label={title}
          kind="line"
          axis="value"
          xTitle="provisioned environments"
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

function Options({ options }: { readonly options: ProvisionedAnswer['options'] }) {
  return (
    <Section title="Numbers of provisioned environments">
      <DataTable
        label="Numbers of provisioned environments"
        columns={[
          { title: 'Provisioned' },
          { title: 'Cold starts avoided', number: true },
          { title: 'Waiting avoided', number: true },
          { title: 'Spilled over', number: true },
          { title: 'Utilisation', number: true },
          { title: 'Compute cost', number: true },
          { title: 'Compared with none', number: true },
        ]}
        rows={options.map((one) => [
          count(one.kept),
          one.avoided === null
            ? 'unknown'
            : withInterval(count(one.avoided), one.avoidedInterval, (value) => count(Math.round(value))),
          one.avoidedWaitMs === null ? 'unknown' : duration(one.avoidedWaitMs),
          one.kept === 0 ? '–' : plural(one.spilled, 'invocation'),
          one.utilisation === null ? '–' : percent(one.utilisation),
          one.costUsd === null ? 'unknown' : usd(one.costUsd),
          one.costChangeUsd === null
            ? 'unknown'
            : withInterval(changeText(one.costChangeUsd), one.costChangeInterval, changeText),
        ])}
      />
    </Section>
  );
}

function changeText(change: number): string {
  return change > 0 ? `+${usd(change)}` : usd(change);
}

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

function Schedule({ hours }: { readonly hours: ProvisionedAnswer['schedule'] }) {
  const spans = spansOf(hours);
  return (
    <Section title="Schedule">
      {spans.length === 0 ? (
        <p class="soft">In no hour of the week would a provisioned environment pay for itself.</p>
      ) : (
        <>
          <p class="soft small">Hours of the week in which provisioned environments pay for themselves, UTC.</p>
          <DataTable
            label="Schedule"
            columns={[{ title: 'Day' }, { title: 'Hours' }, { title: 'Environments', number: true }]}
            rows={spans.map(({ day, from, to, kept }) => [DAYS[day], `${clock(from)}–${clock(to)}`, count(kept)])}
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
