/** Keys that sent bodies beyond a limit. */
import { count } from '../../../ingest/text/quantities.ts';
import type { IngestStatusAnswer } from '../../../server/http/contract/ingest.ts';
import { time, visible } from '../../format.ts';
import { t } from '../../i18n/translate.ts';
import { useView } from '../../state/view.ts';

export function KeyTroubles({ of }: { readonly of: IngestStatusAnswer['keyTroubles'] }) {
  const { zone } = useView();
  return (
    <section class="panel" aria-label={t('Keys beyond a limit')}>
      <h2>{t('Keys beyond a limit')}</h2>
      <p class="soft small">
        {t(
          'These keys sent bodies beyond a limit within the last thirty days. Data that was not stored was refused, or is listed under dead letters.',
        )}
      </p>
      <table>
        <thead>
          <tr>
            <th>{t('Key')}</th>
            <th>{t('Limit')}</th>
            <th class="number">{t('Bodies')}</th>
            <th>{t('Last')}</th>
          </tr>
        </thead>
        <tbody>
          {of.map((one) => (
            <tr>
              <td>{visible(one.key)}</td>
              <td class="mono">{one.reason}</td>
              <td class="number">{count(one.n)}</td>
              <td class="mono">{time(one.lastAt, zone)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
