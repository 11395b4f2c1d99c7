import { usd } from '../../../ingest/text/quantities.ts';
import type { Period } from '../../../server/http/contract/periods.ts';
import { lastMonth, monthsUntil, periodOf, previousOf, weeksUntil } from '../../../server/http/contract/periods.ts';
import type { CostGroup, CostRow } from '../../../server/http/contract/report-rows.ts';
import {
  changeOf,
  costCsv,
  costRows,
  dataDaysOf,
  idParts,
  trendOf,
} from '../../../server/http/contract/report-rows.ts';
import { parseTagFilter, tagFilterText } from '../../../server/http/contract/tag-filter.ts';
import type { AnswerOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { PriceAssumptions } from '../../components/price-assumptions.tsx';
import { ErrorBanner, NoDataState } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import type { Change } from '../../components/stat-tile.tsx';
import { ChangeMark, StatTile } from '../../components/stat-tile.tsx';
import { count, errorPercent, ofLargest, percent, signedPercent, visible } from '../../format.ts';
import { findingSentence } from '../../i18n/finding.ts';
import { t } from '../../i18n/translate.ts';
import { useNow } from '../../state/clock.ts';
import { filtersOf } from '../../state/filters.ts';
import { hrefTo, setSearchParams, useLocation } from '../../state/location.ts';
import { saveFile } from '../../state/save-file.ts';
import { useTitle } from '../../state/title.ts';
import { useCosts } from './cost-rows.ts';
import { periodText } from './period-text.ts';
import { ReportSchedules } from './report-schedules.tsx';

type Overview = AnswerOf<'getOverview'>;

const MONTHS = 7;
const WEEKS = 6;
const HOUR_REFRESH_MS = 600_000;

/** A calendar month or week to print and to send: totals against the period before, findings, and cost by function with its trend. */
export function Report() {
  const { query } = useLocation();
  const nowMs = useNow(HOUR_REFRESH_MS);
  const months = monthsUntil(nowMs, MONTHS);
  const weeks = weeksUntil(nowMs, WEEKS);
  const period = periodOf(query.get('period') ?? '') ?? lastMonth(nowMs);
  const before = previousOf(period);
  useTitle(t('Report: {period}', { period: periodText(period) }));
  const filters = filtersOf(query);
  const overview = useQuery('getOverview', { query: { ...rangeOf(period), ...filters } });
  const earlier = useQuery('getOverview', { query: { ...rangeOf(before), ...filters } });
  const tags = useQuery('listTags');
  const groups = groupsOf(tags.data);
  const by = groups.find(({ group }) => group === query.get('by')) ?? groups[0];
  // The groups are not known before the tags are.
  const isKnown = tags.data !== null || tags.error !== null;
  const costs = useCosts(period, isKnown ? (by?.group ?? 'function') : null, filters);
  const rows = costRows(costs.byPeriod, period, by?.group ?? 'function');
  const part = earlier.data === null || overview.data === null ? null : dataDaysOf(earlier.data.range, overview.data);
  // A period with data of some of its days, or one that has not ended, is longer or shorter than the other.
  const comparable = earlier.data === null || part !== null || period.toMs > nowMs ? null : earlier.data;
  const isScheduling = query.get('schedules') === 'on';
  return (
    <article class="report">
      <div class="title">
        <h1>{t('Report')}</h1>
        <label class="small no-print">
          {t('period')}{' '}
          <select value={period.key} onChange={(event) => setSearchParams({ period: event.currentTarget.value })}>
            <optgroup label={t('Months')}>
              <Choices periods={months} />
            </optgroup>
            <optgroup label={t('Weeks')}>
              <Choices periods={weeks} />
            </optgroup>
          </select>
        </label>
        <label class="small no-print">
          {t('cost by')}{' '}
          <select value={by?.group ?? ''} onChange={(event) => setSearchParams({ by: event.currentTarget.value })}>
            {groups.map(({ group, name }) => (
              <option key={group} value={group}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <div class="grow" />
        <button
          type="button"
          class="no-print"
          aria-pressed={isScheduling}
          onClick={() => setSearchParams({ schedules: isScheduling ? null : 'on' })}
        >
          {t('Schedule')}
        </button>
        <button
          type="button"
          class="no-print"
          disabled={rows.length === 0}
          onClick={() => saveCsv(period, by?.group ?? 'function', rows)}
        >
          CSV
        </button>
        <button type="button" class="primary no-print" onClick={() => window.print()}>
          {t('Print or save as PDF')}
        </button>
      </div>
      {isScheduling && <ReportSchedules />}
      <p class="soft">
        {t(
          '{period}, in UTC{isOver, select, no {, which has not ended yet} other {}}{isCompared, select, yes {, against {before}} no {. No data of {before} to compare with} part {. Not comparable with {before}: the functions with most invocations have data of {days} of its {of} days} other {}}.',
          {
            isCompared:
              earlier.data?.functions === 0 ? 'no' : part !== null ? 'part' : comparable === null ? 'loading' : 'yes',
            days: String(part?.days),
            of: String(part?.of),
            period: periodText(period),
            isOver: period.toMs > nowMs ? 'no' : 'yes',
            before: periodText(before),
          },
        )}
      </p>
      <ErrorBanner result={overview} what={t('the report')} shapes={{ tiles: 6 }} />
      {overview.data !== null && overview.data.functions === 0 && <NoDataState what={t('[missing] invocations')} />}
      {overview.data !== null && overview.data.functions > 0 && (
        <>
          <Totals now={overview.data} before={comparable} nowMs={nowMs} />
          <Findings of={overview.data} />
          {by !== undefined && (
            <Costs rows={rows} by={by} period={period} error={costs.error} isCompared={comparable !== null} />
          )}
          <PriceAssumptions of={overview.data} />
        </>
      )}
    </article>
  );
}

/** The first has not ended yet. */
function Choices({ periods }: { readonly periods: readonly Period[] }) {
  return (
    <>
      {periods.map((period, at) => (
        <option key={period.key} value={period.key}>
          {at === 0 ? t('{period} so far', { period: periodText(period) }) : periodText(period)}
        </option>
      ))}
    </>
  );
}

function rangeOf({ fromMs, toMs }: Period): { readonly from: string; readonly to: string } {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

function Totals({
  now,
  before,
  nowMs,
}: {
  readonly now: Overview;
  readonly before: Overview | null;
  readonly nowMs: number;
}) {
  const part = dataDaysOf(now.range, now, nowMs);
  const against = (value: number | null, old: number | null | undefined): string => {
    const change = changeOf(value, before === null || before.functions === 0 ? null : (old ?? null));
    return change === null ? '' : t('{change} against the period before', { change: signedPercent(change) });
  };
  return (
    <div class="tiles fleet">
      <StatTile
        label={t('Invocations')}
        value={count(now.invocations)}
        note={against(now.invocations, before?.invocations)}
      />
      <StatTile
        label={t('Error rate')}
        value={errorPercent(now.errorRate)}
        note={
          before === null || before.functions === 0
            ? ''
            : t('{value} before', { value: errorPercent(before.errorRate) })
        }
      />
      <StatTile
        label={t('Cold starts')}
        value={count(now.coldStarts)}
        note={against(now.coldStarts, before?.coldStarts)}
      />
      <StatTile label={t('Cost')} value={usd(now.costUsd)} note={against(now.costUsd, before?.costUsd)} />
      <StatTile
        label={t('Cost of failures')}
        value={usd(now.wastedUsd)}
        note={against(now.wastedUsd, before?.wastedUsd)}
      />
      <StatTile
        label={t('Coverage')}
        value={percent(now.coverage)}
        note={
          part === null
            ? t('{n, plural, one {# function} other {# functions}}', { n: now.functions })
            : t('data of {days} of {of} days, from {first} on', {
                days: String(part.days),
                of: String(part.of),
                first: now.dataFrom?.slice(0, 10) ?? '',
              })
        }
      />
    </div>
  );
}

const MOST_FINDINGS = 7;

function Findings({ of }: { readonly of: Overview }) {
  return (
    <Section title={t('Findings')}>
      {of.findings.length === 0 ? (
        <p class="soft">{t('[findings] None.')}</p>
      ) : (
        <ol>
          {of.findings.slice(0, MOST_FINDINGS).map((finding) => (
            <li key={`${finding.functionId} ${finding.kind}`}>{visible(findingSentence(finding))}</li>
          ))}
        </ol>
      )}
    </Section>
  );
}

interface GroupChoice {
  readonly group: CostGroup;
  readonly name: string;
}

/** Keys of tags that are offered; the team comes first, where functions have one. */
const MOST_KEYS = 50;

function groupsOf(tags: AnswerOf<'listTags'> | null): readonly GroupChoice[] {
  const tagged = (tags?.items ?? [])
    .slice(0, MOST_KEYS)
    .map(({ key }) => ({ group: `tag.${key}` as const, name: visible(key) }));
  const team = tagged.filter(({ group }) => group === `tag.${tags?.teamKey ?? ''}`);
  return [
    ...team,
    { group: 'function', name: t('[cost by] function') },
    { group: 'account', name: t('[cost by] account') },
    { group: 'region', name: t('[cost by] region') },
    ...tagged.filter((one) => !team.includes(one)),
  ];
}

/** Name of a row: functions without the tag are a group of their own. */
function rowName(id: string | null, { group, name }: GroupChoice): string {
  if (id === null) return t('no {key}', { key: name });
  return visible(group === 'function' ? idParts(id).name : id);
}

function Costs({
  rows,
  by,
  period,
  error,
  isCompared,
}: {
  readonly rows: readonly CostRow[];
  readonly by: GroupChoice;
  readonly period: Period;
  readonly error: string | null;
  readonly isCompared: boolean;
}) {
  const title = t('Cost by {group}', { group: by.name });
  const periods = trendOf(period).toReversed().map(periodText);
  return (
    <Section title={title}>
      {error !== null && (
        <p role="alert">
          <strong>{t('Failed to load the costs.')}</strong> {error}
        </p>
      )}
      <DataTable
        label={title}
        columns={[
          { title: by.group === 'function' ? t('Function') : by.name },
          { title: periodText(period), number: true },
          { title: t('[column] Before'), number: true },
          { title: t('[column] Change'), number: true },
          { title: `${t('Trend')}: ${periods[0]} – ${periods.at(-1)}` },
        ]}
        rows={rows.map(({ id, costUsd, beforeUsd, trend }) => {
          const name = rowName(id, by);
          const change = isCompared ? changeOf(costUsd, beforeUsd) : null;
          return [
            <a href={functionsOf(id, by, period)}>{name}</a>,
            usd(costUsd),
            usd(beforeUsd),
            change === null ? '–' : <ChangeMark change={costChange(change, beforeUsd, periods.at(-2))} />,
            <Sparkline
              values={ofLargest(trend)}
              titles={trend.map((value, at) => `${periods[at]}: ${usd(value)}`)}
              label={t('Cost of {name}, the last {n} periods', { name, n: trend.length })}
            />,
          ];
        })}
      />
    </Section>
  );
}

function costChange(change: number, beforeUsd: number | null, before: string | undefined): Change {
  return {
    text: signedPercent(change),
    direction: change > 0 ? 'up' : change < 0 ? 'down' : 'same',
    meaning: change > 0 ? 'worse' : change < 0 ? 'better' : 'neutral',
    basis: `${before}: ${usd(beforeUsd)}`,
  };
}

/** The functions of a row in its period: of a group without the tag, those that could be tagged. */
function functionsOf(id: string | null, { group }: GroupChoice, period: Period): string {
  const range = rangeOf(period);
  if (group === 'function') return hrefTo(`/functions/${encodeURIComponent(id ?? '')}`, range);
  const href = hrefTo('/functions', { ...range, sort: '-cost' });
  const [path, query = ''] = href.split('?');
  const chosen = new URLSearchParams(query);
  if (group === 'account' || group === 'region') chosen.set(group, id ?? '');
  else {
    const key = group.replace(/^tag\./, '');
    // Filters by other tags hold for the figure as well.
    const others = chosen.getAll('tag').filter((text) => parseTagFilter(text)?.key !== key);
    const own = tagFilterText({ key, value: id, is: id === null ? 'absent' : 'value' });
    chosen.delete('tag');
    for (const text of [...others, own]) chosen.append('tag', text);
  }
  return `${path}?${chosen.toString()}`;
}

function saveCsv({ key }: Period, by: CostGroup, rows: readonly CostRow[]): void {
  saveFile(`thermocline-${key}.csv`, 'text/csv', costCsv(rows, by));
}
