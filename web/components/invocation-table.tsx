import { duration, mb } from '../../ingest/text/quantities.ts';
import type { Invocation } from '../../server/http/contract/invocations.ts';
import { time, visible } from '../format.ts';
import { hrefTo } from '../state/location.ts';
import { useView } from '../state/view.ts';
import { ColdBadge, StatusBadge } from './badges.tsx';

/** A table of invocations. Each links to the page with its log lines. */
export function InvocationTable({ rows }: { readonly rows: readonly Invocation[] }) {
  const { zone } = useView();
  return (
    <div class="scroll">
      <table class="cards" aria-label="Invocations">
        <thead>
          <tr>
            <th>Ended</th>
            <th>Request ID</th>
            <th>Status</th>
            <th class="number">Duration</th>
            <th class="number">Billed</th>
            <th class="number">Init</th>
            <th class="number">Memory used</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              <td class="mono" data-label="Ended">
                {time(row.endedAt, zone, true)}
              </td>
              <td class="mono" data-label="Request ID">
                <a href={hrefTo(`/invocations/${encodeURIComponent(row.requestId)}`)}>{row.requestId}</a>
                {row.tenantId !== null && <span class="badge">tenant {visible(row.tenantId)}</span>}
                {row.attempt > 1 && <span class="badge">attempt {row.attempt}</span>}
              </td>
              <td data-label="Status">
                <StatusBadge status={row.status} />
                <ColdBadge cold={row.coldStart} />
                {row.coldStart?.evidence != null && (
                  <span class="interval" title={row.coldStart.evidence}>
                    {row.coldStart.cause}
                  </span>
                )}
                {row.errorType !== null && <span class="interval">{row.errorType}</span>}
              </td>
              <td class="number" data-label="Duration">
                {duration(row.durationMs)}
              </td>
              <td class="number" data-label="Billed">
                {duration(row.billedDurationMs)}
              </td>
              <td class="number" data-label="Init">
                {duration(row.initDurationMs ?? row.restoreDurationMs ?? row.hiddenInitDurationMs)}
              </td>
              <td class="number" data-label="Memory used">
                {mb(row.maxMemoryUsedMb)} of {mb(row.memorySizeMb)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
