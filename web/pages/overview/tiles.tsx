import { count, percent, plural, seconds, signedPercent, usd } from '../../../ingest/text/quantities.ts';
import type { MonthCostAnswer } from '../../../server/http/contract/month-cost.ts';
import type { OverviewAnswer, PreviousPeriod } from '../../../server/http/contract/overview.ts';
import type { Change } from '../../components/stat-tile.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { Term } from '../../components/term.tsx';
import { errorNote, errorPercent, interval, wastedText } from '../../format.ts';

interface TilesProps {
  readonly data: OverviewAnswer;
  /** Null while it loads; absent where the month is not shown. */
  readonly month?: MonthCostAnswer | null;
}

/** The figures of the fleet, each against the period before, and over time. */
export function Tiles({ data, month }: TilesProps) {
  const before = data.previous?.isComplete === true ? data.previous : null;
  const spark = (label: string, of: (point: OverviewAnswer['series'][number]) => number | null) => ({
    // Only their proportions are drawn, and those of values below 1 would be lost.
    values: data.series.map((point) => (of(point) ?? 0) * 1e6),
    label,
  });
  return (
    <div class="tiles fleet">
      <StatTile
        label="Invocations"
        value={count(data.invocations)}
        note={month === undefined ? 'in this time range' : plural(data.functions, 'function')}
        change={before && relative(data.invocations, before.invocations, count)}
        spark={spark('Invocations over time', (point) => point.invocations)}
      />
      <StatTile
        label="Errors"
        value={errorPercent(data.errorRate)}
        note={plural(data.errors, 'failed invocation')}
        detail={errorNote(data.errorRate)}
        change={before && points(before.errorRate.value, before.differences.errorRate)}
        spark={spark('Errors over time', (point) => point.errors)}
      />
      <StatTile
        label={<Term name="user-felt">User-felt cold starts</Term>}
        value={percent(data.userFeltColdStartRate.value)}
        note={data.userFeltColdStarts === null ? 'not known' : `${count(data.userFeltColdStarts)} callers waited`}
        detail={interval(data.userFeltColdStartRate)}
        change={before && points(before.userFeltColdStartRate.value, before.differences.userFeltColdStartRate)}
        spark={spark('User-felt cold starts over time', (point) => point.userFeltColdStarts)}
      />
      <StatTile
        label="Cold-start time"
        value={seconds(data.coldStartSeconds)}
        note="init and restore that callers waited for"
        change={before && relative(data.coldStartSeconds, before.coldStartSeconds, seconds)}
        spark={spark('Cold-start time over time', (point) => point.coldStartSeconds)}
      />
      <StatTile
        label="Cost"
        value={usd(data.costUsd)}
        note={
          data.wastedUsd === null
            ? 'failed attempts not known'
            : `${wastedText(data.wastedUsd, data.wastedUnknown)} on failed attempts`
        }
        detail={costBasis(data)}
        change={before && relative(data.costUsd, before.costUsd, usd)}
        spark={spark('Cost over time', (point) => point.costUsd)}
      />
      {month !== undefined && <MonthTile month={month} />}
      <StatTile
        label={<Term name="coverage">Coverage</Term>}
        value={percent(data.coverage)}
        note={data.coverageReason ?? 'attempts with START and REPORT'}
      />
    </div>
  );
}

function MonthTile({ month }: { readonly month: MonthCostAnswer | null }) {
  if (month === null) return <StatTile label="This month" value="…" note="loading" />;
  const { forecast, costReason, forecastReason, timeZone } = month;
  const value = usd(month.costUsd);
  const detail = `${month.month} in ${timeZone}, until now.${costReason === null ? '' : ` ${costReason}.`}`;
  if (forecast === null)
    return <StatTile label="This month" value={value} note="no forecast yet" detail={`${detail} ${forecastReason}.`} />;
  return (
    <StatTile
      label="This month"
      value={value}
      note={`${usd(forecast.value)} at its end`}
      detail={`${detail} Forecast ${usd(forecast.value)}, 95 % interval ${usd(forecast.low)} to ${usd(forecast.high)}, from ${plural(forecast.weeks, 'whole week')}.`}
    />
  );
}

/** Relative to the previous period; more is neither better nor worse. */
function relative(now: number | null, before: number | null, text: (value: number) => string): Change | null {
  if (now === null || before === null || before === 0) return null;
  const change = now / before - 1;
  const direction = Math.abs(change) < LEAST ? 'same' : change > 0 ? 'up' : 'down';
  const basis = `${text(before)} in the period of equal length before`;
  return { text: direction === 'same' ? 'unchanged' : signedPercent(change), direction, meaning: 'neutral', basis };
}

/** Relative changes below this are called none. */
const LEAST = 0.005;

/** Of a rate, in percentage points; better or worse if its interval does not hold 0. */
function points(before: number | null, found: PreviousPeriod['differences']['errorRate']): Change | null {
  if (before === null || found === null) return null;
  const { value, low, high } = found;
  const meaning = low > 0 ? 'worse' : high < 0 ? 'better' : 'neutral';
  const size = (points: number): string => signedPercent(points).replace(' %', '');
  const settled = meaning === 'neutral' ? '; not significant' : '';
  return {
    text: value === 0 ? 'unchanged' : `${size(value)} points`,
    direction: value === 0 ? 'same' : value > 0 ? 'up' : 'down',
    meaning,
    basis: `${percent(before)} in the period of equal length before: 95 % interval of the difference ${size(low)} to ${size(high)} points${settled}`,
  };
}

function costBasis({ costAssumed, costReason }: OverviewAnswer): string {
  const basis = costAssumed ? 'Some regions or architectures are assumed.' : 'By billed duration and requests.';
  return costReason === null ? basis : `${basis} ${costReason}.`;
}
