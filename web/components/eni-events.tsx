/** Network interfaces that Lambda made and removed, and what was refused. */
import type { NetworkAnswer } from '../../server/http/contract/network.ts';
import { count, visible } from '../format.ts';
import { DataTable } from './data-table.tsx';
import { Section } from './section.tsx';

export function EniEvents({ events }: { readonly events: NetworkAnswer['eniEvents'] }) {
  const { byName, failures, inLogs } = events;
  return (
    <Section title="Network interfaces">
      {byName.length + failures.length + inLogs.length === 0 ? (
        <p class="soft">
          No event was seen. CloudTrail's EC2 events can be imported, or sent by the same subscription.
        </p>
      ) : (
        <DataTable
          label="Network interface events"
          columns={[{ title: 'Event' }, { title: 'n', number: true }, { title: 'Failed', number: true }]}
          rows={[
            ...byName.map((row) => [visible(row.name), count(row.n), count(row.failed)]),
            ...failures.map((row) => [
              <span class="badge bad">{visible(row.errorCode)}</span>,
              count(row.n),
              count(row.n),
            ]),
            ...inLogs.map((row) => [
              <>
                <span class="badge bad">{visible(row.errorType)}</span> <span class="soft small">in the logs</span>
              </>,
              count(row.n),
              count(row.n),
            ]),
          ]}
        />
      )}
    </Section>
  );
}
