import type { NetworkAnswer } from '../../server/http/contract/network.ts';
import { count, visible } from '../format.ts';
import { t } from '../i18n/translate.ts';
import { DataTable } from './data-table.tsx';
import { Section } from './section.tsx';

/** Counts of network-interface (ENI) events: created, deleted and failed requests. */
export function EniEvents({ events }: { readonly events: NetworkAnswer['eniEvents'] }) {
  const { byName, failures, inLogs } = events;
  return (
    <Section title={t('Network interfaces')}>
      {byName.length + failures.length + inLogs.length === 0 ? (
        <p class="soft">
          {t("No events. Import CloudTrail's EC2 events, or send them through the same subscription.")}
        </p>
      ) : (
        <DataTable
          label={t('Network interface events')}
          columns={[{ title: t('Event') }, { title: 'n', number: true }, { title: t('Failed'), number: true }]}
          rows={[
            ...byName.map((row) => [visible(row.name), count(row.n), count(row.failed)]),
            ...failures.map((row) => [
              <span class="badge bad">{visible(row.errorCode)}</span>,
              count(row.n),
              count(row.n),
            ]),
            ...inLogs.map((row) => [
              <>
                <span class="badge bad">{visible(row.errorType)}</span> <span class="soft small">{t('from logs')}</span>
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
