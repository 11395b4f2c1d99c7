import { mb } from '../../ingest/text/quantities.ts';
import type { Invocation } from '../../server/http/contract/invocations.ts';
import { duration, time, visible } from '../format.ts';
import { CAUSES } from '../i18n/server-texts.ts';
import { t, translated } from '../i18n/translate.ts';
import { hrefTo } from '../state/location.ts';
import { useView } from '../state/view.ts';
import { ColdBadge, StatusBadge } from './badges.tsx';

/** A table of invocations. Each links to the page with its log lines. */
export function InvocationTable({ rows }: { readonly rows: readonly Invocation[] }) {
  const { zone } = useView();
  return (
    <div class="scroll">
      <table class="cards" aria-label={t('Invocations')}>
        <thead>
          <tr>
            <th>{t('Ended')}</th>
            <th>{t('Request ID')}</th>
            <th>{t('Status')}</th>
            <th class="number">{t('Duration')}</th>
            <th class="number">{t('Billed')}</th>
            <th class="number">{t('Init')}</th>
            <th class="number">{t('Memory used')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              <td class="mono" data-label={t('Ended')}>
                {time(row.endedAt, zone, true)}
              </td>
              <td class="mono" data-label={t('Request ID')}>
                <a href={hrefTo(`/invocations/${encodeURIComponent(row.requestId)}`)}>{row.requestId}</a>
                {row.tenantId !== null && (
                  <span class="badge">{t('tenant {name}', { name: visible(row.tenantId) })}</span>
                )}
                {row.attempt > 1 && <span class="badge">{t('attempt {n}', { n: row.attempt })}</span>}
              </td>
              <td data-label={t('Status')}>
                <StatusBadge status={row.status} />
                <ColdBadge cold={row.coldStart} />
                {row.coldStart?.evidence != null && (
                  <span class="interval" title={row.coldStart.evidence}>
                    {row.coldStart.cause === null ? null : translated(CAUSES[row.coldStart.cause])}
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
                {duration(row.initDurationMs ?? row.restoreDurationMs ?? row.hiddenInitDurationMs)}
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
