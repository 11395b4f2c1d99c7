import { usd } from '../../../ingest/text/quantities.ts';
import type { MonthCostAnswer } from '../../../server/http/contract/month-cost.ts';
import type { OverviewAnswer, PreviousPeriod } from '../../../server/http/contract/overview.ts';
import type { Change } from '../../components/stat-tile.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { Term } from '../../components/term.tsx';
import { count, errorNote, errorPercent, interval, percent, seconds, signedPercent, wastedText } from '../../format.ts';
import { forecastReason } from '../../i18n/change.ts';
import { sentencesText, sentenceText } from '../../i18n/lists.ts';
import { reasonText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';

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
        label={t('Invocations')}
        value={count(data.invocations)}
        note={
          month === undefined
            ? t('in this time range')
            : t('{n, plural, one {# function} other {# functions}}', { n: data.functions })
        }
        change={before && relative(data.invocations, before.invocations, count)}
        spark={spark(t('Invocations over time'), (point) => point.invocations)}
      />
      <StatTile
        label={t('Errors')}
        value={errorPercent(data.errorRate)}
        note={t('{n, plural, one {# failed invocation} other {# failed invocations}}', { n: data.errors })}
        detail={errorNote(data.errorRate)}
        change={before && points(before.errorRate.value, before.differences.errorRate)}
        spark={spark(t('Errors over time'), (point) => point.errors)}
      />
      <StatTile
        label={<Term name="user-felt">{t('User-felt cold starts')}</Term>}
        value={percent(data.userFeltColdStartRate.value)}
        note={
          data.userFeltColdStarts === null
            ? t('not known')
            : t('{n, plural, one {1 caller} other {{callers} callers}} waited', {
                n: data.userFeltColdStarts,
                callers: count(data.userFeltColdStarts),
              })
        }
        detail={interval(data.userFeltColdStartRate)}
        change={before && points(before.userFeltColdStartRate.value, before.differences.userFeltColdStartRate)}
        spark={spark(t('User-felt cold starts over time'), (point) => point.userFeltColdStarts)}
      />
      <StatTile
        label={t('Cold-start time')}
        value={seconds(data.coldStartSeconds)}
        note={t('init and restore that callers waited for')}
        change={before && relative(data.coldStartSeconds, before.coldStartSeconds, seconds)}
        spark={spark(t('Cold-start time over time'), (point) => point.coldStartSeconds)}
      />
      <StatTile
        label={t('Cost')}
        value={usd(data.costUsd)}
        note={
          data.wastedUsd === null
            ? t('failed attempts not known')
            : t('{amount} on failed attempts', { amount: wastedText(data.wastedUsd, data.wastedUnknown) })
        }
        detail={costBasis(data)}
        change={before && relative(data.costUsd, before.costUsd, usd)}
        spark={spark(t('Cost over time'), (point) => point.costUsd)}
      />
      {month !== undefined && <MonthTile month={month} />}
      <StatTile
        label={<Term name="coverage">{t('Coverage')}</Term>}
        value={percent(data.coverage)}
        note={coverageNote(data)}
      />
    </div>
  );
}

function coverageNote({ coverageReason, coverageReasonCode }: OverviewAnswer): string {
  return reasonText(coverageReason, coverageReasonCode) ?? t('attempts with START and REPORT');
}

function MonthTile({ month }: { readonly month: MonthCostAnswer | null }) {
  const label = t('This month');
  if (month === null) return <StatTile label={label} value="…" note={t('loading')} />;
  const { forecast, timeZone } = month;
  const costReason = reasonText(month.costReason, month.costReasonCode);
  const value = usd(month.costUsd);
  const until = t('{month} in {zone}, until now.', { month: month.month, zone: timeZone });
  const known = sentences(until, costReason);
  if (forecast === null)
    return (
      <StatTile
        label={label}
        value={value}
        note={t('no forecast yet')}
        detail={sentences(known, forecastReason(month))}
      />
    );
  const range = { value: usd(forecast.value), low: usd(forecast.low), high: usd(forecast.high), weeks: forecast.weeks };
  const basis = t(
    'Forecast {value}, 95 % interval {low} to {high}, from {weeks, plural, one {# whole week} other {# whole weeks}}.',
    range,
  );
  return (
    <StatTile
      label={label}
      value={value}
      note={t('{amount} at its end', { amount: range.value })}
      detail={`${known} ${basis}`}
    />
  );
}

/** A sentence, and one of the API, which ends without a full stop. */
function sentences(first: string, second: string | null): string {
  return second === null ? first : sentencesText(first, sentenceText(second));
}

/** Relative to the previous period; more is neither better nor worse. */
function relative(now: number | null, before: number | null, text: (value: number) => string): Change | null {
  if (now === null || before === null || before === 0) return null;
  const change = now / before - 1;
  const direction = Math.abs(change) < LEAST ? 'same' : change > 0 ? 'up' : 'down';
  const basis = t('{value} in the period of equal length before', { value: text(before) });
  return { text: direction === 'same' ? t('unchanged') : signedPercent(change), direction, meaning: 'neutral', basis };
}

/** Relative changes below this are called none. */
const LEAST = 0.005;

/** Of a rate, in percentage points; better or worse if its interval does not hold 0. */
function points(before: number | null, found: PreviousPeriod['differences']['errorRate']): Change | null {
  if (before === null || found === null) return null;
  const { value, low, high } = found;
  const meaning = low > 0 ? 'worse' : high < 0 ? 'better' : 'neutral';
  const size = (points: number): string => signedPercent(points).replace(/ ?%/, '');
  const values = {
    value: percent(before),
    low: size(low),
    high: size(high),
    settled: meaning === 'neutral' ? 'no' : 'yes',
  };
  return {
    text: value === 0 ? t('unchanged') : t('{change} points', { change: size(value) }),
    direction: meaning === 'neutral' ? 'same' : value > 0 ? 'up' : 'down',
    meaning,
    basis: t(
      '{value} in the period of equal length before: 95 % interval of the difference {low} to {high} points{settled, select, no {; not significant} other {}}',
      values,
    ),
  };
}

function costBasis({ costAssumed, costReason, costReasonCode }: OverviewAnswer): string {
  const basis = costAssumed ? t('Some regions or architectures are assumed.') : t('By billed duration and requests.');
  return sentences(basis, reasonText(costReason, costReasonCode));
}
