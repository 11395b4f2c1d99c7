import { count, duration, mb, percent, seconds, usd } from '../../../ingest/text/quantities.ts';
import type { FunctionSummary } from '../../../server/http/contract/functions.ts';
import { PAGES } from '../../../server/http/contract/pages.ts';
import { useQuery } from '../../api/use-query.ts';
import { SimulatedBadge, WarningBadges } from '../../components/badges.tsx';
import { Basis, useIntervals } from '../../components/intervals.tsx';
import { EmptyState, ErrorBanner, Freshness, NoDataState } from '../../components/query-states.tsx';
import type { Column } from '../../components/sortable-table.tsx';
import { SortableTable } from '../../components/sortable-table.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { errorNote, errorPercent, interval } from '../../format.ts';
import { hrefTo, setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

const COLUMNS: readonly Column<FunctionSummary>[] = [
  {
    key: 'name',
    title: 'Function',
    sort: (row) => row.name,
    cell: (row) => (
      <>
        <a href={hrefTo(`/functions/${encodeURIComponent(row.id)}`)}>{row.name}</a>{' '}
        {row.account === '000000000000' && <SimulatedBadge />}
        <WarningBadges warnings={row.warnings} />
        <span class="interval">
          {[row.region, row.runtime, mb(row.memoryMb)].filter((part) => part !== null && part !== '').join(' · ')}
        </span>
      </>
    ),
  },
  {
    key: 'spark',
    title: 'Over time',
    cell: (row) => <Sparkline values={row.spark} label={`${row.name}: invocations over time`} />,
  },
  {
    key: 'invocations',
    title: 'Invocations',
    number: true,
    sort: (row) => row.invocations,
    cell: (row) => count(row.invocations),
  },
  {
    key: 'errors',
    title: 'Errors',
    number: true,
    sort: (row) => row.errorRate.value,
    cell: ({ errorRate }) => (
      <Basis
        value={errorPercent(errorRate)}
        basis={[errorNote(errorRate), errorRate.unknown?.reason ?? ''].filter((text) => text !== '').join('. ')}
      />
    ),
  },
  {
    key: 'cold',
    title: 'Cold starts',
    number: true,
    sort: (row) => row.coldStartRate.value,
    cell: ({ coldStartRate }) => <Basis value={percent(coldStartRate.value)} basis={interval(coldStartRate)} />,
  },
  {
    key: 'felt',
    title: 'Cold-start time',
    number: true,
    sort: (row) => row.coldStartSeconds,
    cell: (row) => seconds(row.coldStartSeconds),
  },
  ...(['p50', 'p95', 'p99'] as const).map((quantile) => ({
    key: quantile === 'p95' ? 'duration' : `duration-${quantile}`,
    title: `Duration ${quantile}`,
    number: true,
    sort: (row: FunctionSummary) => row.durationMs[quantile],
    cell: (row: FunctionSummary) => duration(row.durationMs[quantile]),
  })),
  {
    key: 'init',
    title: 'Init p95',
    number: true,
    sort: (row) => row.initMs.p95,
    cell: ({ initMs }) => (
      <Basis value={duration(initMs.p95)} basis={`p50 ${duration(initMs.p50)}, n=${count(initMs.n)}`} />
    ),
  },
  {
    key: 'memory',
    title: 'Memory used',
    number: true,
    sort: (row) => row.maxMemoryUsedMb,
    cell: (row) =>
      `${row.memoryUse?.usedMb ?? row.maxMemoryUsedMb ?? '–'} / ${mb(row.memoryUse?.sizeMb ?? row.memoryMb)}`,
  },
  {
    key: 'cost',
    title: 'Cost',
    number: true,
    sort: (row) => row.costUsd,
    cell: (row) => <span title={costTitle(row)}>{row.costUsd === null ? 'unknown' : usd(row.costUsd)}</span>,
  },
];

/** Why the cost is unknown, or what it is computed from where that is not the list price of the invocations. */
function costTitle({ costReason, costBasis, warnings }: FunctionSummary): string {
  if (costReason !== null) return costReason;
  if (costBasis === 'managed-instances') return 'Declared EC2 instances and their price, with AWS’s fee';
  return warnings.includes('price-assumed') ? 'Priced as x86: architecture unknown' : '';
}

/** All functions in a searchable, sortable table; intervals and n of its numbers are one click away. */
export function Functions() {
  const view = useView();
  const { account, region, architecture, runtime } = view.filters;
  const answer = useQuery('listFunctions', { query: { ...view.rangeQuery, account, region, architecture } });
  const intervals = useIntervals();
  const search = view.query.get('q') ?? '';
  const rows =
    answer.data?.items.filter(
      (row) =>
        (runtime === undefined || row.runtime === runtime) &&
        `${row.name} ${row.region} ${row.runtime ?? ''}`.toLowerCase().includes(search.toLowerCase()),
    ) ?? [];
  return (
    <>
      <div class="title">
        <h1>{PAGES.functions.title}</h1>
        <input
          id="search"
          type="search"
          placeholder="Search ( / )"
          aria-label="Search functions"
          value={search}
          onInput={(event) => setSearchParams({ q: event.currentTarget.value }, true)}
          onKeyDown={(event) => event.key === 'Escape' && setSearchParams({ q: null }, true)}
        />
        <span class="soft small found">{answer.data !== null && `${rows.length} of ${answer.data.items.length}`}</span>
        {intervals.button}
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what="functions" />
      {(answer.data?.omitted ?? 0) > 0 && (
        <p class="soft small">
          Only the {count(answer.data?.items.length ?? 0)} functions with the most invocations are listed and searched.{' '}
          {count(answer.data?.omitted ?? 0)} more have invocations in this time range; the address /functions/NAME opens
          one.
        </p>
      )}
      {answer.data !== null && answer.data.items.length === 0 && <NoDataState what="functions" />}
      {answer.data !== null && answer.data.items.length > 0 && rows.length === 0 && (
        <EmptyState title={`No function matches “${search}”`}>
          <button type="button" class="primary" onClick={() => setSearchParams({ q: null })}>
            Clear search
          </button>
        </EmptyState>
      )}
      {rows.length > 0 && (
        <section class={`panel ${intervals.className}`}>
          <SortableTable label="Functions" rows={rows} columns={COLUMNS} initial="-invocations" />
        </section>
      )}
    </>
  );
}
