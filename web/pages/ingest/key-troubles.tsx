/** Keys that sent bodies beyond a limit. */
import type { IngestStatusAnswer } from '../../../server/http/contract/ingest.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Section } from '../../components/section.tsx';
import { count, time, visible } from '../../format.ts';
import { t } from '../../i18n/translate.ts';
import { useView } from '../../state/view.ts';

export function KeyTroubles({ of }: { readonly of: IngestStatusAnswer['keyTroubles'] }) {
  const { zone } = useView();
  return (
    <Section title={t('Keys beyond a limit')}>
      <p class="soft small">
        {t(
          'These keys sent bodies beyond a limit within the last thirty days. Data that was not stored was refused, or is listed under dead letters.',
        )}
      </p>
      <DataTable
        label={t('Keys beyond a limit')}
        columns={[
          { title: t('Key') },
          { title: t('Limit') },
          { title: t('Bodies'), number: true },
          { title: t('Last') },
        ]}
        rows={of.map((one) => [
          visible(one.key),
          <span class="mono">{one.reason}</span>,
          count(one.n),
          <time>{time(one.lastAt, zone)}</time>,
        ])}
      />
    </Section>
  );
}
