import { Star } from 'lucide-preact';
import { useMemo } from 'preact/hooks';
import { globMatches, isGlob } from '../../../ingest/text/glob.ts';
import { mb, usd } from '../../../ingest/text/quantities.ts';
import type { FunctionSummary, FunctionsAnswer } from '../../../server/http/contract/functions.ts';
import { useQuery } from '../../api/use-query.ts';
import { SimulatedBadge, WarningBadges } from '../../components/badges.tsx';
import { Basis, useIntervals } from '../../components/intervals.tsx';
import { EmptyState, ErrorBanner, Freshness, NoDataState } from '../../components/query-states.tsx';
import type { Column } from '../../components/sortable-table.tsx';
import { SortableTable } from '../../components/sortable-table.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { count, duration, errorNote, errorPercent, interval, percent, seconds, visible } from '../../format.ts';
import { sentencesText, sentenceText } from '../../i18n/lists.ts';
import { reasonText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { toggleFavourite, useFavourites } from '../../state/known-functions.ts';
import { hrefTo, setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

/** Values that are shown beside the name. */
const MOST_TAGS = 3;

const isSimulated = ({ account }: FunctionSummary): boolean => account === '000000000000';

/** `marksSimulated`: not where all functions are simulated. */
function nameColumn(favourites: ReadonlySet<string>, marksSimulated: boolean): Column<FunctionSummary> {
  return {
    key: 'name',
    title: t('Function'),
    sort: (row) => row.name,
    cell: (row) => (
      <>
        <FavouriteStar row={row} isFavourite={favourites.has(row.id)} />{' '}
        <a href={hrefTo(`/functions/${encodeURIComponent(row.id)}`)}>{row.name}</a>{' '}
        {marksSimulated && isSimulated(row) && <SimulatedBadge />}
        <WarningBadges warnings={row.warnings} />
        <span class="interval">
          {[
            row.region,
            row.runtime,
            mb(row.memoryMb).replace(' ', '\u00a0'),
            ...Object.values(row.tags).slice(0, MOST_TAGS),
          ]
            .filter((part) => part !== null && part !== '')
            .map((part) => visible(part ?? ''))
            .join(' · ')}
        </span>
      </>
    ),
  };
}

function FavouriteStar({
  row: { id, name },
  isFavourite,
}: {
  readonly row: FunctionSummary;
  readonly isFavourite: boolean;
}) {
  return (
    <button
      type="button"
      class="icon plain star"
      aria-pressed={isFavourite}
      aria-label={t('{name}: favourite', { name })}
      title={isFavourite ? t('Remove from favourites') : t('Add to favourites: listed first')}
      onClick={() => toggleFavourite({ id, name })}
    >
      <Star size={14} fill={isFavourite ? 'currentColor' : 'none'} />
    </button>
  );
}

function durationColumn(quantile: 'p50' | 'p95' | 'p99'): Column<FunctionSummary> {
  return {
    key: quantile === 'p95' ? 'duration' : `duration-${quantile}`,
    title: t('Duration {quantile}', { quantile }),
    number: true,
    onlyWide: quantile !== 'p95',
    sort: ({ durationMs }) => durationMs[quantile],
    cell: ({ durationMs }) => duration(durationMs[quantile]),
  };
}

/** The last ones are out of sight on the screen of a laptop. */
function figureColumns(): readonly Column<FunctionSummary>[] {
  return [
    {
      key: 'spark',
      title: t('Over time'),
      cell: (row) => <Sparkline values={row.spark} label={t('{name}: invocations over time', { name: row.name })} />,
    },
    {
      key: 'invocations',
      title: t('Invocations'),
      number: true,
      sort: (row) => row.invocations,
      cell: (row) => count(row.invocations),
    },
    {
      key: 'errors',
      title: t('Errors'),
      number: true,
      sort: (row) => row.errorRate.value,
      cell: ({ errorRate }) => <Basis value={errorPercent(errorRate)} basis={errorBasis(errorRate)} />,
    },
    {
      key: 'cold',
      title: t('Cold starts'),
      number: true,
      sort: (row) => row.coldStartRate.value,
      cell: ({ coldStartRate }) => <Basis value={percent(coldStartRate.value)} basis={interval(coldStartRate)} />,
    },
    {
      key: 'felt',
      title: t('Cold-start time'),
      number: true,
      onlyWide: true,
      sort: (row) => row.coldStartSeconds,
      cell: (row) => seconds(row.coldStartSeconds),
    },
    durationColumn('p95'),
    {
      key: 'cost',
      title: t('Cost'),
      number: true,
      sort: (row) => row.costUsd,
      cell: (row) => <span title={costTitle(row)}>{row.costUsd === null ? t('unknown') : usd(row.costUsd)}</span>,
    },
    {
      key: 'memory',
      title: t('Memory used'),
      number: true,
      onlyWide: true,
      sort: (row) => row.maxMemoryUsedMb,
      cell: (row) =>
        `${row.memoryUse?.usedMb ?? row.maxMemoryUsedMb ?? '–'} / ${mb(row.memoryUse?.sizeMb ?? row.memoryMb)}`,
    },
    durationColumn('p50'),
    durationColumn('p99'),
    {
      key: 'init',
      title: t('Init p95'),
      number: true,
      onlyWide: true,
      sort: (row) => row.initMs.p95,
      cell: ({ initMs }) => (
        <Basis value={duration(initMs.p95)} basis={`p50 ${duration(initMs.p50)}, n=${count(initMs.n)}`} />
      ),
    },
  ];
}

/** What an error rate is computed from, and why errors are unknown. */
function errorBasis(rate: FunctionSummary['errorRate']): string {
  const note = errorNote(rate);
  if (rate.unknown === null) return note;
  return sentencesText(sentenceText(note), reasonText(rate.unknown.reason, rate.unknown.reasonCode));
}

/** Why the cost is unknown, or what it is computed from where that is not the list price of the invocations. */
function costTitle({ costReason, costReasonCode, costBasis, warnings }: FunctionSummary): string {
  if (costReason !== null) return reasonText(costReason, costReasonCode);
  if (costBasis === 'managed-instances') return t('Declared EC2 instances and their price, with AWS’s fee');
  return warnings.includes('price-assumed') ? t('Priced as x86: architecture unknown') : '';
}

/** Accepts functions by a part of their name, region, runtime or tags, or, where the text has `*` or `?`, by their whole name. */
function searched(text: string): (row: FunctionSummary) => boolean {
  const wanted = text.toLowerCase();
  return isGlob(wanted)
    ? ({ name }) => globMatches(wanted, name.toLowerCase())
    : ({ name, region, runtime, tags }) =>
        `${name} ${region} ${runtime ?? ''} ${Object.values(tags).join(' ')}`.toLowerCase().includes(wanted);
}

/** All functions in a searchable, sortable table, favourites first; intervals and n of its numbers are one click away. */
export function Functions() {
  const view = useView();
  const answer = useQuery('listFunctions', { query: { ...view.rangeQuery, ...view.filters } });
  const intervals = useIntervals();
  const search = view.query.get('q') ?? '';
  const items = answer.data?.items ?? [];
  const isMatch = searched(search);
  const rows = items.filter(isMatch);
  const areSimulated = items.length > 0 && items.every(isSimulated);
  return (
    <>
      <div class="title">
        <h1>{t('Functions')}</h1>
        <input
          id="search"
          type="search"
          placeholder={t('Search ( / ), or prod-*')}
          aria-label={t('Search functions')}
          value={search}
          onInput={(event) => setSearchParams({ q: event.currentTarget.value }, true)}
          onKeyDown={(event) => event.key === 'Escape' && setSearchParams({ q: null }, true)}
        />
        <span class="soft small found">
          {answer.data !== null && t('{n} of {all}', { n: String(rows.length), all: String(items.length) })}
        </span>
        {areSimulated && <SimulatedBadge />}
        {intervals.button}
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what={t('functions')} shapes={{}} />
      {answer.data !== null && <Omitted answer={answer.data} />}
      {answer.data !== null && items.length === 0 && <NoDataState what={t('functions')} />}
      {items.length > 0 && rows.length === 0 && (
        <EmptyState title={t('No function matches “{search}”', { search })}>
          <button type="button" class="primary" onClick={() => setSearchParams({ q: null })}>
            {t('Clear search')}
          </button>
        </EmptyState>
      )}
      {rows.length > 0 && <Table rows={rows} marksSimulated={!areSimulated} className={intervals.className} />}
    </>
  );
}

interface TableProps {
  readonly rows: readonly FunctionSummary[];
  readonly marksSimulated: boolean;
  readonly className: string;
}

function Table({ rows, marksSimulated, className }: TableProps) {
  const favourites = useFavourites();
  const columns = useMemo(
    () => [nameColumn(favourites, marksSimulated), ...figureColumns()],
    [favourites, marksSimulated],
  );
  const isFirst = useMemo(
    () =>
      ({ id }: FunctionSummary): boolean =>
        favourites.has(id),
    [favourites],
  );
  return (
    <section class={`panel ${className}`}>
      <SortableTable
        label={t('Functions')}
        rows={rows}
        columns={columns}
        initial="-invocations"
        {...(favourites.size === 0 ? {} : { isFirst })}
      />
    </section>
  );
}

function Omitted({ answer: { omitted, items } }: { readonly answer: FunctionsAnswer }) {
  if (omitted === 0) return null;
  return (
    <p class="soft small">
      {t(
        'Only the {listed} functions with the most invocations are listed and searched. {omitted} more have invocations in this time range; the address /functions/NAME opens one.',
        { listed: count(items.length), omitted: count(omitted) },
      )}
    </p>
  );
}
