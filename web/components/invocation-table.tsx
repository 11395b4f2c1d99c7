import { mb } from '../../ingest/text/quantities.ts';
import type { Invocation, InvocationSort } from '../../server/http/contract/invocations.ts';
import { oneOf } from '../api/one-of.ts';
import { duration, time, visible } from '../format.ts';
import { reasonText } from '../i18n/reason.ts';
import { codeText } from '../i18n/server-texts.ts';
import { t } from '../i18n/translate.ts';
import { hrefTo, setSearchParams } from '../state/location.ts';
import { useView } from '../state/view.ts';
import { ColdBadge, StatusBadge } from './badges.tsx';
import { SortHeader, SortSelect, sortedBy } from './sorting.tsx';

/** What a list of invocations is in the order of, as the API names it. */
export const INVOCATION_SORTS = [
  'endedAt',
  'durationMs',
  'billedDurationMs',
  'initDurationMs',
  'maxMemoryUsedMb',
  '-endedAt',
  '-durationMs',
  '-billedDurationMs',
  '-initDurationMs',
  '-maxMemoryUsedMb',
] as const satisfies readonly InvocationSort[];

const initOf = (row: Invocation): number | null =>
  row.initDurationMs ?? row.restoreDurationMs ?? row.hiddenInitDurationMs;

interface InvocationTableProps {
  readonly rows: readonly Invocation[];
  /** Whether the API was asked for the order, or these rows are all there are; without it nothing sorts, as in a list that moves. */
  readonly sorting?: 'asked' | 'here';
}

/** A table of invocations. Each links to the page with its log lines. The order is in the URL. */
export function InvocationTable({ rows, sorting }: InvocationTableProps) {
  const { query, zone } = useView();
  const sort = oneOf(INVOCATION_SORTS, query.get('sort')) ?? '-endedAt';
  const shown = sorting === undefined ? '' : sort;
  const columns = columnsOf(sorting !== undefined);
  const choose = (next: string): void => setSearchParams({ sort: next, cursor: null }, true);
  const by = columns.find(({ name }) => name === sort.replace('-', ''));
  const inOrder = sorting === 'here' && by !== undefined ? sortedBy(rows, by.of, sort.startsWith('-')) : rows;
  return (
    <div class="scroll">
      {sorting !== undefined && <SortSelect columns={columns} sort={shown} choose={choose} />}
      <table class="cards" aria-label={t('Invocations')}>
        <thead>
          <tr>
            {columns.map((column) => (
              <SortHeader {...column} sort={shown} choose={choose} />
            ))}
          </tr>
        </thead>
        <tbody>
          {inOrder.map((row) => (
            <tr>
              <td class="mono" data-label={t('Ended')}>
                {time(row.endedAt, zone, true)}
              </td>
              <td class="mono" data-label={t('Request ID')}>
                <a class="id" title={row.requestId} href={hrefTo(`/invocations/${encodeURIComponent(row.requestId)}`)}>
                  {row.requestId}
                </a>
                {row.tenantId !== null && (
                  <span class="badge">{t('tenant {name}', { name: visible(row.tenantId) })}</span>
                )}
                {row.traceId !== null && row.sampled === true && (
                  <a class="badge" href={hrefTo(`/traces/${encodeURIComponent(row.traceId)}`)}>
                    {t('[link] trace')}
                  </a>
                )}
                {row.attempt > 1 && <span class="badge">{t('attempt {n}', { n: row.attempt })}</span>}
              </td>
              <td data-label={t('Status')}>
                <StatusBadge status={row.status} />
                <ColdBadge cold={row.coldStart} />
                {row.coldStart?.evidence != null && (
                  <span class="interval" title={reasonText(row.coldStart.evidence, row.coldStart.evidenceCode)}>
                    {row.coldStart.cause === null ? null : codeText(row.coldStart.cause)}
                  </span>
                )}
                {row.errorType !== null && <span class="interval">{row.errorType}</span>}
              </td>
              <td class="number" data-label={t('Duration')}>
                {duration(row.durationMs)}
              </td>
              <td class="number" data-label={t('Billed')}>
                {duration(row.billedDurationMs)}
              </td>
              <td class="number" data-label={t('Init')}>
                {duration(initOf(row))}
              </td>
              <td class="number" data-label={t('Memory used')}>
                {t('{used} of {size}', { used: mb(row.maxMemoryUsedMb), size: mb(row.memorySizeMb) })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function columnsOf(isSortable: boolean) {
  const column = (
    title: string,
    name: InvocationSort | null,
    of: (row: Invocation) => number | string | null = () => null,
  ) => ({ title, name: isSortable ? name : null, of, number: name !== null && name !== 'endedAt' });
  return [
    column(t('Ended'), 'endedAt', (row) => row.endedAt),
    column(t('Request ID'), null),
    column(t('Status'), null),
    column(t('Duration'), 'durationMs', (row) => row.durationMs),
    column(t('Billed'), 'billedDurationMs', (row) => row.billedDurationMs),
    column(t('Init'), 'initDurationMs', initOf),
    column(t('Memory used'), 'maxMemoryUsedMb', (row) => row.maxMemoryUsedMb),
  ];
}
