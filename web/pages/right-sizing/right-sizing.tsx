import { mb, percent, signedPercent, usd } from '../../../ingest/text/quantities.ts';
import type { RecommendationsAnswer } from '../../../server/http/contract/recommendations.ts';
import { useQuery } from '../../api/use-query.ts';
import { Estimate } from '../../components/estimate.tsx';
import { MemoryFinding } from '../../components/memory-finding.tsx';
import { ErrorBanner, Freshness, NoDataState } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import type { Column } from '../../components/sortable-table.tsx';
import { SortableTable } from '../../components/sortable-table.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { reasonText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

type Row = RecommendationsAnswer['analyzed'][number];

/** As many as an answer analyses. */
const MOST = 20;

/** Memory sizes of the most expensive functions: what to change, what it saves, how sure that is, or why nothing is known. */
export function RightSizing() {
  const { filters } = useView();
  // Its own range: a recommendation needs days of data, whatever other pages show.
  const answer = useQuery('listRecommendations', { query: { from: 'now-14d', limit: MOST, ...filters } });
  const { data } = answer;
  return (
    <>
      <div class="title">
        <h1>{t('Memory right-sizing')}</h1>
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what={t('recommendations')} shapes={{ tiles: 3, panels: 1 }} />
      {data?.analyzed.length === 0 && <NoDataState what={t('functions')} />}
      {data !== null && data.analyzed.length > 0 && (
        <>
          <Totals rows={data.analyzed} />
          <Section title={t('Most expensive functions')}>
            <SortableTable
              label={t('Most expensive functions')}
              rows={data.analyzed}
              columns={columns()}
              initial="-cost"
            />
            <p class="soft small">
              {t('From the last 14 days, and at most 10 % slower. A month has 30 days at that rate.')}
            </p>
          </Section>
        </>
      )}
    </>
  );
}

function Totals({ rows }: { readonly rows: readonly Row[] }) {
  const saving = rows.flatMap(({ monthlySavingUsd }) => (monthlySavingUsd === null ? [] : [monthlySavingUsd.value]));
  const undecided = rows.filter(({ finding }) => finding === 'insufficient-data' || finding === 'inconclusive');
  const costUsd = sum(rows.map(({ monthlyCostUsd }) => monthlyCostUsd ?? 0));
  const undecidedUsd = sum(undecided.map(({ monthlyCostUsd }) => monthlyCostUsd ?? 0));
  return (
    <div class="tiles">
      <StatTile
        label={t('Savings a month')}
        value={usd(sum(saving))}
        note={t('{n} of {total} functions', { n: saving.length, total: rows.length })}
      />
      <StatTile
        label={t('Too little memory')}
        value={String(rows.filter(({ finding }) => finding === 'under-provisioned').length)}
        note={t('they ran out of it, or are about to')}
      />
      <StatTile
        label={t('Not decided')}
        value={String(undecided.length)}
        note={t('{share} of the cost of these functions', {
          share: percent(costUsd === 0 ? null : undecidedUsd / costUsd),
        })}
      />
    </div>
  );
}

function columns(): readonly Column<Row>[] {
  return [
    {
      key: 'name',
      title: t('Function'),
      sort: ({ function: { name } }) => name,
      cell: ({ function: { id, name } }) => (
        <a href={hrefTo(`/functions/${encodeURIComponent(id)}`, { tab: 'memory' })}>{name}</a>
      ),
    },
    {
      key: 'cost',
      title: t('Cost a month'),
      number: true,
      sort: ({ monthlyCostUsd }) => monthlyCostUsd,
      cell: ({ monthlyCostUsd }) => usd(monthlyCostUsd),
    },
    {
      key: 'size',
      title: t('Memory size'),
      number: true,
      sort: ({ currentMb }) => currentMb,
      cell: ({ currentMb, memoryMb }) =>
        memoryMb === null ? mb(currentMb) : <strong>{`${mb(currentMb)} → ${mb(memoryMb)}`}</strong>,
    },
    {
      key: 'saving',
      title: t('Saves a month'),
      number: true,
      sort: ({ monthlySavingUsd }) => monthlySavingUsd?.value ?? null,
      cell: ({ monthlySavingUsd: saving }) =>
        saving === null ? (
          '–'
        ) : (
          <Estimate
            value={usd(saving.value)}
            detail={t('95 % interval {low} to {high}', { low: usd(saving.low), high: usd(saving.high) })}
          />
        ),
    },
    {
      key: 'duration',
      title: t('Duration'),
      number: true,
      sort: ({ latencyChange }) => latencyChange?.value ?? null,
      cell: ({ latencyChange: change }) =>
        change === null ? (
          '–'
        ) : (
          <Estimate
            value={signedPercent(change.value)}
            detail={t('95 % interval {low} to {high}', {
              low: signedPercent(change.low),
              high: signedPercent(change.high),
            })}
          />
        ),
    },
    {
      key: 'finding',
      title: t('Finding'),
      sort: ({ finding }) => finding,
      cell: ({ finding, memoryMb, reason, reasonCode }) => (
        <>
          <MemoryFinding finding={finding} />
          {memoryMb === null && reason !== null && (
            <span class="interval reason">{reasonText(reason, reasonCode ?? null)}</span>
          )}
        </>
      ),
    },
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
