import { count, duration, mb, percent, seconds, usd } from '../../../ingest/text/quantities.ts';
import type { Rate } from '../../../server/http/contract/common.ts';
import type { FunctionSummary } from '../../../server/http/contract/functions.ts';
import { PAGES } from '../../../server/http/contract/pages.ts';
import { useQuery } from '../../api/use-query.ts';
import { SimulatedBadge, WarningBadges } from '../../components/badges.tsx';
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
    cell: (row) => (
      <span title={row.errorRate.unknown?.reason ?? ''}>
        {errorPercent(row.errorRate)}
        <span class="interval">{errorNote(row.errorRate)}</span>
      </span>
    ),
  },
  {
    key: 'cold',
    title: 'Cold starts',
    number: true,
    sort: (row) => row.coldStartRate.value,
    cell: (row) => <RateCell rate={row.coldStartRate} />,
  },
  {
    key: 'felt',
    title: 'Cold-start time',
    number: true,
    sort: (row) => row.coldStartSeconds,
    cell: (row) => seconds(row.coldStartSeconds),
  },
  {
    key: 'duration',
    title: 'Duration p50 / p95',
    number: true,
    sort: (row) => row.durationMs.p95,
    cell: (row) => (
      <>
        {duration(row.durationMs.p50)} / {duration(row.durationMs.p95)}
        <span class="interval">p99 {duration(row.durationMs.p99)}</span>
      </>
    ),
  },
  {
    key: 'init',
    title: 'Init p50 / p95',
    number: true,
    sort: (row) => row.initMs.p95,
    cell: (row) => (
      <>
        {duration(row.initMs.p50)} / {duration(row.initMs.p95)}
        <span class="interval">n={count(row.initMs.n)}</span>
      </>
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

function RateCell({ rate }: { readonly rate: Rate }) {
  return (
    <>
      {percent(rate.value)}
      <span class="interval">{interval(rate)}</span>
    </>
  );
}

/** All functions in a searchable, sortable table; every rate has its interval and n. */
export function Functions() {
  const view = useView();
  const answer = useQuery('listFunctions', { query: view.rangeQuery });
  const search = view.query.get('q') ?? '';
  const rows =
    answer.data?.items.filter((row) =>
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
        <section class="panel">
          <SortableTable label="Functions" rows={rows} columns={COLUMNS} initial="-invocations" />
        </section>
      )}
    </>
  );
}
